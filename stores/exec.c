/* exec.c: the store `exec`: a program that answers lines of JSON
 *
 * The table of functions is the program's own, made of what it says it can:
 * what it cannot is absent.
 */
#include "exec.h"

#include "base/fail.h"
#include "exec_command.h"
#include "exec_instance.h"
#include "exec_program.h"
#include "exec_session.h"

#include <errno.h>
#include <string.h>

/* Asks for an operation: of one session, with a record, or of all. The answer
 * is a new reference, and NULL after a failure. */
static int ask(struct instance *instance, const char *op,
               const struct sstore_call *call, const struct sstore_str *sid,
               const struct sstore_record *rec, json_t **answer,
               struct sstore_err *err)
{
    struct request request;

    instance_begin(instance, &request, op, err);
    if (sid)
        request_text(&request, "sid", *sid);
    if (rec)
        request_record(&request, rec, strcmp(op, "touch") == 0);
    request_number(&request, "now", call->now_ms);
    return instance_ask(instance, &request, call->deadline_ns, answer, err);
}

/* ---- What the answers hold ---------------------------------------------- */

static int wrong_answer(const struct instance *instance, const char *op,
                        const char *what, struct sstore_err *err)
{
    return fail(err, SSTORE_E_IO, 0, "EPROTO",
                "%s: the store's program answered %s %s",
                instance_store(instance), op, what);
}

/* For `true`, and where nothing is said of it. */
static int read_found(const struct instance *instance, const char *op,
                      const json_t *answer, struct sstore_err *err)
{
    const json_t *found = json_object_get(answer, "found");

    if (found && !json_is_boolean(found))
        return wrong_answer(instance, op,
                            "with a \"found\" that is neither true nor false",
                            err);
    return json_is_false(found) ? SSTORE_MISS : SSTORE_OK;
}

static int read_count(const struct instance *instance, const char *op,
                      const json_t *number, uint64_t *count,
                      struct sstore_err *err)
{
    double value = json_number_value(number);

    if (!json_is_number(number) || !(value >= 0 && value <= 1e15) ||
        value != (double)(uint64_t)value)
        return wrong_answer(instance, op, "with what is no number of sessions",
                            err);
    *count = (uint64_t)value;
    return SSTORE_OK;
}

static int give(json_t *session, struct sstore_str sid, sstore_row_fn *row,
                void *arg, struct sstore_err *err)
{
    int result = session_give(session, sid, row, arg);

    if (result < 0)
        return fail_errno(err, ENOMEM, "exec");
    return result > 0 ? SSTORE_STOP : SSTORE_OK;
}

static int give_all(const struct instance *instance, json_t *sessions,
                    sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    int code = SSTORE_OK;
    json_t *one;
    size_t i;

    if (!json_is_array(sessions))
        return wrong_answer(instance, "all", "without an array of \"sessions\"",
                            err);
    json_array_foreach(sessions, i, one)
    {
        const json_t *id = json_object_get(one, "sid");
        json_t *session = json_object_get(one, "session");
        struct sstore_str sid = { json_string_value(id),
                                  json_string_length(id) };

        if (!session || (id && !json_is_string(id)))
            return wrong_answer(instance, "all",
                                "with what is not {\"sid\": text, "
                                "\"session\": …}",
                                err);
        code = give(session, sid, row, arg, err);
        if (code != SSTORE_OK)
            break;
    }
    return code;
}

/* ---- The operations ----------------------------------------------------- */

static int exec_get(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, sstore_row_fn *row, void *arg,
                    struct sstore_err *err)
{
    json_t *answer, *session;
    int code = ask(inst, "get", call, &sid, NULL, &answer, err);

    if (code != SSTORE_OK)
        return code;
    session = json_object_get(answer, "session");
    if (!session)
        code = wrong_answer(inst, "get", "without a \"session\"", err);
    else if (json_is_null(session))
        code = SSTORE_MISS;
    else
        code = give(session, sid, row, arg, err);
    json_decref(answer);
    return code;
}

/* What is answered with `found` at most. */
static int do_one(struct instance *instance, const char *op,
                  const struct sstore_call *call, const struct sstore_str *sid,
                  const struct sstore_record *rec, struct sstore_err *err)
{
    json_t *answer;
    int code = ask(instance, op, call, sid, rec, &answer, err);

    if (code == SSTORE_OK)
        code = read_found(instance, op, answer, err);
    json_decref(answer);
    return code;
}

static int exec_set(void *inst, const struct sstore_call *call,
                    struct sstore_str sid, const struct sstore_record *rec,
                    struct sstore_err *err)
{
    return do_one(inst, "set", call, &sid, rec, err);
}

static int exec_touch(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, const struct sstore_record *rec,
                      struct sstore_err *err)
{
    return do_one(inst, "touch", call, &sid, rec, err);
}

static int exec_destroy(void *inst, const struct sstore_call *call,
                        struct sstore_str sid, struct sstore_err *err)
{
    return do_one(inst, "destroy", call, &sid, NULL, err);
}

