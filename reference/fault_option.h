/* fault_option.h: the option --fault: one fault on purpose
 *
 * Of the reference (mutant.h), or of the store `faulty` (stores/faulty.h).
 */
#ifndef REFERENCE_FAULT_OPTION_H
#define REFERENCE_FAULT_OPTION_H

#include <stdbool.h>
#include <stdio.h>

#define FAULT_OPTION_TEXT 200 /* of a SPEC, or of a complaint */

/* A line a fault: its name, a tab, what goes wrong. */
void fault_option_list(FILE *out);

/* Chooses the fault of that name, before any other thread runs. A fault of a
 * store leaves in `spec` the store that is to be the default one, else that is
 * "". False with a complaint, which names the nearest, where there is none. */
bool fault_option_choose(const char *name, char spec[static FAULT_OPTION_TEXT],
                         char complaint[static FAULT_OPTION_TEXT]);

#endif
