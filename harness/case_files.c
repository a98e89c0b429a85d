/* case_files.c: which files hold the cases that a command line names */
#include "case_files.h"

#include "base/must.h"
#include "case.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void folder_add(struct case_files *files, const char *path,
                       unsigned depth, struct problems *problems);

static void file_add(struct case_files *files, const char *path)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->list[i], path) == 0)
            return;
    files->list = arena_grow(files->arena, files->list, files->count,
                             &files->capacity, sizeof *files->list);
    files->list[files->count++] = path;
}

static bool has_end(const char *path, const char *end)
{
    size_t length = strlen(path);

    return length >= strlen(end) &&
           strcmp(path + length - strlen(end), end) == 0;
}

/* Lists about the cases: the catalogue, and the map to express-session's own
 * tests. */
static bool is_no_suite(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;

    return strcmp(name, "requirements.yml") == 0 ||
           strcmp(name, "upstream.yml") == 0;
}

static void path_problem(struct problems *problems, const char *path,
                         const char *text)
{
    struct mark whole = { path, 0, 0 };

    problem_add(problems, whole, "%s", text);
}

static void path_add(struct case_files *files, const char *path, bool named,
                     unsigned depth, struct problems *problems)
{
    struct stat status;

    if (stat(path, &status) != 0)
        path_problem(problems, path, strerror(errno));
    else if (S_ISDIR(status.st_mode))
        folder_add(files, path, depth, problems);
    else if (!is_no_suite(path) &&
             (named || has_end(path, ".yml") || has_end(path, ".yaml")))
        file_add(files, path);
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void folder_add(struct case_files *files, const char *path,
                       unsigned depth, struct problems *problems)
{
    DIR *folder = depth < CASE_FOLDERS_MAX ? opendir(path) : NULL;
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    const struct dirent *entry;

    if (!folder) {
        path_problem(problems, path,
                     depth < CASE_FOLDERS_MAX ? strerror(errno)
                                              : "folders too deep in others");
        return;
    }
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "bad") == 0)
            continue;
        names =
            arena_grow(files->arena, names, count, &capacity, sizeof *names);
        names[count++] =
            arena_printf(files->arena, "%s%s%s", path,
                         has_end(path, "/") ? "" : "/", entry->d_name);
    }
    closedir(folder);
    if (count)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++)
        path_add(files, names[i], false, depth + 1, problems);
}

void case_files_find(struct case_files *files, struct arena *arena,
                     const char *const *paths, size_t count,
                     struct problems *problems)
{
    memset(files, 0, sizeof *files);
    files->arena = arena;
    for (size_t i = 0; i < count; i++) {
        size_t before = files->count, said = problems->count;

        path_add(files, arena_strdup(arena, paths[i]), true, 0, problems);
        if (files->count == before && problems->count == said &&
            !is_no_suite(paths[i]) && before == 0)
            path_problem(problems, paths[i], "no case files (*.yml) in it");
    }
}
