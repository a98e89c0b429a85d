/* thread_stack.c: room for CivetWeb's threads
 *
 * CivetWeb 1.15 gives each of its threads 100 KB of stack, and no setting
 * changes that; a JSON body of a few hundred levels, within jansson's own
 * bound, would end the process. This function stands before the C library's
 * of the same name, and makes small stacks larger.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "must.h"

#include <dlfcn.h>
#include <pthread.h>

/* JSJSON_DEPTH levels fit, read and written, under the sanitizers too. What is
 * not used costs addresses, not memory. */
#define STACK_LEAST ((size_t)4 * 1024 * 1024)

typedef int set_size_fn(pthread_attr_t *attr, size_t size);

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
    union {
        void *object; /* ISO C has no cast from it to a function */
        set_size_fn *function;
    } real = { .object = dlsym(RTLD_NEXT, "pthread_attr_setstacksize") };

    must(real.object);
    return real.function(attr, size < STACK_LEAST ? STACK_LEAST : size);
}
