/* target_start.c: one start of a target: its command, its address, its words */
#include "target_start.h"
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_START_MS 10000L
/* A store's backend may have to be started first, its data to be made. */
#define TARGET_STORE_MS 120000L
/* The first start of the express target fetches its packages; those of a store
 * may be many, and some are built from source. */
#define TARGET_INSTALL_MS       180000L
#define TARGET_INSTALL_STORE_MS 900000L
#define TARGET_SAY_WHY_MS       3000L
#define TARGET_ABOUT_MS         5000L
#define TARGET_ARGUMENTS        16

static char *copy(const char *text)
{
    char *fresh = text ? strdup(text) : NULL;

    must(fresh || !text);
    return fresh;
}

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 ||
           strncmp(text, "https://", 8) == 0;
}

enum target_kind target_kind_of(const char *name)
{
    if (is_url(name))
        return TARGET_URL;
    return strncmp(name, "express", 7) == 0 ? TARGET_EXPRESS : TARGET_REFERENCE;
}

bool target_name_valid(const char *name)
{
    if (is_url(name)) {
        const char *host = strstr(name, "://") + 3;
        size_t length = strcspn(host, "/?#");
        /* Paths are the requests' own. */
        return length > 0 &&
               (host[length] == '\0' || strcmp(host + length, "/") == 0);
    }
    return strcmp(name, "reference") == 0 || strcmp(name, "express") == 0 ||
           (strncmp(name, "express@", 8) == 0 && name[8]);
}

void incarnation_free(struct incarnation *incarnation)
{
    if (incarnation->process)
        process_stop(incarnation->process);
    json_decref(incarnation->about);
    free(incarnation->base);
    free(incarnation->tls);
    free(incarnation);
}

/* Arguments that end with NULL; `threads` is where their number is written. */
static void command_of(const struct target_spec *spec, char *threads,
                       size_t size, const char *argv[TARGET_ARGUMENTS])
{
    const char *version = strchr(spec->options.name, '@');
    size_t n = 0;

    if (spec->kind == TARGET_REFERENCE) {
        argv[n++] = spec->options.server;
    } else {
        argv[n++] = spec->options.express;
        if (version) {
            argv[n++] = "--version";
            argv[n++] = version + 1;
        }
        argv[n++] = "--";
    }
    argv[n++] = "--port";
    argv[n++] = "0";
    argv[n++] = "--tls-port";
    argv[n++] = "0";
    if (spec->options.store) {
        argv[n++] = "--store";
        argv[n++] = spec->options.store;
    }
    if (spec->options.restart_backend)
        argv[n++] = "--restart-backend";
    if (spec->kind == TARGET_REFERENCE && spec->options.connections) {
        snprintf(threads, size, "%u", spec->options.connections);
        argv[n++] = "--threads";
        argv[n++] = threads;
    }
    argv[n] = NULL;
}

/* A name alone, such as `redis`: its address is still to come. */
static bool has_no_address(const char *store)
{
    size_t length = store ? strspn(store, "abcdefghijklmnopqrstuvwxyz") : 0;

    return length > 0 && (!store[length] || store[length] == '?');
}

/* It comes with packages of its own. */
static bool is_node_store(const char *store)
{
    return store &&
           (strncmp(store, "npm:", 4) == 0 || strncmp(store, "node:", 5) == 0);
}

static long start_ms(const struct target_spec *spec)
{
    const char *store = spec->options.store;

    if (is_node_store(store))
        return TARGET_INSTALL_STORE_MS;
    if (spec->kind != TARGET_REFERENCE)
        return TARGET_INSTALL_MS;
    return has_no_address(store) ? TARGET_STORE_MS : TARGET_START_MS;
}

static enum process_line wait_for_line(const struct target_spec *spec,
                                       struct process *process,
                                       const char **line)
{
    bool installs =
        spec->kind != TARGET_REFERENCE || is_node_store(spec->options.store);
    long ms = start_ms(spec);
    enum process_line came;

    if (!installs)
        return process_first_line(process, ms, line);
    came = process_first_line(process, TARGET_SAY_WHY_MS, line);
    if (came != PROCESS_LATE)
        return came;
    if (spec->options.notes)
        fprintf(spec->options.notes,
                "waiting for %s: a first start installs packages, which can "
                "take a minute\n",
                spec->options.name);
    return process_first_line(process, ms - TARGET_SAY_WHY_MS, line);
}

static int ended_fault(struct target_spec *spec,
                       const struct incarnation *fresh, struct fault *fault)
{
    char how[64] = "", said[256];

    process_ended(fresh->process, 0, how, sizeof how);
    target_log_last_lines(&spec->log, fresh->log_from, said, sizeof said);
    return fault_set(fault, FAULT_UNREACHABLE, "%s %s before it was ready%s%s",
                     spec->kind == TARGET_REFERENCE ? spec->options.server
                                                    : spec->options.express,
                     how, *said ? ": " : "", said);
}

/* Runs it and takes its address from its first line. */
static int process_open(struct target_spec *spec, struct incarnation *fresh,
                        struct fault *fault)
{
    const char *argv[TARGET_ARGUMENTS], *line;
    char threads[16], said[256];
    int result;

