/* foreign.h: members of a session that nobody has set
 *
 * A store that adds one of its own (`__lastAccess`) would fail every case that
 * says what a session holds, and none of them for what it is about. Where a
 * store was named with --store, such a member is held against STO-02 (what was
 * set is got), once a case, and else passed over.
 */
#ifndef HARNESS_FOREIGN_H
#define HARNESS_FOREIGN_H

#include "scene.h"

/* Takes them out of what was seen. `where` is the step that saw it. */
void foreign_strip(struct track *track, const struct node *where);

/* The same of a call's session, which says nothing new. */
void foreign_strip_call(const struct scene *scene, json_t *session);

#endif
