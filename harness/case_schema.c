/* case_schema.c: the keys of a file, a case and its steps, as tables */
#include "case_schema.h"

#include "base/must.h"
#include "base/problem.h"
#include "case_needs.h"

#include <string.h>

enum {
    ID = ACCEPT_ID,
    TEXT = ACCEPT_TEXT,
    MAP = ACCEPT_MAP,
    LIST = ACCEPT_LIST,
    NAMES = ACCEPT_NAMES,
    REQUIRED = ACCEPT_REQUIRED
};

const char *const schema_operations[] = { "get", "set",    "destroy", "touch",
                                          "all", "length", "clear",   NULL };

const char *const schema_store_calls[] = {
    "get",  "set",   "destroy", "touch", "all",  "length", "clear",
    "reap", "spoil", "reopen",  "break", "mend", NULL
};

const char *const schema_seen[] = {
    "sessionID", "session",  "cookie",   "now",        "status",
    "headers",   "body",     "log",      "secure",     "error",
    "maxAge",    "expires",  "found",    "set-cookie", "originalMaxAge",
    "length",    "sessions", "warnings", "transport",  "alive",
    "called",    NULL
};

const char *const schema_options[] = {
    "secret",    "name",      "key",    "resave",   "saveUninitialized",
    "rolling",   "proxy",     "unset",  "genid",    "cookie",
    "keys",      "signed",    "store",  "path",     "domain",
    "expires",   "maxAge",    "secure", "httpOnly", "sameSite",
    "overwrite", "by-header", "cases",  NULL
};

const char *const schema_cookie_fields[] = {
    "path",   "domain",   "expires",  "maxAge",    "originalMaxAge",
    "secure", "httpOnly", "sameSite", "priority",  "partitioned",
    "signed", "encode",   "decode",   "overwrite", "by-header",
    "cases",  NULL
};

static const char *const needs_words[] = {
#define NEEDS_WORD(word, help) word,
    CASE_NEEDS(NEEDS_WORD)
#undef NEEDS_WORD
        NULL
};

static const char *const own_words[] = { "own", NULL };

static const struct schema_key file_keys[] = {
    { .name = "suite",
      .accepts = ID | REQUIRED,
      .help = "first half of each case's id",
      .example = "suite: resave" },
    { .name = "about",
      .accepts = TEXT,
      .help = "what the cases of this file have in common",
      .example = "about: when the store is written" },
    { .name = "defaults",
      .accepts = MAP,
      .inner = PLACE_DEFAULTS,
      .help = "what every case of the file has, unless it says otherwise",
      .example = "defaults: { options: { secret: cat } }" },
    { .name = "fragments",
      .accepts = NAMES,
      .items = LIST,
      .inner = PLACE_STEP,
      .help = "lists of steps that `use` puts in",
      .example = "fragments: { login: [ { request: POST /login } ] }" },
    { .name = "cases",
      .accepts = LIST | REQUIRED,
      .items = MAP,
      .inner = PLACE_CASE,
      .help = "the cases, each a map",
      .example = "cases: [ { case: first, steps: [ { request: GET /, expect: "
                 "{ status: 200 } } ] } ]" },
    { .name = NULL },
};

#define OPTIONS_KEY                                                            \
    {                                                                          \
        .name = "options", .accepts = ACCEPT_OBJECT | ACCEPT_EMPTY,            \
        .help = "express-session's options",                                   \
        .example = "options: { resave: false, cookie: { maxAge: 60s } }"       \
    }
#define SETTINGS_KEY                                                           \
    {                                                                          \
        .name = "settings", .accepts = MAP | ACCEPT_EMPTY,                     \
        .inner = PLACE_SETTINGS, .help = "the server around the middleware",   \
        .example = "settings: { trust proxy: true }"                           \
    }
#define STORE_KEY                                                              \
    {                                                                          \
        .name = "store", .accepts = MAP, .inner = PLACE_HIDE,                  \
        .help = "how the store is shown to the middleware",                    \
        .example = "store: { hide: [ touch ] }"                                \
    }
