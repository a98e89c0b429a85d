/* home.c: where the things are that come with this program */
#include "home.h"

#include "base/must.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    LEVELS_UP = 6 /* build/san-x/harness/tests/test_y is four below */
};

/* Written once, then read only: what is asked for by several threads, and
 * cannot change while the program runs. */
static struct {
    pthread_once_t once;
    char cases[PATH_MAX], server[PATH_MAX], express[PATH_MAX], stores[PATH_MAX];
} home = { .once = PTHREAD_ONCE_INIT };

static bool path_join(char path[PATH_MAX], const char *folder, const char *name)
{
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);

    return length > 0 && length < PATH_MAX && access(path, F_OK) == 0;
}

/* The nearest folder above the executable that has `name`. */
static bool find_above(char path[PATH_MAX], const char *name)
{
    char folder[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);

    if (length <= 0)
        return false;
    folder[length] = '\0';
    for (int level = 0; level < LEVELS_UP; level++) {
        char *slash = strrchr(folder, '/');

        if (!slash)
            return false;
        *slash = '\0';
        if (path_join(path, folder, name))
            return true;
    }
    return false;
}

/* `marker` tells our folder from another's of that name. */
static void find_part(char path[PATH_MAX], const char *name, const char *marker)
{
    const char *folder = getenv("SESSIONSPEC_HOME");
    char installed[128];

    if (folder && *folder && path_join(path, folder, name))
        return;
    snprintf(installed, sizeof installed, "share/sessionspec/%s", marker);
    if (find_above(path, marker) || find_above(path, installed)) {
        *strrchr(path, '/') = '\0';
        return;
    }
    must(snprintf(path, PATH_MAX, "%s", name) < PATH_MAX);
}

static void find_all(void)
{
    const char *folder = getenv("SESSIONSPEC_HOME");

    find_part(home.cases, "cases", "cases/requirements.yml");
    find_part(home.express, "harness/targets/express",
              "harness/targets/express/package.json");
    find_part(home.stores, "stores", "stores/template.c");
    if (!find_above(home.server, "sessionspec-server") &&
        !(folder && path_join(home.server, folder, "build/sessionspec-server")))
        must(snprintf(home.server, PATH_MAX, "%s", "build/sessionspec-server") <
             PATH_MAX);
}

const char *home_cases(void)
{
    must(pthread_once(&home.once, find_all) == 0);
    return home.cases;
}

const char *home_server(void)
{
    must(pthread_once(&home.once, find_all) == 0);
    return home.server;
}

const char *home_express(void)
{
    must(pthread_once(&home.once, find_all) == 0);
    return home.express;
}

const char *home_stores(void)
{
    must(pthread_once(&home.once, find_all) == 0);
    return home.stores;
}
