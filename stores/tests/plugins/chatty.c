/* chatty.c: a store that writes to stdout, from its loading on */
#include "misbehaving.h"

#include <unistd.h>

static void say(const char *text)
{
    printf("%s\n", text);
    fflush(stdout);
    if (write(STDOUT_FILENO, text, strlen(text)) < 0)
        abort();
}

__attribute__((constructor)) static void loaded(void)
{
    say("http://127.0.0.1:1");
}

static bool misbehave(const struct sstore_call *call, sstore_row_fn *row,
                      void *arg, struct sstore_str sid, int *code)
{
    (void)call;
    (void)row;
    (void)arg;
    (void)sid;
    (void)code;
    say("chatter");
    return false;
}
