/* test_exec_contract.c: what every store owes, of a program: the example in
 * Python
 *
 * The contract's records are any bytes, those of a program a session in JSON:
 * a store of ours stands between, and puts the former into the latter.
 */
#include "contract.h"

#include "../exec.h"
#include "../tree.h"

#include <jansson.h>
#include <pthread.h>
#include <unistd.h>

/* ---- Bytes as a session, and back --------------------------------------- */

struct wrapped {
    char *data, *cookie;
    struct sstore_record record;
};

/* Takes the reference. */
static char *text_and_free(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT);

    json_decref(value);
    return text;
}

static struct wrapped wrap(const struct sstore_record *rec)
{
    json_t *data =
        json_pack("{s:s%}", "d", rec->data.n ? rec->data.p : "", rec->data.n);
    json_t *cookie =
        json_pack("{s:s%, s:I}", "c", rec->cookie.n ? rec->cookie.p : "",
                  rec->cookie.n, "e", (json_int_t)rec->expires_ms);
    struct wrapped wrapped = { .data = text_and_free(data),
                               .cookie = text_and_free(cookie) };

    wrapped.record =
        (struct sstore_record){ str(wrapped.data), str(wrapped.cookie),
                                rec->expires_ms };
    return wrapped;
}

struct listing {
    sstore_row_fn *row;
    void *arg;
};

static struct sstore_str text_of(const json_t *object, const char *member)
{
    const json_t *text = json_object_get(object, member);

    return (struct sstore_str){ json_string_value(text),
                                json_string_length(text) };
}

static int unwrap(void *arg, struct sstore_str sid,
                  const struct sstore_record *rec)
{
    const struct listing *listing = arg;
    json_t *data = json_loadb(rec->data.p, rec->data.n, 0, NULL);
    json_t *cookie = json_loadb(rec->cookie.p, rec->cookie.n, 0, NULL);
    struct sstore_record bytes = {
        .data = text_of(data, "d"),
        .cookie = text_of(cookie, "c"),
        .expires_ms = json_integer_value(json_object_get(cookie, "e")),
    };
    int stop = listing->row(listing->arg, sid, &bytes);

    json_decref(data);
    json_decref(cookie);
    return stop;
}

/* ---- The store between -------------------------------------------------- */

/* From the opener to the table's open, which has no argument for it. */
static _Thread_local struct store *handed;

static int between_open(const struct sstore_host *host,
                        const struct sstore_opt *opt, size_t nopt, void **inst,
                        struct sstore_err *err)
{
    (void)host;
    (void)opt;
    (void)nopt;
    (void)err;
    *inst = handed;
    return SSTORE_OK;
}

static void between_close(void *inst)
{
    store_close(inst);
}

static int between_get(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, sstore_row_fn *row, void *arg,
                       struct sstore_err *err)
{
    struct listing listing = { row, arg };

    return store_get(inst, call, sid, unwrap, &listing, err);
}

static int between_all(void *inst, const struct sstore_call *call,
                       sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    struct listing listing = { row, arg };

    return store_all(inst, call, unwrap, &listing, err);
}

static int between_set(void *inst, const struct sstore_call *call,
                       struct sstore_str sid, const struct sstore_record *rec,
                       struct sstore_err *err)
{
    struct wrapped wrapped = wrap(rec);
    int code = store_set(inst, call, sid, &wrapped.record, err);

    free(wrapped.data);
    free(wrapped.cookie);
    return code;
}

static int between_touch(void *inst, const struct sstore_call *call,
                         struct sstore_str sid, const struct sstore_record *rec,
                         struct sstore_err *err)
{
    struct wrapped wrapped = wrap(rec);
    int code = store_touch(inst, call, sid, &wrapped.record, err);

    free(wrapped.data);
    free(wrapped.cookie);
    return code;
}

static int between_destroy(void *inst, const struct sstore_call *call,
                           struct sstore_str sid, struct sstore_err *err)
{
    return store_destroy(inst, call, sid, err);
}

static int between_clear(void *inst, const struct sstore_call *call,
                         struct sstore_err *err)
{
    return store_clear(inst, call, err);
}

static int between_length(void *inst, const struct sstore_call *call,
                          uint64_t *count, struct sstore_err *err)
{
    return store_length(inst, call, count, err);
}

static int between_reap(void *inst, const struct sstore_call *call,
                        uint64_t *count, struct sstore_err *err)
{
    return store_reap(inst, call, count, err);
}

static int between_spoil(void *inst, const struct sstore_call *call,
                         struct sstore_str sid, struct sstore_err *err)
{
    return store_spoil(inst, call, sid, err);
}

/* What mystore.py has: the test below sees that it is so. */
static const struct sstore_plugin between = {
    SSTORE_HEAD,
    .threads = SSTORE_THREADS_PARALLEL,
    .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_SHARED | SSTORE_CAP_HOST_CLOCK |
            SSTORE_CAP_NAMESPACE,
    .name = "between",
    .version = "1",
    .options = "",
    .open = between_open,
    .close = between_close,
    .get = between_get,
    .set = between_set,
    .destroy = between_destroy,
    .touch = between_touch,
    .all = between_all,
    .clear = between_clear,
    .length = between_length,
    .reap = between_reap,
    .spoil = between_spoil,
};

/* ---- Opening it --------------------------------------------------------- */

static char database[] = "/tmp/test_exec_contract.XXXXXX";
static char example[TREE_PATH];

/* `spec` is "mystore.py", with options behind it. */
static int open_example(struct store **store, const char *spec, const char *ns,
                        const struct sstore_host *host, struct sstore_err *err)
{
    const char *options = strchr(spec, '?');
    char text[TREE_PATH + 300];

    snprintf(text, sizeof text, "exec%s:python3 '%s' %s",
             options ? options : "", example, database);
    *store = NULL;
    int code = store_open(&handed, text, ns, host, err);
    if (code == SSTORE_OK)
        code = store_open_plugin(store, &between, NULL, 0, host, err);
    return code;
}

static void test_the_example_declares_what_is_between(void **state)
{
    struct sstore_err err;
    struct store *store;

    (void)state;
    assert_int_equal(open_example(&store, "mystore.py", "x", &test_host, &err),
                     SSTORE_OK);
    const struct sstore_plugin *plugin = store_plugin(handed);
    assert_int_equal(plugin->caps, between.caps | SSTORE_CAP_BINARY_SID);
    assert_int_equal(plugin->threads, between.threads);
#define X(op, need) assert_true(SSTORE_HAS(plugin, op));
    SSTORE_OPERATIONS(X)
#undef X
    store_close(store);
}

int main(void)
{
    static const struct CMUnitTest own[] = {
        cmocka_unit_test(test_the_example_declares_what_is_between),
    };

    if (system("python3 -c 'import sqlite3'") != 0) {
        puts("no python3 with sqlite3: nothing was tested");
        return 0;
    }
    int file = mkstemp(database);
    if (file < 0 || !tree_find(example, "examples/mystore.py", R_OK))
        return 1;
    close(file);
    int failed = contract_run_by(open_example, "mystore.py", own, 1);
    exec_end();
    unlink(database);
    return failed;
}
