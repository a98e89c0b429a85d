/* case_needs.h: the words of a case's `needs`, each with what it asks for
 *
 * A word that the store's operations or capabilities, or the target's
 * abilities, do not have skips the case.
 */
#ifndef HARNESS_CASE_NEEDS_H
#define HARNESS_CASE_NEEDS_H

#define CASE_NEEDS(X)                                                          \
    /* operations of the store */                                              \
    X("get", "the store's operation get")                                      \
    X("set", "the store's operation set")                                      \
    X("destroy", "the store's operation destroy")                              \
    X("touch", "the store's operation touch (recommended)")                    \
    X("all", "the store's operation all (optional)")                           \
    X("length", "the store's operation length (optional)")                     \
    X("clear", "the store's operation clear (optional)")                       \
    X("reap", "the store can be told to remove what has expired")              \
    /* what a store can */                                                     \
    X("durable", "its sessions survive that it is closed and opened anew")     \
    X("shared", "two open stores see each other's sessions")                   \
    X("host-clock", "it judges expiry by the app's clock, not by its own")     \
    X("real-clock", "it judges expiry by a clock of its own")                  \
    X("exact", "its expiry is exact: it states no `resolution`")               \
    X("native-ttl", "its backend removes what has expired by itself")          \
    X("namespace", "several apps can share its backend and keep apart")        \
    X("binary-sid", "an ID may hold any character")                            \
    X("reopen", "it can be closed and opened anew on the same backend")        \
    X("spoil", "a record of it can be spoilt")                                 \
    X("emit", "it can say disconnect and connect")                             \
    X("memory", "it is express-session's MemoryStore, or stands for it")       \
    X("another-store", "it is any store but that one")                         \
    X("break", "its backend can be made to fail, for one app alone")           \
    /* what a target can */                                                    \
    X("virtual-clock", "the clock can stand; `advance` alone moves it")        \
    X("schedule", "requests can be held at their store calls")                 \
    X("fault", "calls of the store can be made to fail")                       \
    X("tls", "it has an https:// address as well")                             \
    X("store-spec", "it opens a store that is named by a SPEC")                \
    X("real-time", "nothing: the clock runs, and `wait` waits")                \
    X("undisturbed", "nothing: no other case is played meanwhile")             \
    X("expiry-callback", "the option expireCallback, a call when one expires") \
    X("debug", "what DEBUG=express-session prints comes as events")            \
    X("no-callback", "the store can be called without a callback")             \
    X("throwing-callback", "the store can be called with one that throws")     \
    X("circular", "the store can be handed what JSON cannot say")              \
    X("break-backend", "the store's backend can be stopped and started; such " \
                       "a case runs alone, and with --restart-backend only")   \
    X("express", "it is express-session itself")

#endif