#define NEEDS_KEY                                                              \
    {                                                                          \
        .name = "needs", .accepts = LIST | ACCEPT_EMPTY, .items = ACCEPT_WORD, \
        .words = needs_words,                                                  \
        .help =                                                                \
            "what store and target must be able to do; else it is skipped",    \
        .example = "needs: [ touch ]"                                          \
    }
#define TAGS_KEY                                                               \
    {                                                                          \
        .name = "tags", .accepts = LIST | ACCEPT_EMPTY, .items = ID,           \
        .help = "words to choose cases by", .example = "tags: [ slow ]"        \
    }
#define CLIENTS_KEY                                                            \
    {                                                                          \
        .name = "clients", .accepts = NAMES,                                   \
        .items = MAP | ACCEPT_NULL | ACCEPT_EMPTY, .inner = PLACE_CLIENT,      \
        .help =                                                                \
            "clients beside the one called default, each with its cookies",    \
        .example = "clients: { alice: {}, bob: { jar: alice } }"               \
    }

static const struct schema_key defaults_keys[] = {
    OPTIONS_KEY, SETTINGS_KEY, STORE_KEY,        NEEDS_KEY,
    TAGS_KEY,    CLIENTS_KEY,  { .name = NULL },
};

static const struct schema_key case_keys[] = {
    { .name = "case",
      .accepts = ID | REQUIRED,
      .help = "id within the suite; the whole id is suite/case",
      .example = "case: unmodified-is-touched" },
    { .name = "title",
      .accepts = TEXT,
      .help = "a sentence that claims something",
      .example = "title: an unmodified session is touched" },
    { .name = "checks",
      .accepts = LIST,
      .items = ID,
      .help = "the requirements that it checks",
      .example = "checks: [ RSV-02 ]" },
    TAGS_KEY,
    NEEDS_KEY,
    { .name = "since",
      .accepts = ID,
      .help = "the release of express-session since which it is so",
      .example = "since: 1.15.0" },
    { .name = "diverges",
      .accepts = MAP,
      .inner = PLACE_DIVERGES,
      .help = "a documented divergence that this case shows",
      .example = "diverges: { id: all-object, source: README }" },
    OPTIONS_KEY,
    SETTINGS_KEY,
    STORE_KEY,
    { .name = "each",
      .accepts = NAMES,
      .items = LIST,
      .help = "makes a case of each value, which is $name in it",
      .example = "each: { resave: [ true, false ] }" },
    { .name = "apps",
      .accepts = NAMES,
      .items = MAP | ACCEPT_NULL | ACCEPT_EMPTY,
      .inner = PLACE_APP,
      .help = "several apps, on one store but for those that have their own; "
              "the first is meant without `via`",
      .example = "apps: { a: {}, b: { options: { name: b } } }" },
    CLIENTS_KEY,
    { .name = "steps",
      .accepts = LIST | REQUIRED,
      .items = MAP,
      .inner = PLACE_STEP,
      .help = "what is done and expected, from top to bottom",
      .example = "steps: [ { request: GET /, expect: { status: 200 } } ]" },
    { .name = NULL },
};

static const struct schema_key settings_keys[] = {
    { .name = "trust proxy",
      .accepts = ACCEPT_BOOL | ACCEPT_COUNT | TEXT,
      .help = "Express's setting of that name",
      .example = "trust proxy: true" },
    { .name = "mount",
      .accepts = TEXT,
      .help = "the path under which the middleware is mounted",
      .example = "mount: /foo" },
    { .name = "cookieParser",
      .accepts = ACCEPT_BOOL | TEXT,
      .help = "a cookie parser before it, with this secret",
      .example = "cookieParser: keyboard cat" },
    { .name = "env",
      .accepts = TEXT,
      .help = "NODE_ENV",
      .example = "env: production" },
    { .name = "debug",
      .accepts = ACCEPT_BOOL,
      .help = "DEBUG=express-session, for this app alone: each line of it is "
              "an event `debug`",
      .example = "debug: true" },
    { .name = NULL },
};

