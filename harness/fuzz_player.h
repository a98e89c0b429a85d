/* fuzz_player.h: a scenario while it is played on one target
 *
 * Between the files of the player: fuzz_play.c has the steps, fuzz_exchange.c
 * the requests, fuzz_parallel.c several of them at once. A player belongs to
 * one thread.
 */
#ifndef HARNESS_FUZZ_PLAYER_H
#define HARNESS_FUZZ_PLAYER_H

#include "fuzz_play.h"
#include "jar.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* An exchange that takes longer hangs. */
#define FUZZ_TIMEOUT_MS 20000L

/* The scenario's app, and its "b", which stands on the same store. */
enum { FUZZ_APPS = 2 };
/* The client itself, and bob. */
enum { FUZZ_CLIENTS = 2 };

struct fuzz_app {
    char id[64];
    bool made;
    json_t *options, *settings; /* by now */
};

struct fuzz_player {
    const struct fuzz_side *side;
    const char *base, *tls_base;
    struct http_client *client;
    struct fuzz_app apps[FUZZ_APPS];
    json_t *secrets; /* of random IDs: all that may have signed; else NULL */
    json_t *vars;
    struct jar jars[FUZZ_CLIENTS];
    int64_t now_ms;
    json_t *seen, *steps;
    bool lost;   /* the target cannot be reached any more */
    bool adrift; /* requests ran in an order of their own: it is over */
};

/* The one that a step is for. */
struct fuzz_app *fuzz_player_app(struct fuzz_player *player,
                                 const json_t *step);

/* The text that a sid is by now. */
const char *fuzz_player_sid(const struct fuzz_player *player,
                            const json_t *sid);

/* A call of the probe: the status; `*answer` is a new reference, or NULL. */
long fuzz_player_call(struct fuzz_player *player, const char *method,
                      const char *path, const json_t *body, json_t **answer);

/* ---- One request ------------------------------------------------------ */

struct fuzz_exchange {
    struct http_client *client;
    char *method, *target, *body;
    bool tls;
    struct http_headers headers;
    struct http_request request;
    struct http_reply reply;
};

/* The three parts of a request; the middle one needs no player, so that many
 * may be under way at once. */
void fuzz_exchange_begin(struct fuzz_exchange *exchange,
                         struct fuzz_player *player, const json_t *step,
                         const char *label);
void fuzz_exchange_send(struct fuzz_exchange *exchange);
/* What was seen of it; the exchange is cleared. */
json_t *fuzz_exchange_end(struct fuzz_exchange *exchange,
                          struct fuzz_player *player, const json_t *step);

json_t *fuzz_play_request(struct fuzz_player *player, const json_t *step);
json_t *fuzz_play_parallel(struct fuzz_player *player, const json_t *step);

#endif
