/* tree.c: where the files are that stores bring along, beside their code */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* From the executable's folder to the root of a tree. */
#define LEVELS_UP 8

static bool is_there(char path[TREE_PATH], const char *folder,
                     const char *below, const char *file, int mode)
{
    int length = snprintf(path, TREE_PATH, "%s/%s/%s", folder, below, file);

    return length > 0 && length < TREE_PATH && access(path, mode) == 0;
}

static bool is_below(char path[TREE_PATH], const char *folder, const char *file,
                     int mode)
{
    return is_there(path, folder, "stores", file, mode) ||
           is_there(path, folder, "share/sessionspec/stores", file, mode);
}

bool tree_find(char path[TREE_PATH], const char *file, int mode)
{
    char folder[TREE_PATH];
    const char *home = getenv("SESSIONSPEC_HOME");
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    char *slash;

    if (home && *home && is_below(path, home, file, mode))
        return true;
    folder[length > 0 ? length : 0] = '\0';
    for (int i = 0; i < LEVELS_UP && (slash = strrchr(folder, '/')); i++) {
        *slash = '\0';
        if (is_below(path, folder, file, mode))
            return true;
    }
    return is_below(path, ".", file, mode);
}