static int exec_clear(void *inst, const struct sstore_call *call,
                      struct sstore_err *err)
{
    return do_one(inst, "clear", call, NULL, NULL, err);
}

static int exec_spoil(void *inst, const struct sstore_call *call,
                      struct sstore_str sid, struct sstore_err *err)
{
    return do_one(inst, "spoil", call, &sid, NULL, err);
}

static int exec_all(void *inst, const struct sstore_call *call,
                    sstore_row_fn *row, void *arg, struct sstore_err *err)
{
    json_t *answer;
    int code = ask(inst, "all", call, NULL, NULL, &answer, err);

    if (code == SSTORE_OK)
        code =
            give_all(inst, json_object_get(answer, "sessions"), row, arg, err);
    json_decref(answer);
    return code;
}

static int count(struct instance *instance, const char *op, const char *member,
                 const struct sstore_call *call, uint64_t *result,
                 struct sstore_err *err)
{
    json_t *answer;
    int code = ask(instance, op, call, NULL, NULL, &answer, err);

    if (code == SSTORE_OK)
        code = read_count(instance, op, json_object_get(answer, member), result,
                          err);
    json_decref(answer);
    return code;
}

static int exec_length(void *inst, const struct sstore_call *call,
                       uint64_t *result, struct sstore_err *err)
{
    return count(inst, "length", "length", call, result, err);
}

static int exec_reap(void *inst, const struct sstore_call *call,
                     uint64_t *result, struct sstore_err *err)
{
    return count(inst, "reap", "count", call, result, err);
}

/* ---- Open and close ----------------------------------------------------- */

/* What exec_plugin put in front of the options says which program. */
static int exec_open(const struct sstore_host *host,
                     const struct sstore_opt *opt, size_t nopt, void **inst,
                     struct sstore_err *err)
{
    struct instance *instance;
    int code = instance_open(&instance, program_find(opt[0].value)->talk, host,
                             opt + 1, nopt - 1, err);

    if (code == SSTORE_OK)
        *inst = instance;
    return code;
}

static void exec_close(void *inst)
{
    instance_close(inst);
}

/* ---- The program, and what it can --------------------------------------- */

static void make_table(struct program *program)
{
    const struct hello *hello = talk_hello(program->talk);

#define OPTIONAL(op) HELLO_HAS(hello, op) ? exec_##op : NULL
    program->table = (struct sstore_plugin){
        SSTORE_HEAD,
        .threads = hello->threads,
        .caps = hello->caps,
        .name = hello->name,
        .version = hello->version,
        .options = "",
        .open = exec_open,
        .close = exec_close,
        .get = exec_get,
        .set = exec_set,
        .destroy = exec_destroy,
        .touch = OPTIONAL(touch),
        .all = OPTIONAL(all),
        .clear = OPTIONAL(clear),
        .length = OPTIONAL(length),
        .reap = OPTIONAL(reap),
        .spoil = OPTIONAL(spoil),
    };
#undef OPTIONAL
    if (json_object_size(hello->about) > 0)
        program->about = json_dumps(hello->about, JSON_COMPACT);
}

const struct sstore_plugin *exec_plugin(struct spec *spec,
                                        struct sstore_err *err)
{
    int hello_ms;
    char *command = command_of(spec, &hello_ms, err);

    if (!command)
        return NULL;
    struct program *program = program_get(command, hello_ms, make_table, err);
    if (!program)
        return NULL;
    memmove(spec->options + 1, spec->options,
            spec->count++ * sizeof *spec->options);
    spec->options[0] = (struct sstore_opt){ "command", program->command };
    return &program->table;
}

/* ---- What besides a table a program has --------------------------------- */

/* NULL for what is no program. */
static const struct program *program_of(const struct sstore_plugin *plugin)
{
    return plugin->open == exec_open ? (const struct program *)plugin : NULL;
}

void exec_words(const struct sstore_plugin *plugin, exec_word_fn *each,
                void *arg)
{
    const struct program *program = program_of(plugin);
    json_t *words = program ? talk_hello(program->talk)->words : NULL, *word;
    size_t i;

    json_array_foreach(words, i, word)
    {
        each(arg, json_string_value(word));
    }
}

bool exec_can(const struct sstore_plugin *plugin, const char *act)
{
    const struct program *program = program_of(plugin);
    const struct hello *hello = program ? talk_hello(program->talk) : NULL;

    return hello && ((strcmp(act, "break") == 0 && hello->breaks) ||
                     (strcmp(act, "mend") == 0 && hello->mends));
}

int exec_act(void *inst, const char *act, const struct sstore_call *call,
             struct sstore_err *err)
{
    return do_one(inst, act, call, NULL, NULL, err);
}

const char *exec_about(const struct sstore_plugin *plugin)
{
    const struct program *program = program_of(plugin);

    return program ? program->about : NULL;
}

pid_t exec_process(const struct sstore_plugin *plugin)
{
    const struct program *program = program_of(plugin);

    return program ? talk_process(program->talk) : -1;
}

void exec_end(void)
{
    programs_end();
}
