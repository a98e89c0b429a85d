/* exec_hello.c: what a store's program says of itself in its first line */
#include "exec_hello.h"

#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_MOST 40 /* characters of a capability */

static const struct {
    const char *name;
    bool is_required;
} operations[] = {
#define X(op, need) { #op, need },
    SSTORE_OPERATIONS(X)
#undef X
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

static int wrong(struct sstore_err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int wrong(struct sstore_err *err, const char *format, ...)
{
    char text[180];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail(err, SSTORE_E_INVAL, 0, "EPROTO", "the store's hello: %s",
                text);
}

/* NULL where it is no text, or has a NUL in it. */
static const char *text_of(const json_t *value)
{
    const char *text = json_string_value(value);

    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

static bool is_made_of(const char *text, const char *characters, size_t most)
{
    size_t length = strlen(text);

    return length > 0 && length <= most && strspn(text, characters) == length;
}

/* ---- Name and version --------------------------------------------------- */

/* As load_check has it; printable, for it goes into reports. */
static int read_name(struct hello *hello, const json_t *line,
                     struct sstore_err *err)
{
    const char *name = text_of(json_object_get(line, "name"));

    if (!name || !is_made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-@/",
                             HELLO_TEXT))
        return wrong(err,
                     "\"name\" is not up to %d of a-z, 0-9, \"_\", \".\", "
                     "\"-\", \"@\" and \"/\"",
                     HELLO_TEXT);
    memcpy(hello->name, name, strlen(name) + 1);
    return SSTORE_OK;
}

static int read_version(struct hello *hello, const json_t *line,
                        struct sstore_err *err)
{
    const char *version = text_of(json_object_get(line, "version"));
    size_t plain = 0;

    while (version && version[plain] >= ' ' && version[plain] <= '~')
        plain++;
    if (plain == 0 || version[plain] || plain > HELLO_TEXT)
        return wrong(err,
                     "\"version\" is no text of 1 to %d printable ASCII "
                     "characters",
                     HELLO_TEXT);
    memcpy(hello->version, version, plain + 1);
    return SSTORE_OK;
}

/* ---- Lists of words ----------------------------------------------------- */

/* What nobody here knows is never called: a later host may. */
static int add_operation(struct hello *hello, const char *word,
                         struct sstore_err *err)
{
    (void)err;
    hello->breaks = hello->breaks || strcmp(word, "break") == 0;
    hello->mends = hello->mends || strcmp(word, "mend") == 0;
    for (unsigned i = 0; i < OPERATIONS; i++)
        if (strcmp(operations[i].name, word) == 0)
            hello->operations |= 1u << i;
    return SSTORE_OK;
}

/* Capabilities that other members say, or the host itself. */
static const char *const said_elsewhere[] = {
    "host-clock", "real-clock", "break", "reap", "spoil", "reopen", "emit"
};

static bool is_said_elsewhere(const char *word)
{
    for (size_t i = 0; i < sizeof said_elsewhere / sizeof *said_elsewhere; i++)
        if (strcmp(word, said_elsewhere[i]) == 0)
            return true;
    return false;
}

static int add_capability(struct hello *hello, const char *word,
                          struct sstore_err *err)
{
    if (!is_made_of(word, "abcdefghijklmnopqrstuvwxyz0123456789-", WORD_MOST))
        return wrong(err,
                     "the capability \"%.40s\" is not up to %d of a-z, 0-9 "
                     "and \"-\"",
                     word, WORD_MOST);
    if (is_said_elsewhere(word))
        return SSTORE_OK;
#define X(name, bit, text, why)                                                \
    if (strcmp(word, text) == 0) {                                             \
        hello->caps |= name;                                                   \
        return SSTORE_OK;                                                      \
    }
    SSTORE_CAPS(X)
#undef X
    json_array_append_new(hello->words, json_string(word));
    return SSTORE_OK;
}

typedef int word_fn(struct hello *hello, const char *word,
                    struct sstore_err *err);

static int read_words(struct hello *hello, const json_t *line,
                      const char *member, word_fn *add, struct sstore_err *err)
{
    json_t *list = json_object_get(line, member), *value;
    int code = SSTORE_OK;
    size_t i;

    if (!json_is_array(list))
        return wrong(err, "\"%s\" is no array of texts", member);
    json_array_foreach(list, i, value)
    {
        const char *word = text_of(value);

        if (!word)
            return wrong(err, "\"%s\" is no array of texts", member);
        if (code == SSTORE_OK)
            code = add(hello, word, err);
    }
    return code;
}

static int read_operations(struct hello *hello, const json_t *line,
                           struct sstore_err *err)
{
    int code = read_words(hello, line, "operations", add_operation, err);

    for (unsigned i = 0; code == SSTORE_OK && i < OPERATIONS; i++)
        if (operations[i].is_required && !(hello->operations >> i & 1))
            return wrong(err, "\"operations\" has no \"%s\", which is required",
                         operations[i].name);
    if (hello->breaks && hello->mends)
        json_array_append_new(hello->words, json_string("break"));
    return code;
}

static int read_capabilities(struct hello *hello, const json_t *line,
                             struct sstore_err *err)
{
    if (!json_object_get(line, "capabilities"))
        return SSTORE_OK;
    return read_words(hello, line, "capabilities", add_capability, err);
}

/* ---- Clock, threads and the rest ---------------------------------------- */

static int read_clock(struct hello *hello, const json_t *line,
                      struct sstore_err *err)
{
    const json_t *clock = json_object_get(line, "clock");
    const char *word = text_of(clock);

    if (!clock || (word && strcmp(word, "host") == 0)) {
        hello->caps |= SSTORE_CAP_HOST_CLOCK;
        return SSTORE_OK;
    }
    if (!word || strcmp(word, "real") != 0)
        return wrong(err, "\"clock\" is neither \"host\" nor \"real\"");
    json_array_append_new(hello->words, json_string("real-clock"));
    return SSTORE_OK;
}

static int read_threads(struct hello *hello, const json_t *line,
                        struct sstore_err *err)
{
    const json_t *threads = json_object_get(line, "threads");
    const char *given = text_of(threads);

    hello->threads = SSTORE_THREADS_PARALLEL;
    if (!threads)
        return SSTORE_OK;
#define X(name, value, word, text)                                             \
    if (given && strcmp(given, word) == 0) {                                   \
        hello->threads = name;                                                 \
        return SSTORE_OK;                                                      \
    }
    SSTORE_THREAD_MODELS(X)
#undef X
    return wrong(err, "\"threads\" is none of \"parallel\", \"one-instance\" "
                      "and \"one-plugin\"");
}

/* Handed on as it is to who reads the store's description. */
static int read_about(struct hello *hello, const json_t *line,
                      struct sstore_err *err)
{
    json_t *resolution = json_object_get(line, "resolution");
    json_t *licence = json_object_get(line, "licence");

    if (resolution &&
        !(json_is_number(resolution) && json_number_value(resolution) >= 0))
        return wrong(err, "\"resolution\" is no number of ms");
    if (licence && !json_is_array(licence))
        return wrong(err, "\"licence\" is no array");
    if (resolution)
        json_object_set(hello->about, "resolution", resolution);
    if (licence)
        json_object_set(hello->about, "licence", licence);
    return SSTORE_OK;
}

/* ---- The whole ---------------------------------------------------------- */

static int read_protocol(const json_t *line, struct sstore_err *err)
{
    const json_t *protocol = json_object_get(line, "protocol");

    if (!protocol)
        return wrong(err, "the first line has no \"protocol\"");
    if (!json_is_number(protocol) ||
        json_number_value(protocol) != HELLO_PROTOCOL)
        return wrong(err, "it speaks another version of the protocol than %d",
                     HELLO_PROTOCOL);
    return SSTORE_OK;
}

typedef int part_fn(struct hello *hello, const json_t *line,
                    struct sstore_err *err);

int hello_read(struct hello *hello, const json_t *line, struct sstore_err *err)
{
    static part_fn *const parts[] = {
        read_name,  read_version, read_operations, read_capabilities,
        read_clock, read_threads, read_about,
    };
    int code = read_protocol(line, err);

    *hello = (struct hello){ .words = json_array(), .about = json_object() };
    if (!hello->words || !hello->about)
        code = fail(err, SSTORE_E_NOMEM, 0, "ENOMEM", "out of memory");
    for (size_t i = 0; code == SSTORE_OK && i < sizeof parts / sizeof *parts;
         i++)
        code = parts[i](hello, line, err);
    if (code != SSTORE_OK)
        hello_clear(hello);
    return code;
}

void hello_clear(struct hello *hello)
{
    json_decref(hello->words);
    json_decref(hello->about);
    *hello = (struct hello){ .words = NULL };
}

bool hello_is_like(const struct hello *one, const struct hello *other)
{
    return strcmp(one->name, other->name) == 0 &&
           one->operations == other->operations && one->caps == other->caps &&
           one->threads == other->threads &&
           json_equal(one->words, other->words) &&
           json_equal(one->about, other->about);
}
