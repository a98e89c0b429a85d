/* replay.c: the shell line that plays one case again */
#include "replay.h"
#include "base/must.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "abcdefghijklmnopqrstuvwxyz"
                            "0123456789_@%+=:,./-";

char *replay_glob(const char *text)
{
    char *glob = malloc(2 * strlen(text) + 1), *to = glob;

    must(glob);
    for (; *text; text++) {
        if (strchr("*?[\\", *text))
            *to++ = '\\';
        *to++ = *text;
    }
    *to = '\0';
    return glob;
}

char *replay_quote(const char *text)
{
    char *quoted = malloc(4 * strlen(text) + 3), *to = quoted;
    bool bare = *text && !text[strspn(text, plain)];

    must(quoted);
    if (!bare)
        *to++ = '\'';
    for (; *text; text++) {
        if (*text == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *text;
        }
    }
    if (!bare)
        *to++ = '\'';
    *to = '\0';
    return quoted;
}

static void word_add(FILE *to, const char *before, const char *word)
{
    char *quoted = replay_quote(word);

    fprintf(to, "%s%s", before, quoted);
    free(quoted);
}

/* A shipped case's path is absolute: cut off what the shell is in anyway. */
static const char *path_from_here(const char *path)
{
    char here[PATH_MAX];
    size_t length;

    if (!getcwd(here, sizeof here))
        return path;
    length = strlen(here);
    if (strncmp(path, here, length) == 0 && path[length] == '/')
        return path + length + 1;
    return path;
}

const char *replay_line(const struct run_options *options,
                        const struct test_case *test, struct arena *arena)
{
    const char *path = path_from_here(test->at.file);
    char *glob = replay_glob(test->id), *line = NULL;
    size_t length = 0;
    FILE *to = open_memstream(&line, &length);

    must(to);
    word_add(to, "", options->program);
    word_add(to, path[0] == '-' ? " run ./" : " run ", path);
    word_add(to, " --filter ", glob);
    if (options->target)
        word_add(to, " --target ", options->target);
    if (options->store)
        word_add(to, " --store ", options->store);
    if (options->restart_backend)
        fputs(" --restart-backend", to);
    if (options->ignore_since)
        fputs(" --ignore-since", to);
    if (options->seed_given)
        fprintf(to, " --seed %lu", options->seed);
    if (options->request_timeout_given)
        fprintf(to, " --request-timeout %ldms", options->request_timeout_ms);
    must(fclose(to) == 0);
    path = arena_strdup(arena, line);
    free(line);
    free(glob);
    return path;
}
