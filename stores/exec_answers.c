/* exec_answers.c: what the lines of a store's program mean: hello, answers,
 * events, and what is none of them */
#include "exec_life.h"

#include "base/fail.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Faults ------------------------------------------------------------- */

#define ANY_CALL 0 /* where nobody knows for which it was: it is no id */

/* With the lock held. Was anyone there to be told? */
static bool tell_calls(struct talk *talk, uint64_t id,
                       const struct sstore_err *err)
{
    bool told = false;

    for (struct call *call = talk->calls; call; call = call->next) {
        if (call->sent == 0 || !call->waiter ||
            (id != ANY_CALL && call->id != id))
            continue;
        call_fail(call, SSTORE_E_IO, err);
        told = true;
    }
    return told;
}

/* The program did what it may not: the call of that id fails with it; or each
 * that is under way; where there is none, the next one does. */
static void fault(struct life *life, uint64_t id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fault(struct life *life, uint64_t id, const char *format, ...)
{
    struct talk *talk = life->talk;
    struct sstore_err err = { .symbol = "EPROTO" };
    va_list args;

    int used = snprintf(err.text, sizeof err.text, "%s: the store's program ",
                        life_name(talk));
    va_start(args, format);
    vsnprintf(err.text + used, sizeof err.text - (size_t)used, format, args);
    va_end(args);
    life_make_plain(err.text);
    fprintf(stderr, "store: %s\n", err.text);
    pthread_mutex_lock(&talk->lock);
    if (!tell_calls(talk, id, &err) && !tell_calls(talk, ANY_CALL, &err) &&
        !*talk->fault)
        snprintf(talk->fault, sizeof talk->fault, "%s", err.text);
    pthread_mutex_unlock(&talk->lock);
}

/* ---- Answers ------------------------------------------------------------ */

/* Up to there a double tells each whole number from the next. */
#define MOST_ID 9007199254740991.0

enum found { FOUND, FOUND_ANSWERED, FOUND_NONE };

/* Takes the reference where it was FOUND. */
static enum found give_answer(struct life *life, uint64_t id, json_t *answer)
{
    struct talk *talk = life->talk;
    enum found found = FOUND_NONE;

    pthread_mutex_lock(&talk->lock);
    struct call **place = &talk->calls;
    while (*place && (*place)->id != id)
        place = &(*place)->next;
    if (*place && (*place)->sent > 0) {
        call_answer(*place, answer);
        call_remove(place);
        found = FOUND;
    } else if (!*place && id >= life->first_id && id < talk->next_id) {
        found = FOUND_ANSWERED;
    }
    pthread_mutex_unlock(&talk->lock);
    return found;
}

/* Gives back the reference that nobody has taken. Only one thread may hold a
 * reference at a time. */
static json_t *take_answer(struct life *life, json_t *line)
{
    const json_t *id = json_object_get(line, "id");
    double number = json_number_value(id);

    if (!json_is_number(id) || !(number >= 0 && number <= MOST_ID)) {
        fault(life, ANY_CALL,
              "wrote a line with neither \"id\", a number, nor \"event\"");
        return line;
    }
    enum found found = give_answer(life, (uint64_t)number, line);
    if (found == FOUND_ANSWERED)
        fault(life, ANY_CALL, "answered request %.0f twice", number);
    else if (found == FOUND_NONE)
        fault(life, ANY_CALL, "answered request %.0f, which nobody made",
              number);
    return found == FOUND ? NULL : line;
}

/* ---- Events ------------------------------------------------------------- */

static void tell_listeners(struct talk *talk, const char *instance, bool up)
{
    pthread_mutex_lock(&talk->listeners_lock);
    for (struct listener *at = talk->listeners; at; at = at->next)
        if (at->host->ready &&
            (!instance || strcmp(instance, at->instance) == 0))
            at->host->ready(at->host->ctx, up);
    pthread_mutex_unlock(&talk->listeners_lock);
}

/* What nobody here knows is for whoever reads the transcript. */
static void take_event(struct life *life, const json_t *line)
{
    const char *event = json_string_value(json_object_get(line, "event"));
    const char *instance = json_string_value(json_object_get(line, "instance"));
    bool up = event && strcmp(event, "connect") == 0;

    if (up || (event && strcmp(event, "disconnect") == 0)) {
        tell_listeners(life->talk, instance, up);
        return;
    }
    char *whole = json_dumps(line, JSON_COMPACT);
    fprintf(stderr, "store %s: %s\n", life_name(life->talk),
            whole ? whole : "");
    free(whole);
}

/* ---- Hello -------------------------------------------------------------- */

/* The first of all is kept; those after it must be like it. */
static int keep_hello(struct talk *talk, struct hello *hello,
                      struct sstore_err *err)
{
    if (!talk->has_hello) {
        talk->hello = *hello;
        talk->has_hello = true;
        return SSTORE_OK;
    }
    bool alike = hello_is_like(&talk->hello, hello);
    hello_clear(hello);
    return alike ? SSTORE_OK
                 : fail(err, SSTORE_E_IO, 0, "EPROTO",
                        "%s: the store's program was started again, and says "
                        "something else of itself in its hello",
                        life_name(talk));
}

static void take_hello(struct life *life, const json_t *line)
{
    struct talk *talk = life->talk;
    struct hello hello;

    life->code = hello_read(&hello, line, &life->why);
    pthread_mutex_lock(&talk->lock);
    if (life->code == SSTORE_OK)
        life->code = keep_hello(talk, &hello, &life->why);
    if (life->code == SSTORE_OK) {
        talk->state = TALK_UP;
        pthread_cond_broadcast(&talk->changed);
    } else {
        life->over = OVER_HELLO;
    }
    pthread_mutex_unlock(&talk->lock);
    if (life->code == SSTORE_OK)
        life_say(life);
}

/* ---- Any line ----------------------------------------------------------- */

/* Numbers beyond 64 bits are a double's then, as in JavaScript. */
static json_t *parse(const char *line, size_t length)
{
    json_error_t why;
    json_t *value = json_loadb(line, length, JSON_ALLOW_NUL, &why);

    if (!value && json_error_code(&why) == json_error_numeric_overflow)
        value = json_loadb(line, length,
                           JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &why);
    if (value && !json_is_object(value)) {
        json_decref(value);
        value = NULL;
    }
    return value;
}

static bool is_starting(struct talk *talk)
{
    pthread_mutex_lock(&talk->lock);
    bool starting = talk->state == TALK_STARTING;
    pthread_mutex_unlock(&talk->lock);
    return starting;
}

static void refuse_hello(struct life *life, const char *line)
{
    life->code = fail(&life->why, SSTORE_E_INVAL, 0, "EPROTO",
                      "the store's hello: the first line is no JSON object: "
                      "\"%.80s\"",
                      line);
    life->over = OVER_HELLO;
}

/* Whose answer it may be, by how it begins; ANY_CALL where that does not say.
 */
static uint64_t id_of(const char *line)
{
    static const char *const beginnings[] = { "{\"id\":", "{\"id\": " };

    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(beginnings[i]);

        if (strncmp(line, beginnings[i], length) == 0 &&
            isdigit((unsigned char)line[length]))
            return strtoull(line + length, NULL, 10);
    }
    return ANY_CALL;
}

void answers_take(struct life *life, char *line, size_t length)
{
    bool starting = is_starting(life->talk);
    json_t *value = NULL;

    if (life->over == OVER_HELLO || (length == 0 && !starting))
        return;
    if (length <= TALK_LINE_MOST)
        value = parse(line, length);
    if (starting && value)
        take_hello(life, value);
    else if (starting)
        refuse_hello(life, line);
    else if (length > TALK_LINE_MOST)
        fault(life, id_of(line), "wrote a line of more than %zu MiB",
              TALK_LINE_MOST >> 20);
    else if (!value)
        fault(life, id_of(line), "wrote what is no JSON object: \"%.80s\"",
              line);
    else if (json_object_get(value, "event"))
        take_event(life, value);
    else
        value = take_answer(life, value);
    json_decref(value);
}
