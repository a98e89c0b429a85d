/* test_registry.c: SPECs, and plugins that are not what they should be */
#include "store_help.h"

static void assert_refused(const char *spec, const char *part)
{
    struct store *store;
    struct sstore_err err;
    int code = store_open(&store, spec, NULL, &test_host, &err);

    assert_int_equal(code, SSTORE_E_INVAL);
    assert_null(store);
    if (!strstr(err.text, part))
        fail_msg("\"%s\" gave \"%s\" without \"%s\"", spec, err.text, part);
    for (const char *at_text = err.text; *at_text; at_text++)
        assert_true((unsigned char)*at_text >= 0x20);
}

static void test_an_unknown_spec_is_answered_with_what_there_is(void **state)
{
    (void)state;
    assert_refused("nosuch", "no store \"nosuch\"; there is: memory");
    assert_refused("", "there is: memory");
    assert_refused("Memory", "there is: memory");
    assert_refused("nosuch", "exec:COMMAND, npm:NAME, node:FILE");
    assert_refused("exec", "no store \"exec\"; there is: memory");
    assert_refused("npm?a=1:x", "no store \"npm\"");
    assert_refused("memory:x", "no store \"memory\"; there is: memory");
    assert_refused("nosuch://a/b.so", "no store \"nosuch\"");
    assert_refused("a\nb", "a?b");
}

static void test_a_long_spec_is_cut_in_the_message_alone(void **state)
{
    char spec[5000];

    (void)state;
    memset(spec, 'x', sizeof spec - 1);
    spec[sizeof spec - 1] = '\0';
    assert_refused(spec, "there is: memory");
}

static void test_the_namespace_is_no_option_for_a_spec(void **state)
{
    (void)state;
    assert_refused("memory?namespace=x", "namespace");
    assert_refused("memory?namespace", "namespace");
    assert_refused("memory?a=1&namespace=x", "namespace");
    assert_refused("memory?namespaces=x", "\"namespaces\"");
}

static void test_too_many_options_are_refused(void **state)
{
    char spec[400] = "memory?";

    (void)state;
    for (int i = 0; i < 33; i++)
        snprintf(spec + strlen(spec), sizeof spec - strlen(spec), "a=1&");
    assert_refused(spec, "over 32 options");
}

static void test_a_spec_without_options_may_end_in_a_question_mark(void **state)
{
    (void)state;
    store_close(store_of("memory?"));
    store_close(store_of("memory?&"));
}

/* ---- Plugins ------------------------------------------------------------ */

static const char *seen_options;

static int note_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    static char text[200];

    (void)err;
    assert_ptr_equal(host, &test_host);
    text[0] = '\0';
    for (size_t i = 0; i < nopt; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s=%s;",
                 opt[i].key, opt[i].value);
    seen_options = text;
    *inst = text;
    return SSTORE_OK;
}

static int fail_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    (void)host;
    (void)opt;
    (void)nopt;
    (void)inst;
    snprintf(err->text, sizeof err->text, "refused");
    return SSTORE_E_IO;
}

static int miss_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    (void)host;
    (void)opt;
    (void)nopt;
    (void)inst;
    (void)err;
    return SSTORE_MISS;
}

static void no_close(void *inst)
{
    (void)inst;
}

static int odd_get(void *inst, const struct sstore_call *call,
                   struct sstore_str sid, sstore_row_fn *row, void *arg,
                   struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)row;
    (void)arg;
    (void)err;
    return SSTORE_MISS;
}

static int no_set(void *inst, const struct sstore_call *call,
                  struct sstore_str sid, const struct sstore_record *rec,
                  struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)rec;
    (void)err;
    return SSTORE_OK;
}

static int no_destroy(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, struct sstore_err *err)
{
    (void)inst;
    (void)call;
    (void)sid;
    (void)err;
    return SSTORE_OK;
}

/* The least a plugin can be. */
static struct sstore_plugin least(void)
{
    struct sstore_plugin plugin = {
        SSTORE_HEAD,
        .threads = SSTORE_THREADS_ONE_INSTANCE,
        .caps = SSTORE_CAP_DURABLE | SSTORE_CAP_BINARY_SID,
        .name = "least",
        .version = "1",
        .options = "",
        .open = note_open,
        .close = no_close,
        .get = odd_get,
        .set = no_set,
        .destroy = no_destroy,
    };
    return plugin;
}

static int open_plugin(const struct sstore_plugin *plugin, struct store **store,
                       struct sstore_err *err)
{
    static const struct sstore_opt options[] = { { "k", "v" } };
    return store_open_plugin(store, plugin, options, 1, &test_host, err);
}

static void assert_plugin_refused(const struct sstore_plugin *plugin, int code,
                                  const char *part)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(open_plugin(plugin, &store, &err), code);
    assert_null(store);
    assert_non_null(strstr(err.text, part));
}

static void test_a_plugin_that_lacks_what_is_required_is_refused(void **state)
{
    struct sstore_plugin plugin;

    (void)state;
    plugin = least();
    plugin.set = NULL;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "no set");
    plugin = least();
    plugin.open = NULL;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "no open");
    plugin = least();
    plugin.name = NULL;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "no name");
    plugin = least();
    plugin.major = 2;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "ABI 2, not 1");
    plugin = least();
    plugin.size = offsetof(struct sstore_plugin, spoil) - 1;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "bytes");
}

