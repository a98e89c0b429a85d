/* exec_command.c: the command that a SPEC of a program means */
#include "exec_command.h"

#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Within what the harness waits for a server to start. */
#define EXEC_HELLO_MS 8000
/* The first start of a package installs it. */
#define NODE_HELLO_MS 170000

/* As one word of the shell's. */
static void put_quoted(FILE *to, const char *text)
{
    putc('\'', to);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", to);
        else
            putc(*text, to);
    putc('\'', to);
}

/* What Node itself says where it is missing would be the shell's words. */
static void put_node(FILE *to, const char *host, const struct spec *spec)
{
    fputs("command -v node >/dev/null || { echo ", to);
    put_quoted(to, spec->text);
    fputs("' needs Node.js: there is no node in $PATH' >&2; exit 127; }; "
          "exec node ",
          to);
    put_quoted(to, host);
    putc(' ', to);
    put_quoted(to, spec->text);
}

char *command_of(const struct spec *spec, int *hello_ms, struct sstore_err *err)
{
    bool is_exec = strcmp(spec->scheme, "exec") == 0;
    char host[TREE_PATH], *command = NULL;
    size_t size;
    FILE *text;

    if (!*spec->rest) {
        spec_fail(err, SSTORE_E_INVAL, "no %s stands behind \"%s:\"",
                  is_exec ? "command" : "store", spec->scheme);
        return NULL;
    }
    if (!is_exec && !tree_find(host, "node/host.mjs", R_OK)) {
        spec_fail(err, SSTORE_E_INVAL, "stores/node/host.mjs is not there");
        return NULL;
    }
    *hello_ms = is_exec ? EXEC_HELLO_MS : NODE_HELLO_MS;
    text = open_memstream(&command, &size);
    if (text && is_exec)
        fputs(spec->rest, text);
    else if (text)
        put_node(text, host, spec);
    if (text && fclose(text) == 0)
        return command;
    free(command);
    spec_fail(err, SSTORE_E_NOMEM, "out of memory");
    return NULL;
}
