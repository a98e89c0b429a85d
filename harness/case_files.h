/* case_files.h: which files hold the cases that a command line names */
#ifndef HARNESS_CASE_FILES_H
#define HARNESS_CASE_FILES_H

#include "base/arena.h"
#include "base/problem.h"

struct case_files {
    struct arena *arena;
    const char **list;
    size_t count, capacity;
};

/* Files as they are named, of folders all *.yml and *.yaml within, sorted by
 * their paths. Left out: folders called `bad` and those that begin with a dot,
 * unless named themselves; and requirements.yml and upstream.yml, which are no
 * suites. What cannot be read is a problem. */
void case_files_find(struct case_files *files, struct arena *arena,
                     const char *const *paths, size_t count,
                     struct problems *problems);

#endif
