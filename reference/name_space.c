/* name_space.c: the namespaces of this process' stores on a shared backend */
#include "name_space.h"

#include "must.h"

#include <openssl/rand.h>
#include <pthread.h>
#include <search.h>
#include <string.h>

enum { RUN_SIZE = 4 }; /* bytes that tell this process from others */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards both */
static void *taken;                                      /* a tsearch(3) tree */
static unsigned char run[RUN_SIZE];

static void choose_run(void)
{
    must(RAND_bytes(run, sizeof run) == 1);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* `turn` tells those of one app apart: its store may outlive it with another
 * app that is on the same one. */
static char *compose(unsigned turn, const char *id)
{
    char *name;
    size_t size;
    FILE *text = must_have(open_memstream(&name, &size));

    for (size_t i = 0; i < sizeof run; i++)
        fprintf(text, "%02x", run[i]);
    if (turn > 0)
        fprintf(text, ".%u", turn);
    fprintf(text, "-%s", id);
    must(fclose(text) == 0);
    return name;
}

char *name_space_take(const char *id)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    unsigned turn = 0;
    char *name;

    pthread_once(&once, choose_run);
    pthread_mutex_lock(&lock);
    name = compose(turn, id);
    while (tfind(name, &taken, compare)) {
        free(name);
        name = compose(++turn, id);
    }
    must_have(tsearch(name, &taken, compare));
    pthread_mutex_unlock(&lock);
    return name;
}

void name_space_leave(char *name)
{
    pthread_mutex_lock(&lock);
    tdelete(name, &taken, compare);
    pthread_mutex_unlock(&lock);
    free(name);
}