static void test_each_thing_that_is_wrong_has_its_sentence(void **state)
{
    struct sstore_plugin plugin;

    (void)state;
    plugin = least();
    plugin.size = 70000;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "begins with 70000");
    plugin = least();
    plugin.name = "";
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "no name");
    plugin = least();
    plugin.name = "Two Words";
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "\"Two Words\" is not");
    plugin = least();
    plugin.version = NULL;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "least has no version");
    plugin = least();
    plugin.version = "1\xff";
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "printable ASCII");
    plugin = least();
    plugin.options = NULL;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "NULL for its options");
    plugin = least();
    plugin.threads = 3;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "3 for its thread model");
    plugin = least();
    plugin.caps |= 1u << 30;
    assert_plugin_refused(&plugin, SSTORE_E_INVAL, "0x40000000 among");
}

static void test_a_plugin_of_1_0_is_taken_and_its_end_respected(void **state)
{
    struct sstore_plugin plugin = least();
    struct sstore_call call = at(10);
    struct store *store;
    struct sstore_err err;

    (void)state;
    plugin.size = offsetof(struct sstore_plugin, spoil);
    plugin.minor = 0;
    memset(&plugin.spoil, 0xff, sizeof plugin.spoil);
    assert_int_equal(open_plugin(&plugin, &store, &err), SSTORE_OK);
    assert_int_equal(store_spoil(store, &call, str("a"), NULL),
                     SSTORE_E_NOTSUP);
    store_close(store);
}

static void test_a_failed_open_is_passed_on(void **state)
{
    struct sstore_plugin plugin = least();

    (void)state;
    plugin.open = fail_open;
    assert_plugin_refused(&plugin, SSTORE_E_IO, "refused");
    plugin.open = miss_open;
    assert_plugin_refused(&plugin, SSTORE_E_IO, "open returned 1");
}

static void test_a_longer_plugin_of_a_newer_minor_is_taken(void **state)
{
    struct {
        struct sstore_plugin plugin;
        void (*newer)(void);
    } longer = { .plugin = least() };
    struct store *store;
    struct sstore_err err;

    (void)state;
    longer.plugin.size = sizeof longer;
    longer.plugin.minor = 9;
    longer.plugin.caps |= 1u << 30;
    assert_int_equal(open_plugin(&longer.plugin, &store, &err), SSTORE_OK);
    store_close(store);
}

static void note_name(void *arg, const char *name)
{
    char *text = arg;
    snprintf(text + strlen(text), 200 - strlen(text), "%s ", name);
}

static void test_operations_and_capabilities_are_those_declared(void **state)
{
    struct sstore_plugin plugin = least();
    struct store *store, *memory = store_of("memory");
    struct sstore_err err;
    char text[200] = "";

    (void)state;
    assert_int_equal(open_plugin(&plugin, &store, &err), SSTORE_OK);
    store_operations(store, note_name, text);
    assert_string_equal(text, "open close get set destroy ");
    text[0] = '\0';
    store_capabilities(store, note_name, text);
    assert_string_equal(text, "durable binary-sid ");
    text[0] = '\0';
    store_operations(memory, note_name, text);
    assert_string_equal(text, "open close get set destroy touch all clear "
                              "length reap spoil ");
    text[0] = '\0';
    store_capabilities(memory, note_name, text);
    assert_string_equal(text, "host-clock namespace binary-sid ");
    store_close(store);
    store_close(memory);
}

static void test_an_absent_operation_is_not_supported(void **state)
{
    struct sstore_plugin plugin = least();
    struct sstore_call call = at(10);
    struct sstore_err err;
    struct store *store;
    uint64_t count;

    (void)state;
    open_plugin(&plugin, &store, &err);
    assert_int_equal(touch(store, 10, "a", "c", 99), SSTORE_E_NOTSUP);
    assert_int_equal(store_all(store, &call, note_row, NULL, NULL),
                     SSTORE_E_NOTSUP);
    assert_int_equal(store_clear(store, &call, NULL), SSTORE_E_NOTSUP);
    assert_int_equal(store_reap(store, &call, &count, NULL), SSTORE_E_NOTSUP);
    assert_int_equal(store_length(store, &call, &count, &err), SSTORE_E_NOTSUP);
    assert_string_equal(err.text, "least has no length");
    store_close(store);
}

static void test_options_are_handed_to_open(void **state)
{
    struct sstore_plugin plugin = least();
    struct sstore_err err;
    struct store *store;

    (void)state;
    open_plugin(&plugin, &store, &err);
    assert_string_equal(seen_options, "k=v;");
    store_close(store);
}

static void test_closing_nothing_does_nothing(void **state)
{
    (void)state;
    store_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_unknown_spec_is_answered_with_what_there_is),
        cmocka_unit_test(test_a_long_spec_is_cut_in_the_message_alone),
        cmocka_unit_test(test_the_namespace_is_no_option_for_a_spec),
        cmocka_unit_test(test_too_many_options_are_refused),
        cmocka_unit_test(
            test_a_spec_without_options_may_end_in_a_question_mark),
        cmocka_unit_test(test_a_plugin_that_lacks_what_is_required_is_refused),
        cmocka_unit_test(test_each_thing_that_is_wrong_has_its_sentence),
        cmocka_unit_test(test_a_plugin_of_1_0_is_taken_and_its_end_respected),
        cmocka_unit_test(test_a_failed_open_is_passed_on),
        cmocka_unit_test(test_a_longer_plugin_of_a_newer_minor_is_taken),
        cmocka_unit_test(test_operations_and_capabilities_are_those_declared),
        cmocka_unit_test(test_an_absent_operation_is_not_supported),
        cmocka_unit_test(test_options_are_handed_to_open),
        cmocka_unit_test(test_closing_nothing_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