static const struct schema_key hide_keys[] = {
    { .name = "hide",
      .accepts = LIST | ACCEPT_EMPTY | REQUIRED,
      .items = ACCEPT_WORD,
      .words = schema_operations,
      .help = "operations that the middleware must not find",
      .example = "hide: [ touch ]" },
    { .name = NULL },
};

static const struct schema_key app_keys[] = {
    OPTIONS_KEY,
    SETTINGS_KEY,
    { .name = "store",
      .accepts = ACCEPT_WORD,
      .words = own_words,
      .help = "`own` is a store of its own on the same backend; without it "
              "the first app's",
      .example = "store: own" },
    { .name = NULL },
};

static const struct schema_key client_keys[] = {
    { .name = "jar",
      .accepts = ID,
      .help = "the client with whom it shares the cookies",
      .example = "jar: alice" },
    { .name = NULL },
};

static const struct schema_key diverges_keys[] = {
    { .name = "id",
      .accepts = ID | REQUIRED,
      .help = "the divergence's name",
      .example = "id: all-object" },
    { .name = "source",
      .accepts = TEXT | REQUIRED,
      .help = "where it is documented",
      .example = "source: express-session README" },
    { .name = NULL },
};

/* ------------------------------------------------------- requirements.yml */

static const char *const level_words[] = { "required", "recommended",
                                           "optional", "observed",
                                           "hazard",   NULL };

static const struct schema_key catalogue_keys[] = {
    { .name = "sections",
      .accepts = LIST | REQUIRED,
      .items = MAP,
      .inner = PLACE_SECTION,
      .help = "the catalogue's sections",
      .example =
          "sections: [ { section: SEC, title: secret, requirements: "
          "[ { id: SEC-01, level: required, text: …, source: … } ] } ]" },
    { .name = NULL },
};

static const struct schema_key section_keys[] = {
    { .name = "section",
      .accepts = ID | REQUIRED,
      .help = "how the ids of its requirements begin",
      .example = "section: SEC" },
    { .name = "title",
      .accepts = TEXT | REQUIRED,
      .help = "what it is about",
      .example = "title: secret and signature" },
    { .name = "requirements",
      .accepts = LIST | REQUIRED,
      .items = MAP,
      .inner = PLACE_REQUIREMENT,
      .help = "its requirements",
      .example = "requirements: [ { id: SEC-01, level: required, text: …, "
                 "source: … } ]" },
    { .name = NULL },
};

static const struct schema_key requirement_keys[] = {
    { .name = "id",
      .accepts = ID | REQUIRED,
      .help = "the section, a dash, two digits; never used twice",
      .example = "id: SEC-01" },
    { .name = "level",
      .accepts = ACCEPT_WORD | REQUIRED,
      .words = level_words,
      .help = "what the documents make of it",
      .example = "level: required" },
    { .name = "text",
      .accepts = TEXT | REQUIRED,
      .help = "what is asked",
      .example = "text: An array of secrets… " },
    { .name = "source",
      .accepts = TEXT | REQUIRED,
      .help = "where it is documented or was seen",
      .example = "source: express-session README, option secret" },
    { .name = "failure",
      .accepts = TEXT,
      .help = "what a failure usually means, and what to look at",
      .example = "failure: The wrong end of the array signs." },
    { .name = "seen",
      .accepts = LIST,
      .items = MAP,
      .inner = PLACE_SEEN,
      .help = "releases that got it wrong",
      .example = "seen: [ { where: mystore 1.0.0, what: ignored touch } ]" },
    { .name = NULL },
};

static const struct schema_key seen_keys[] = {
    { .name = "where",
      .accepts = TEXT | REQUIRED,
      .help = "a package and its release, or a range of them",
      .example = "where: mystore 1.0.0" },
    { .name = "what",
      .accepts = TEXT | REQUIRED,
      .help = "what it did",
      .example = "what: touch did nothing (mended in 1.0.1)" },
    { .name = "link",
      .accepts = TEXT,
      .help = "where it is told; absent where it was found by trying",
      .example = "link: https://example.org/mystore/issues/1" },
    { .name = NULL },
};

