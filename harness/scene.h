/* scene.h: the state of a case while it is being played
 *
 * One play-through is one scene, with apps of its own; a case that explores
 * interleavings is played through many times. The tracks of a `parallel` are
 * threads that share the scene: whoever plays a step holds its lock, and lets
 * go of it only while waiting (for the network, a gate, another track). So
 * the requests are really parallel, and nothing else has to care.
 */
#ifndef HARNESS_SCENE_H
#define HARNESS_SCENE_H

#include "../reports/result.h"
#include "base/arena.h"
#include "base/fault.h"
#include "case.h"
#include "explore.h"
#include "gate.h"
#include "http.h"
#include "jar.h"
#include "observation.h"
#include "play.h"
#include "probe.h"
#include "target.h"
#include "trace.h"
#include "transcript.h"
#include "turns.h"
#include "var.h"

#include <jansson.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* What the frozen clocks start from, but for stores with a clock of their own:
 * Tue, 14 Nov 2023 22:13:20 GMT. */
#define SCENE_START_MS 1700000000000LL

struct scene_app {
    const char *name; /* as the case calls it */
    const char *id;   /* as the target does   */
    json_t *options, *settings;
    const char *cookie_name;
    bool made;        /* its PUT has succeeded */
    json_t *warnings; /* of its making, until an `expect` looks at them */
    struct trace trace;
    json_int_t calls_looked; /* n of the trace: what a `calls` has judged  */
    json_int_t events_looked, warnings_looked; /* the same of those */
    json_t *foreseen; /* n of events that an `expect` named         */
};

struct scene_client {
    const char *name, *jar_name;
    struct jar *jar; /* those of one jar_name share it */
};

/* What did not hold. */
struct findings {
    struct arena *arena;
    struct result_failure *list;
    size_t count, capacity;
};

/* The interleaving that is played: of all its `parallel`s one behind the
 * other. */
struct scene_choices {
    const char *beginning; /* that this play-through must follow */
    struct explore_decision *made;
    size_t count, capacity;
};

struct scene {
    const struct test_case *test;
    const struct play_options *options;
    struct target *target;
    struct http_pool *pool;
    const char *base, *tls_base; /* the second may be NULL */
    unsigned long serial;        /* of the case in the run  */
    size_t run;                  /* of the case: from 1     */

    pthread_mutex_t lock; /* see above */
    struct arena arena;
    struct vars vars;
    int64_t started_ms, now_ms;  /* virtual */
    int64_t opened_at, begun_at; /* real, and monotonic: before its apps were
                                    made, and before its first step */
    struct scene_app *apps;
    size_t app_count;
    struct scene_client *clients;
    size_t client_count, client_capacity;
    json_t *labels; /* object: those in use */
    json_t *handed; /* array: direct sets and touches; NULL: none yet */
    struct gates gates;
    size_t starting; /* tracks whose first request is not ready yet */
    pthread_cond_t lined_up;
    struct scene_choices choices;
    unsigned schedules; /* made so far */

    struct transcript transcript;
    const char *interleaved;   /* "A is writer, B is reader"; NULL for none */
    const struct node *tracks; /* of the last interleaved `parallel` */
    struct findings failures;
    const char *error; /* why it could not go on; NULL for no reason */
    const char *late;  /* what came too late to be judged; NULL: nothing */
    bool lost;         /* the connection to the target failed        */
    bool hazard_shown;
};

/* Who plays: the case itself, or one track of a `parallel`. */
struct track {
    struct scene *scene;
    const char *name; /* NULL for the case itself */
    struct probe probe;
    const char *label; /* of all its requests; NULL: each has one of its own */
    struct turns *turns;     /* whose turn it is, where interleaved; or NULL */
    size_t letter;           /* among these, from 0 */
    bool starts;             /* begins with a request, which is not sent yet */
    struct observation seen; /* by the last of its steps that looks */
};

/* Makes the apps. False with scene->error set where that failed. */
bool scene_open(struct scene *scene);
/* Takes the apps away. Where one was not closed without complaint, the scene
 * is stopped. */
void scene_close(struct scene *scene);
void scene_clear(struct scene *scene);

/* A track takes a connection, and gives it back. */
void track_begin(struct track *track, struct scene *scene, const char *name);
void track_end(struct track *track);

/* Before a track's first request is sent: until those of the others are
 * ready, too. So none of them has a cookie that another's reply has set, no
 * matter how the threads run. */
void track_line_up(struct track *track);

/* `via`, or the first app for NULL. NULL where the case has none such. */
struct scene_app *scene_app(struct scene *scene, const char *name);
/* Made when first named. */
struct scene_client *scene_client(struct scene *scene, const char *name);
/* `wanted` (may be NULL), made unique. */
const char *scene_label(struct scene *scene, const char *wanted);

/* PUTs the app anew with other options and settings; `keep`: on the store
 * that it has. The answer is the caller's to clear. */
int scene_put_app(struct scene *scene, const struct probe *probe,
                  struct scene_app *app, json_t *store, bool keep,
                  struct probe_answer *answer, struct fault *fault);

/* Virtual time as last seen, which never goes back (an answer may be older
 * than another that came before it); real time with `needs: [real-time]`. */
int64_t scene_now(struct scene *scene);
void scene_saw_now(struct scene *scene, const json_t *answer);
bool scene_is_real_time(const struct scene *scene);
/* Real milliseconds since the first step; and how far a time that the store
 * gives back may be off, where that store goes by a clock of its own. */
int64_t scene_elapsed(const struct scene *scene);
int64_t scene_slack(const struct scene *scene);

/* Of the beginning what the next `parallel` has to follow. */
const char *scene_choices_left(struct scene *scene);
void scene_chose(struct scene *scene, const struct explore_decision *decision);

/* It cannot go on: always false, so that `return scene_stop(...)` reads well.
 * The first reason stays. */
bool scene_stop(struct scene *scene, const struct node *where, int code,
                const struct fault *fault);

/* An entry of the transcript, now. */
struct transcript_entry *scene_note(struct scene *scene,
                                    const struct node *where,
                                    const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void findings_add(struct findings *findings, const struct node *where,
                  const char *what, const char *expected, const char *actual);

#endif
