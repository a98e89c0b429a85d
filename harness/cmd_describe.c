/* cmd_describe.c: sessionspec describe STORE: what a store says of itself
 *
 * Asks a server that has opened it, and prints what that one's 201 says: the
 * harness loads no plugin.
 */
#include "commands.h"

#include "args.h"
#include "base/must.h"
#include "case_needs.h"
#include "facts.h"
#include "home.h"
#include "needs.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DESCRIBE_TIMEOUT_MS 10000

static const char usage[] =
    "usage: sessionspec describe STORE [--target TARGET] [--json]\n"
    "\n"
    "Opens the store and prints its name, version, operations, capabilities,\n"
    "thread model and options. STORE is a SPEC as for `run --store`: memory,\n"
    "./mystore.so?key=value, redis://127.0.0.1:6379, …\n"
    "\n";

struct describing {
    const char *store, *target;
    bool json, help;
};

static int print_store(const struct describing *describing,
                       const json_t *store);

/* ------------------------------------------------------- the command line */

static int take_target(void *into, const char *value, struct fault *fault)
{
    struct describing *describing = into;

    describing->target = value;
    if (target_name_valid(value))
        return 0;
    return fault_set(fault, FAULT_LOCAL, "there is no target \"%.100s\"",
                     value);
}

static int take_json(void *into, const char *value, struct fault *fault)
{
    (void)value, (void)fault;
    ((struct describing *)into)->json = true;
    return 0;
}

static int take_help(void *into, const char *value, struct fault *fault)
{
    (void)value, (void)fault;
    ((struct describing *)into)->help = true;
    return 0;
}

static int take_store(void *into, const char *value, struct fault *fault)
{
    struct describing *describing = into;

    if (describing->store)
        return fault_set(fault, FAULT_LOCAL, "one STORE, not also \"%.100s\"",
                         value);
    describing->store = value;
    return 0;
}

static const struct args_option rows[] = {
    { "--target", NULL, "TARGET", take_target,
      "whom to ask: reference (default), express[@VERSION], a URL" },
    { "--json", NULL, NULL, take_json, "as JSON, on one line" },
    { "--help", "-h", NULL, take_help, "this text" },
};

static const struct args_table table = { rows, sizeof rows / sizeof *rows,
                                         take_store };

/* ------------------------------------------------------------- the asking */

static int ask(const struct describing *describing, json_t **store,
               struct fault *fault)
{
    struct target_options options = { .name = describing->target,
                                      .store = describing->store,
                                      .server = home_server(),
                                      .express = home_express(),
                                      .connections = 4,
                                      .notes = stderr };
    struct http_pool *pool = http_pool_new();
    struct target *target = NULL;
    int result;

    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
    result = target_open(&target, &options, pool, fault);
    if (!result)
        result = needs_ask_store(target, pool, describing->store,
                                 DESCRIBE_TIMEOUT_MS, store, fault);
    http_pool_free(pool); /* first: a server waits for its connections */
    if (target)
        target_close(target);
    return result;
}

int cmd_describe(int argc, char **argv)
{
    struct describing describing = { .store = NULL };
    struct fault fault;
    json_t *store = NULL;
    int code;

    if (args_parse(&table, &describing, argc, argv, &fault) != 0) {
        fprintf(stderr, "sessionspec describe: %s\n%s", fault.text, usage);
        return EXIT_USAGE;
    }
    if (describing.help || !describing.store) {
        fputs(usage, describing.help ? stdout : stderr);
        args_help(&table, describing.help ? stdout : stderr);
        return describing.help ? EXIT_PASSED : EXIT_USAGE;
    }
    if (ask(&describing, &store, &fault) != 0) {
        fprintf(stderr, "sessionspec describe: %s\n", fault.text);
        return EXIT_UNREACHABLE;
    }
    code = print_store(&describing, store);
    json_decref(store);
    return code;
}

/* ------------------------------------------------------------ the printing */

static const char *text_of(const json_t *store, const char *key)
{
    const char *text = json_string_value(json_object_get(store, key));

    return text ? text : "";
}

/* What a word of the capabilities means: as for a case's `needs`. */
static const char *meaning_of(const char *word)
{
    static const struct {
        const char *word, *text;
    } words[] = {
#define X(word, text) { word, text },
        CASE_NEEDS(X)
#undef X
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].word, word) == 0)
            return words[i].text;
    return "";
}

static const char *thread_model(const char *word)
{
    static const struct {
        const char *word, *text;
    } models[] = {
        { "one-plugin", "one call at a time in the whole plugin" },
        { "one-instance", "one call at a time in each instance" },
        { "parallel", "any number of calls at once" },
    };

    for (size_t i = 0; i < sizeof models / sizeof *models; i++)
        if (strcmp(models[i].word, word) == 0)
            return models[i].text;
    return "";
}

/* With those it lacks: what is absent matters as much to the middleware. */
static void print_operations(const json_t *store)
{
    static const char *const contract[] = { "get", "set",    "destroy", "touch",
                                            "all", "length", "clear",   NULL };
    const char *before = "  without: ";

    printf("operations  ");
    for (const char *const *op = contract; *op; op++)
        if (store_has_operation(store, *op))
            printf(" %s", *op);
    for (const char *const *op = contract; *op; op++)
        if (!store_has_operation(store, *op)) {
            printf("%s%s", before, *op);
            before = " ";
        }
    putchar('\n');
}

static void print_capabilities(const json_t *capabilities)
{
    const char *before = "capabilities";
    const json_t *one;
    size_t i;

    json_array_foreach((json_t *)capabilities, i, one)
    {
        if (!json_is_string(one))
            continue;
        printf("%-12s %-11s %s\n", before, json_string_value(one),
               meaning_of(json_string_value(one)));
        before = "";
    }
    if (*before)
        printf("%s none\n", before);
}

/* What its own documents say that it does not do. */
static void print_licence(const json_t *licence)
{
    const char *before = "licence";
    const json_t *one;
    size_t i;

    json_array_foreach((json_t *)licence, i, one)
    {
        const json_t *checks = json_object_get(one, "checks");
        char *list = checks ? json_dumps(checks, JSON_ENCODE_ANY) : NULL;

        printf("%-12s %s: %s (%s)\n", before,
               json_is_string(checks) ? json_string_value(checks)
               : list                 ? list
                                      : "nothing",
               text_of(one, "why"), text_of(one, "source"));
        free(list);
        before = "";
    }
}

/* Each line of a text, the first behind its name. */
static void print_lines(const char *name, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        printf("%-12s %.*s\n", name, (int)length, text);
        text += length + (text[length] == '\n');
        name = "";
    }
}

static int print_store(const struct describing *describing, const json_t *store)
{
    const char *threads = text_of(store, "threads");
    const char *options = text_of(store, "options");

    if (describing->json) {
        char *text = json_dumps(store, 0);

        must(text);
        puts(text);
        free(text);
        return EXIT_PASSED;
    }
    printf("%-12s %s\n", "store", text_of(store, "name"));
    printf("%-12s %s\n", "version", text_of(store, "version"));
    print_operations(store);
    print_capabilities(json_object_get(store, "capabilities"));
    if (store_resolution_ms(store))
        printf("%-12s %lld ms: its expiry may be so late\n", "resolution",
               (long long)store_resolution_ms(store));
    print_licence(json_object_get(store, "licence"));
    if (*threads)
        printf("%-12s %-11s %s\n", "threads", threads, thread_model(threads));
    print_lines("options", *options || !json_object_get(store, "options")
                               ? options
                               : "none");
    return EXIT_PASSED;
}