/* --------------------------------------------------------- all the tables */

static const struct schema_key no_keys[] = { { .name = NULL } };

const struct schema_place schema_places[PLACE_COUNT] = {
    [PLACE_NONE] = { "nothing", no_keys },
    [PLACE_FILE] = { "a file", file_keys },
    [PLACE_DEFAULTS] = { "defaults", defaults_keys },
    [PLACE_CASE] = { "a case", case_keys },
    [PLACE_SETTINGS] = { "settings", settings_keys },
    [PLACE_HIDE] = { "a case's store", hide_keys },
    [PLACE_APP] = { "an app", app_keys },
    [PLACE_CLIENT] = { "a client", client_keys },
    [PLACE_DIVERGES] = { "diverges", diverges_keys },
    [PLACE_STEP] = { "a step", schema_step_keys },
    [PLACE_REQUEST] = { "a request", schema_request_keys },
    [PLACE_ASK] = { "a store step", schema_ask_keys },
    [PLACE_LOOK] = { "a restart step", schema_look_keys },
    [PLACE_VIA] = { "a fault, emit or calls step", schema_via_keys },
    [PLACE_PARALLEL] = { "a parallel", schema_parallel_keys },
    [PLACE_AWAIT] = { "an await step", schema_await_keys },
    [PLACE_ALONE] = { "a step that stands alone", no_keys },
    [PLACE_ACTION] = { "an action", schema_action_keys },
    [PLACE_SEND_COOKIE] = { "a request's cookie", schema_send_cookie_keys },
    [PLACE_SIGNED] = { "signed", schema_signed_keys },
    [PLACE_TAMPERED] = { "tampered", schema_tampered_keys },
    [PLACE_STORE] = { "a store call", schema_store_keys },
    [PLACE_FAULT] = { "a fault", schema_fault_keys },
    [PLACE_RESTART] = { "a restart", schema_restart_keys },
    [PLACE_REPEAT] = { "a repeat", schema_repeat_keys },
    [PLACE_EXPECT] = { "expect", schema_expect_keys },
    [PLACE_COOKIE] = { "the cookie of expect", schema_cookie_keys },
    [PLACE_LOG] = { "a log entry", schema_log_keys },
    [PLACE_ERROR] = { "an error", schema_error_keys },
    [PLACE_EVENT] = { "an event", schema_event_keys },
    [PLACE_CALL] = { "a call", schema_call_keys },
    [PLACE_HANDED] = { "what a call was handed", schema_handed_keys },
    [PLACE_MATCHER] = { "a matcher", schema_matcher_keys },
    [PLACE_CATALOGUE] = { "the catalogue", catalogue_keys },
    [PLACE_SECTION] = { "a section", section_keys },
    [PLACE_REQUIREMENT] = { "a requirement", requirement_keys },
    [PLACE_SEEN] = { "seen", seen_keys },
};

const struct schema_key *schema_find(enum place place, const char *key)
{
    const struct schema_key *row = schema_places[place].keys;

    for (; row->name; row++)
        if (strcmp(row->name, key) == 0)
            return row;
    return NULL;
}

enum place schema_elsewhere(const char *key, enum place but)
{
    if (but != PLACE_EXPECT && schema_find(PLACE_EXPECT, key))
        return PLACE_EXPECT; /* the likeliest */
    /* The catalogue has a language of its own. */
    for (int place = PLACE_FILE; place < PLACE_CATALOGUE; place++)
        if (place != (int)but && schema_find((enum place)place, key))
            return (enum place)place;
    return PLACE_NONE;
}

const char *schema_suggest(enum place place, const char *key)
{
    const char *names[SCHEMA_KEYS_MAX + 1] = { NULL };
    const struct schema_key *row = schema_places[place].keys;

    for (size_t i = 0; row[i].name; i++) {
        must(i < SCHEMA_KEYS_MAX);
        names[i] = row[i].name;
    }
    return problem_suggest(key, names);
}
