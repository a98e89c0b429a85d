/* case_schema.h: the scenario language as a table: its keys, what each may be
 *
 * The one list of them. The loader checks files by it, `sessionspec check
 * --language` prints the reference of the language from it. What one key alone
 * cannot say (two keys that exclude each other) stands in case_rules.c.
 */
#ifndef HARNESS_CASE_SCHEMA_H
#define HARNESS_CASE_SCHEMA_H

#include "base/arena.h"

#include <stdio.h>

/* Maps that have keys of the language. */
enum place {
    PLACE_NONE,
    PLACE_FILE,
    PLACE_DEFAULTS,
    PLACE_CASE,
    PLACE_SETTINGS,
    PLACE_HIDE,
    PLACE_APP,
    PLACE_CLIENT,
    PLACE_DIVERGES,
    PLACE_STEP, /* the verbs; the keys beside a verb have a place of their own
                 */
    PLACE_REQUEST,
    PLACE_ASK,  /* beside store */
    PLACE_LOOK, /* beside restart */
    PLACE_VIA,
    PLACE_PARALLEL,
    PLACE_AWAIT,
    PLACE_ALONE, /* nothing may stand beside the verb */
    PLACE_ACTION,
    PLACE_SEND_COOKIE,
    PLACE_SIGNED,
    PLACE_TAMPERED,
    PLACE_STORE,
    PLACE_FAULT,
    PLACE_RESTART,
    PLACE_REPEAT,
    PLACE_EXPECT,
    PLACE_COOKIE,
    PLACE_LOG,
    PLACE_ERROR,
    PLACE_EVENT,
    PLACE_CALL,
    PLACE_HANDED,
    PLACE_MATCHER,
    PLACE_CATALOGUE,
    PLACE_SECTION,
    PLACE_REQUIREMENT,
    PLACE_SEEN,
    PLACE_COUNT
};

/* What a value may be: any of these. */
enum accept {
    ACCEPT_NULL = 1 << 0,      /* nothing behind the colon                 */
    ACCEPT_WORD = 1 << 1,      /* one of `words`                           */
    ACCEPT_ID = 1 << 2,        /* letters, digits, `-`, `_` and `.`        */
    ACCEPT_TEXT = 1 << 3,      /* any scalar that is not null              */
    ACCEPT_BOOL = 1 << 4,      /* true, false                              */
    ACCEPT_COUNT = 1 << 5,     /* 0, 1, 2, …                               */
    ACCEPT_INTEGER = 1 << 6,   /* -1 too                                   */
    ACCEPT_DURATION = 1 << 7,  /* 30s                                      */
    ACCEPT_DATA = 1 << 8,      /* anything: data of a session, an option   */
    ACCEPT_OBJECT = 1 << 9,    /* a map of such data                       */
    ACCEPT_VALUE = 1 << 10,    /* a literal or a matcher                   */
    ACCEPT_TIME = 1 << 11,     /* as VALUE, with a duration as a scalar    */
    ACCEPT_MAP = 1 << 12,      /* a map with the keys of `inner`           */
    ACCEPT_NAMES = 1 << 13,    /* a map; its keys are names, its values    */
                               /* what `items` says                        */
    ACCEPT_LIST = 1 << 14,     /* a list of what `items` says              */
    ACCEPT_EMPTY = 1 << 15,    /* the map or list may be empty             */
    ACCEPT_REQUIRED = 1 << 16, /* the key must be there                   */
    ACCEPT_MATCHER = 1 << 17   /* a matcher, `absent`, or a $name          */
};

/* Which steps a field of `expect` can judge. */
enum judged { OF_REQUEST = 1, OF_STORE = 2, OF_RESTART = 4 };

struct schema_key {
    const char *name;
    unsigned accepts; /* enum accept */
    unsigned items;   /* enum accept, of a list or of names */
    const char *const *words;
    enum place inner;
    enum place beside; /* of a verb: the keys that may stand with it */
    unsigned of;       /* enum judged, of a field of `expect` */
    const char *help;  /* a sentence without its full stop */
    const char *example;
};

struct schema_place {
    const char *what;              /* "a request" */
    const struct schema_key *keys; /* ends with a NULL name */
};

extern const struct schema_place schema_places[PLACE_COUNT];

/* The tables, for schema_places alone. */
extern const struct schema_key schema_step_keys[], schema_request_keys[],
    schema_ask_keys[], schema_look_keys[], schema_via_keys[],
    schema_await_keys[], schema_parallel_keys[], schema_action_keys[],
    schema_send_cookie_keys[], schema_signed_keys[], schema_tampered_keys[],
    schema_store_keys[], schema_fault_keys[], schema_restart_keys[],
    schema_repeat_keys[];
extern const struct schema_key schema_expect_keys[], schema_cookie_keys[],
    schema_log_keys[], schema_error_keys[], schema_event_keys[],
    schema_matcher_keys[], schema_call_keys[], schema_handed_keys[];

/* Operations of a store; ends with NULL. */
extern const char *const schema_operations[];
/* What a store step can do: the operations, and what is done to the store. */
extern const char *const schema_store_calls[];
/* The first words of a path that `save` takes; ends with NULL. */
extern const char *const schema_seen[];
/* Options of express-session and of its cookie, for suggestions; other names
 * are allowed. End with NULL. */
extern const char *const schema_options[], *const schema_cookie_fields[];

/* NULL where the place has no such key. */
const struct schema_key *schema_find(enum place place, const char *key);
enum { SCHEMA_KEYS_MAX = 64 }; /* of one place */

/* A place that has the key, other than `but`; PLACE_NONE where none has. */
enum place schema_elsewhere(const char *key, enum place but);

/* The nearest key of a place, or NULL. */
const char *schema_suggest(enum place place, const char *key);

/* The accepted forms in words: "a duration (30s) or one of all, none". */
const char *schema_accepts_words(struct arena *arena,
                                 const struct schema_key *key,
                                 unsigned accepts);

/* The reference of the language, as Markdown. */
void schema_print_language(FILE *to);

#endif