    fresh->log_from = target_log_end(&spec->log);
    command_of(spec, threads, sizeof threads, argv);
    result = process_start(&fresh->process, (char *const *)argv, &spec->log,
                           spec->options.interrupt, fault);
    if (result)
        return result;
    switch (wait_for_line(spec, fresh->process, &line)) {
    case PROCESS_ENDED:
        return ended_fault(spec, fresh, fault);
    case PROCESS_LATE:
        target_log_last_lines(&spec->log, fresh->log_from, said, sizeof said);
        return fault_set(fault, FAULT_TIMEOUT,
                         "%s did not print its address in time%s%s", argv[0],
                         *said ? ": " : "", said);
    case PROCESS_LINE:
        break;
    }
    if (!is_url(line))
        return fault_set(fault, FAULT_PROTOCOL,
                         "%s printed \"%.60s\" where its address should stand",
                         argv[0], line);
    fresh->base = copy(line);
    return 0;
}

static int about_fault(const struct http_reply *reply, const char *base,
                       struct fault *fault)
{
    switch (reply->transport) {
    case HTTP_REFUSED:
        return fault_set(fault, FAULT_UNREACHABLE,
                         "nobody answers at %s: tried GET /_spec: %s", base,
                         reply->error);
    case HTTP_TIMEOUT:
        return fault_set(fault, FAULT_TIMEOUT,
                         "%s does not answer GET /_spec within %ld s", base,
                         TARGET_ABOUT_MS / 1000);
    default:
        return fault_set(fault, FAULT_BROKEN,
                         "%s broke off the answer to GET /_spec: %s", base,
                         reply->error);
    }
}

static int about_check(struct incarnation *fresh,
                       const struct http_reply *reply, struct fault *fault)
{
    json_t *protocol;

    if (reply->status == 200)
        fresh->about = json_loadb(reply->body, reply->body_length, 0, NULL);
    if (!json_is_object(fresh->about))
        return fault_set(fault, FAULT_PROTOCOL,
                         "%s does not speak the probe protocol: GET /_spec "
                         "gave status %ld and %s JSON object",
                         fresh->base, reply->status,
                         reply->status == 200 ? "no" : "so no");
    protocol = json_object_get(fresh->about, "protocol");
    if (json_number_value(protocol) != 1) {
        char *said = json_dumps(protocol, JSON_ENCODE_ANY);
        fault_set(fault, FAULT_PROTOCOL,
                  "%s speaks version %.40s of the probe protocol, not 1",
                  fresh->base, said ? said : "(none)");
        free(said);
        return FAULT_PROTOCOL;
    }
    if (json_is_string(json_object_get(fresh->about, "tls")))
        fresh->tls =
            copy(json_string_value(json_object_get(fresh->about, "tls")));
    return 0;
}

static void about_ask(const struct target_spec *spec, const char *base,
                      long timeout_ms, struct http_reply *reply)
{
    struct http_request request = { .method = "GET",
                                    .base = base,
                                    .target = "/_spec",
                                    .timeout_ms = timeout_ms };
    struct http_client *client = http_pool_take(spec->pool);

    http_send(client, &request, reply);
    http_pool_give(spec->pool, client);
}

bool incarnation_is_silent(const struct target_spec *spec,
                           const struct incarnation *incarnation)
{
    struct http_reply reply = { .status = 0 };
    bool silent;

    about_ask(spec, incarnation->base, TARGET_SILENCE_MS, &reply);
    silent = reply.transport == HTTP_TIMEOUT;
    http_reply_clear(&reply);
    return silent;
}

static int about_read(struct target_spec *spec, struct incarnation *fresh,
                      struct fault *fault)
{
    struct http_reply reply = { .status = 0 };
    int result;

    about_ask(spec, fresh->base, TARGET_ABOUT_MS, &reply);
    result = reply.transport == HTTP_OK
                 ? about_check(fresh, &reply, fault)
                 : about_fault(&reply, fresh->base, fault);
    http_reply_clear(&reply);
    return result;
}

/* A new incarnation, ready to be used, not yet in the target's list. */
int incarnation_start(struct target_spec *spec, struct incarnation **made,
                      struct fault *fault)
{
    struct incarnation *fresh = calloc(1, sizeof *fresh);
    char how[64];
    int result = 0;

    must(fresh);
    if (spec->kind == TARGET_URL) {
        fresh->base = copy(spec->options.name);
        if (fresh->base[strlen(fresh->base) - 1] == '/')
            fresh->base[strlen(fresh->base) - 1] = '\0';
    } else {
        result = process_open(spec, fresh, fault);
    }
    if (!result)
        result = about_read(spec, fresh, fault);
    if (result == FAULT_UNREACHABLE || result == FAULT_BROKEN) {
        if (fresh->process && fresh->base &&
            process_ended(fresh->process, TARGET_DEATH_MS, how, sizeof how))
            result = ended_fault(spec, fresh, fault);
    }
    if (result)
        incarnation_free(fresh);
    else
        *made = fresh;
    return result;
}
