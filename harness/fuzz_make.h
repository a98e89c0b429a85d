/* fuzz_make.h: makes scenarios up: an app, and what happens to it
 *
 * A scenario is plain data, in the terms of the scenario language:
 *
 *   {"options":{…}, "settings":{…}?, "store":{"hide":["touch"]}?,
 *    "apps":{"b":{"options":{…},"settings":{…}?}}?,   another, on its store
 *    "steps":[
 *      {"request":"GET /", "as":"bob"?, "https":true?, "headers":{…}?,
 *       "cookie":"none"|{"raw":…}|{"signed":{"sid","secret"}}|{"tampered":…}?,
 *       "do":[["set","user","tobi"],…]?, "body":text?, "save":"s1"?},
 *      {"parallel":{"choices":"AB…","requests":[ as above ]}},
 *      {"advance":30000},
 *      {"store":{"op","sid","session","raw"}},      as POST …/store takes it
 *      {"fault":{"op","error","delay","times"}},    as POST …/fault takes it
 *      {"emit":"disconnect"},
 *      {"restart":{"options":{…},"settings":{…}?,"later":ms?}}]}
 *
 * The actions are as Spec-Do has them. A sid may be {"var":"s1"}: what a
 * request before saved under that name. "via":"b" beside a verb means the
 * other app. "later" puts the clock forward with the restart.
 */
#ifndef HARNESS_FUZZ_MAKE_H
#define HARNESS_FUZZ_MAKE_H

#include "fuzz_random.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Scenario `number` of `seed`; `tls`: requests may go over TLS. */
json_t *fuzz_make(uint64_t seed, uint64_t number, bool tls);

/* Requests at once become requests one after the other. */
void fuzz_make_sequential(json_t *scenario);

/* ---- Between the files of the maker ---------------------------------- */

struct fuzz_maker {
    struct fuzz_random random;
    bool odd; /* wild values often, instead of seldom */
    bool tls;
    json_t *options, *settings;     /* as they are by now, borrowed */
    json_t *other, *other_settings; /* those of the other app; or NULL */
    json_t *secrets;                /* all that have signed so far */
    json_t *sids; /* texts, and variables that will have one */
    bool random_sids;
    unsigned saved; /* how many variables there are */
};

/* True in as many percent of a tame scenario's cases, several times as often
 * in an odd one. */
bool fuzz_maker_wild(struct fuzz_maker *maker, unsigned percent);

json_t *fuzz_make_options(struct fuzz_maker *maker);
/* NULL for none. */
json_t *fuzz_make_settings(struct fuzz_maker *maker);
/* What a restart changes. */
json_t *fuzz_make_restart(struct fuzz_maker *maker);
/* A value for a field of a cookie, `odd` or as people write it. */
json_t *fuzz_make_cookie_field(struct fuzz_maker *maker, const char *field,
                               bool odd);

json_t *fuzz_make_request(struct fuzz_maker *maker);
/* A list of Spec-Do. */
json_t *fuzz_make_actions(struct fuzz_maker *maker);
/* Data for a session. */
json_t *fuzz_make_value(struct fuzz_maker *maker);
/* A sid that may be known: a text, or a variable. */
json_t *fuzz_make_sid(struct fuzz_maker *maker);

/* The rules by which a restart's options are laid over the old ones: maps
 * are merged, all else replaced. */
void fuzz_merge(json_t *into, const json_t *from);

#endif
