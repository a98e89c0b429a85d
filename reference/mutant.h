/* mutant.h: the faults that the reference can be given, one at a time
 *
 * `sessionspec-server --fault NAME` is wrong in the one way that NAME says, so
 * that it can be seen which cases notice. At the place of the behaviour stands
 * `mutant(MUTANT_NAME)`, which is false for all but the fault that was chosen;
 * where that would take more than a word, a function of mutant.c with the name
 * of what it spoils. A store's own faults are in stores/faulty.c.
 *
 * Modelled on what went wrong in session middleware: express-session's and
 * Express's own histories, and its readers' misunderstandings.
 */
#ifndef REFERENCE_MUTANT_H
#define REFERENCE_MUTANT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* X(NAME, "name on the command line", "what goes wrong"), by the families of
 * the requirements that they break. */
#define MUTANTS(X)                                                             \
    /* SEC: the secret and its signature */                                    \
    X(SIGNATURE_PREFIX, "signature-prefix",                                    \
      "of a signature only the first characters are compared")                 \
    X(SIGNATURE_UNCHECKED, "signature-unchecked",                              \
      "any signature is taken, whatever secret made it")                       \
    X(SIGNATURE_URL_SAFE, "signature-url-safe",                                \
      "a signature has - where base64 has +")                                  \
    X(SIGNATURE_FIRST_DOT, "signature-first-dot",                              \
      "an ID with a dot in it never verifies")                                 \
    X(UNSIGNED_ACCEPTED, "unsigned-accepted",                                  \
      "a cookie without the s: prefix is taken for an ID")                     \
    X(FIRST_SECRET_ALONE, "first-secret-alone",                                \
      "of several secrets the first alone verifies")                           \
    X(LAST_SECRET_IGNORED, "last-secret-ignored",                              \
      "of several secrets the last one does not verify")                       \
    X(LAST_SECRET_SIGNS, "last-secret-signs",                                  \
      "of several secrets the last one signs")                                 \
    X(EMPTY_SECRETS_ACCEPTED, "empty-secrets-accepted",                        \
      "an empty array of secrets is no error")                                 \
    X(NO_SECRET_ACCEPTED, "no-secret-accepted",                                \
      "without a secret a request goes on without a session")                  \
    X(BINARY_SECRET_CUT, "binary-secret-cut",                                  \
      "a secret of bytes ends at its first zero byte")                         \
    X(SECRET_CUT, "secret-cut", "a secret counts up to its 64th byte only")    \
    X(REQUEST_SECRET_IGNORED, "request-secret-ignored",                        \
      "the cookie parser's secret does not stand in for the option")           \
    /* CKI: reading the Cookie header */                                       \
    X(LAST_COOKIE_COUNTS, "last-cookie-counts",                                \
      "of two cookies of one name the last counts")                            \
    X(FIRST_PAIR_ONLY, "first-pair-only",                                      \
      "the session cookie is found in the first place only")                   \
    X(QUOTES_KEPT, "quotes-kept", "a quoted cookie keeps its quotes")          \
    X(BLANKS_KEPT, "blanks-kept",                                              \
      "blanks around a cookie's name and value are kept")                      \
    X(HEADER_CUT, "header-cut",                                                \
      "a Cookie header is read up to 4096 bytes only")                         \
    X(VALUE_NOT_DECODED, "value-not-decoded",                                  \
      "a cookie's value is not percent-decoded")                               \
    X(PLUS_IS_BLANK, "plus-is-blank",                                          \
      "a plus sign in a cookie's value is read as a blank")                    \
    X(MALFORMED_ESCAPE_DROPPED, "malformed-escape-dropped",                    \
      "a cookie with a malformed escape is dropped")                           \
    X(NAME_ANY_CASE, "name-any-case",                                          \
      "a cookie's name is matched in any case of letters")                     \
    X(NAME_BY_PREFIX, "name-by-prefix",                                        \
      "a cookie is matched by the beginning of its name")                      \
    X(NAME_IGNORED, "name-ignored", "the option name is ignored")              \
    X(KEY_IGNORED, "key-ignored",                                              \
      "the option key, name's old alias, is ignored")                          \
    X(PARSER_IGNORED, "parser-ignored",                                        \
      "what a cookie parser has found is not looked at")                       \
    X(PARSED_UNVERIFIED, "parsed-unverified",                                  \
      "an unsigned cookie is trusted where a cookie parser has seen it")       \
    /* CKO: writing Set-Cookie */                                              \
    X(DOMAIN_DROPPED, "domain-dropped", "the attribute Domain is never sent")  \
    X(PATH_DROPPED, "path-dropped", "the attribute Path is never sent")        \
    X(HTTP_ONLY_DROPPED, "http-only-dropped",                                  \
      "the attribute HttpOnly is never sent")                                  \
    X(HTTP_ONLY_ALWAYS, "http-only-always",                                    \
      "the attribute HttpOnly is sent even if it is switched off")             \
    X(SECURE_DROPPED, "secure-dropped", "the attribute Secure is never sent")  \
    X(PARTITIONED_DROPPED, "partitioned-dropped",                              \
      "the attribute Partitioned is never sent")                               \
    X(PRIORITY_DROPPED, "priority-dropped",                                    \
      "the attribute Priority is never sent")                                  \
    X(SAME_SITE_DROPPED, "same-site-dropped",                                  \
      "the attribute SameSite is never sent")                                  \
    X(SAME_SITE_TRUE_IS_LAX, "same-site-true-is-lax",                          \
      "sameSite true is sent as Lax")                                          \
    X(SAME_SITE_AS_GIVEN, "same-site-as-given",                                \
      "SameSite and Priority are sent in the case of letters that was given")  \
    X(MAX_AGE_SENT, "max-age-sent", "Max-Age is sent beside Expires")          \
    X(EXPIRES_LATE, "expires-late", "Expires is a second late")                \
    X(EXPIRES_LOCAL, "expires-local",                                          \
      "Expires is written in a local time, two hours ahead, and called GMT")   \
    X(PATH_UNCHECKED, "path-unchecked",                                        \
      "a cookie path with a semicolon goes into the header as it is")          \
    X(HALF_ENCODED, "half-encoded",                                            \
      "characters that a URL may have are not percent-encoded in the cookie")  \
    X(OTHER_COOKIES_LOST, "other-cookies-lost",                                \
      "the session's cookie takes the place of the handler's own")             \
    X(COOKIE_DOUBLED, "cookie-doubled", "the session's cookie is sent twice")  \
    X(COOKIE_ERROR_HIDDEN, "cookie-error-hidden",                              \
      "that a cookie cannot be serialized is told to nobody")                  \
    X(COOKIE_LOST_ON_REDIRECT, "cookie-lost-on-redirect",                      \
      "a redirect goes out without the session's cookie")                      \
    X(COOKIE_LOST_WITHOUT_BODY, "cookie-lost-without-body",                    \
      "HEAD, 204 and 304 are answered without the session's cookie")           \
    X(SECURE_OVER_HTTP, "secure-over-http",                                    \
      "a secure cookie is sent over plain HTTP too")                           \
    X(SECURE_OF_THE_OPTIONS, "secure-of-the-options",                          \
      "whether a secure cookie may go is asked of the options")                \
    X(SECURE_STEPS_ASIDE, "secure-steps-aside",                                \
      "with a secure cookie there is no session over plain HTTP")              \
    X(SECURE_AUTO_BY_TLS, "secure-auto-by-tls",                                \
      "secure 'auto' looks at the connection alone, not at a trusted proxy")   \
    X(SECURE_AUTO_KEPT, "secure-auto-kept",                                    \
      "secure 'auto' is not resolved, and so always secure")                   \
    X(SAME_SITE_AUTO_LAX, "same-site-auto-lax",                                \
      "sameSite 'auto' is Lax on a secure connection too")                     \
    X(AUTO_ANEW, "auto-anew", "'auto' is resolved anew by every request")      \
    X(AUTO_OF_A_FUNCTION, "auto-of-a-function",                                \
      "'auto' is resolved in what a function gives")                           \
    X(COOKIE_OF_THE_APP, "cookie-of-the-app",                                  \
      "a loaded session's cookie takes the app's options of today")            \
    /* EXP: maxAge and expires */                                              \
    X(MAX_AGE_IN_SECONDS, "max-age-in-seconds", "maxAge is taken for seconds") \
    X(MAX_AGE_32_BITS, "max-age-32-bits",                                      \
      "a maxAge beyond 2^31 ms is cut there")                                  \
    X(MAX_AGE_UNCHECKED, "max-age-unchecked",                                  \
      "a maxAge that is no number is accepted")                                \
    X(MAX_AGE_WINS, "max-age-wins",                                            \
      "maxAge counts even if expires was defined after it")                    \
    X(MAX_AGE_ZERO_IS_NONE, "max-age-zero-is-none",                            \
      "a maxAge of 0 counts as none")                                          \
    X(MAX_AGE_READS_ORIGINAL, "max-age-reads-original",                        \
      "cookie.maxAge reads as the whole, not as what remains")                 \
    X(EXPIRES_KEEPS_MAX_AGE, "expires-keeps-max-age",                          \
      "a new date in expires leaves originalMaxAge as it was")                 \
    X(EXPIRES_FALSE_IS_NULL, "expires-false-is-null",                          \
      "expires false is stored as null")                                       \
    X(ORIGINAL_DRIFTS, "original-drifts",                                      \
      "originalMaxAge loses a millisecond with every touch")                   \
    X(ORIGINAL_OF_LOAD, "original-of-load",                                    \
      "originalMaxAge is what remained when the session was loaded")           \
    X(NO_COOKIE_ACCEPTED, "no-cookie-accepted",                                \
      "a record without a cookie is loaded")                                   \
    X(EMPTY_COOKIE_REFUSED, "empty-cookie-refused",                            \
      "a record with an empty cookie is an error")                             \
    X(EXPIRED_ACCEPTED, "expired-accepted",                                    \
      "a session is still found at the very millisecond of its expiry")        \
    X(EXPIRY_IN_SECONDS, "expiry-in-seconds",                                  \
      "a stored session's expiry is cut to whole seconds")                     \
    X(EXPIRED_TOLD_TWICE, "expired-told-twice",                                \
      "the callback on expiry is called twice")                                \
    X(DESTROYED_UNTOLD, "destroyed-untold",                                    \
      "the callback on expiry does not hear of a destroyed session")           \
    X(CLEARED_UNTOLD, "cleared-untold",                                        \
      "the callback on expiry does not hear of cleared sessions")              \
    X(SET_KEEPS_EXPIRY, "set-keeps-expiry",                                    \
      "the callback on expiry comes by the date that the session had first")   \
    /* PTH: the path */                                                        \
    X(PATH_IGNORED, "path-ignored",                                            \
      "there is a session outside the cookie's path too")                      \
    X(PATH_BY_SEGMENT, "path-by-segment", "path /foo does not serve /foobar")  \
    X(PATH_ANY_CASE, "path-any-case",                                          \
      "the path is matched in any case of letters")                            \
    X(PATH_STRIPPED, "path-stripped",                                          \
      "a mounted app is judged by the path behind its mount")                  \
    X(MOUNT_IGNORED, "mount-ignored",                                          \
      "there is a session outside of the mount too")                           \
    X(ABSOLUTE_FORM_UNREAD, "absolute-form-unread",                            \
      "an absolute-form target is taken for a path")                           \
    /* SID: the session ID */                                                  \
    X(SID_REPEATS, "sid-repeats", "every generated ID is the same")            \
    X(SID_SHORT, "sid-short", "a generated ID has half its length")            \
    X(SID_ADOPTED, "sid-adopted",                                              \
      "a signed ID that the store does not know is adopted")                   \
    X(SID_LOST, "sid-lost",                                                    \
      "a genid of its own is not asked, IDs are always random")                \
    X(GENID_TWICE, "genid-twice", "genid is called twice for each session")    \
    X(GENID_BLIND, "genid-blind", "genid is not given the request")            \
    X(GENID_UNCHECKED, "genid-unchecked",                                      \
      "a genid that is no function is accepted")                               \
    X(SESSION_ID_ASSIGNED, "session-id-assigned",                              \
      "a replaced req.sessionID changes req.session.id too")                   \
    X(BOGUS_ID_SAVED, "bogus-id-saved",                                        \
      "a session is saved although req.sessionID is no text")                  \
    /* NEW and RSV: what is saved, and when */                                 \
    X(UNINITIALIZED_SAVED, "uninitialized-saved",                              \
      "saveUninitialized is always true")                                      \
    X(UNINITIALIZED_NEVER, "uninitialized-never",                              \
      "saveUninitialized is always false")                                     \
    X(UNINITIALIZED_COOKIE, "uninitialized-cookie",                            \
      "an unmodified new session that is not stored gets a cookie")            \
    X(UNINITIALIZED_ROLLS, "uninitialized-rolls",                              \
      "rolling sends a cookie for an uninitialized session")                   \
    X(UNINITIALIZED_TOUCHED, "uninitialized-touched",                          \
      "a new session is touched in the store")                                 \
    X(UNDEFINED_IS_FALSE, "undefined-is-false",                                \
      "resave and saveUninitialized are false where undefined")                \
    X(WARNINGS_MISSING, "warnings-missing",                                    \
      "nothing is warned of at construction")                                  \
    X(RESAVE_IGNORED, "resave-ignored", "resave is always false")              \
    X(RESAVE_ALWAYS, "resave-always", "resave is always true")                 \
    X(TOUCH_SKIPPED, "touch-skipped", "an unmodified session is not touched")  \
    X(TOUCH_IS_SET, "touch-is-set",                                            \
      "an unmodified session is set in place of a touch, stale data and all")  \
    X(TOUCH_UNASKED, "touch-unasked",                                          \
      "touch is called on a store that has none")                              \
    X(NO_TOUCH_IS_SET, "no-touch-is-set",                                      \
      "on a store without touch an unmodified session is set")                 \
    X(TOUCH_AFTER_SET, "touch-after-set",                                      \
      "a session that was set is touched too")                                 \
    X(SAVED_TWICE, "saved-twice", "the end of a response saves twice")         \
    X(HASH_WITH_COOKIE, "hash-with-cookie",                                    \
      "the cookie counts in the hash that tells of a change")                  \
    X(HASH_SHALLOW, "hash-shallow",                                            \
      "a change inside of an object or array goes unnoticed")                  \
    X(HASH_SORTED, "hash-sorted",                                              \
      "a change in the order of keys goes unnoticed")                          \
    X(HASH_CUT, "hash-cut",                                                    \
      "a change beyond the first kilobyte goes unnoticed")                     \
    X(HASH_OF_LENGTH, "hash-of-length",                                        \
      "a change that keeps the length goes unnoticed")                         \
    X(HASH_WITHOUT_NESTED_COOKIE, "hash-without-nested-cookie",                \
      "a change in a nested cookie goes unnoticed")                            \
    X(ID_NOT_COMPARED, "id-not-compared", "a changed ID goes unnoticed")       \
    X(HIDDEN_UNCOUNTED, "hidden-uncounted",                                    \
      "members that are dropped on load do not count as a change")             \
    X(SAVE_FORGOTTEN, "save-forgotten",                                        \
      "a saved session is saved again though nothing has changed")             \
    X(SAVE_TOUCHES, "save-touches", "save() moves the expiry")                 \
    X(SAVE_SENDS_COOKIE, "save-sends-cookie",                                  \
      "save() of an unmodified new session sends its cookie")                  \
    X(ERROR_STATUS_UNSAVED, "error-status-unsaved",                            \
      "under a status of 400 and above nothing is saved")                      \
    /* ROL and END: the end of a response */                                   \
    X(ROLLING_IGNORED, "rolling-ignored", "rolling is always false")           \
    X(ROLLING_ALWAYS, "rolling-always", "rolling is always true")              \
    X(MODIFIED_UNSENT, "modified-unsent",                                      \
      "a modified session's cookie is not sent anew")                          \
    X(MODIFIED_ALWAYS_SENT, "modified-always-sent",                            \
      "a modified session's cookie is sent anew even without an expiry")       \
    X(HEAD_UNTOUCHED, "head-untouched",                                        \
      "the cookie's expiry is not reset before it is sent")                    \
    X(NEW_UNTOUCHED, "new-untouched",                                          \
      "a maxAge given in this very request counts from then")                  \
    X(END_UNTOUCHED, "end-untouched",                                          \
      "the expiry is not reset before the store's last call")                  \
    X(TOUCHED_TWICE, "touched-twice",                                          \
      "the cookie is touched in the head and at the end again")                \
    X(END_BEFORE_SAVE, "end-before-save",                                      \
      "the response ends before the store's last call")                        \
    X(END_OF_KNOWN_LENGTH, "end-of-known-length",                              \
      "a body of known length is sent whole before the store is done")         \
    X(END_OF_CHUNKED, "end-of-chunked",                                        \
      "a chunked body ends before the store is done")                          \
    X(HEAD_WITHHELD, "head-withheld",                                          \
      "the head waits for the store's last call")                              \
    X(END_TWICE_SAVES, "end-twice-saves", "ending twice saves twice")          \
    X(END_ERROR_HIDDEN, "end-error-hidden",                                    \
      "an error of the store's last call is told to nobody")                   \
    X(END_ERROR_CUTS, "end-error-cuts",                                        \
      "an error of the store's last call cuts the response")                   \
    /* API: the methods */                                                     \
    X(REGENERATE_KEEPS_ID, "regenerate-keeps-id",                              \
      "regenerate gives no new ID")                                            \
    X(REGENERATE_KEEPS_OLD, "regenerate-keeps-old",                            \
      "regenerate leaves the old session in the store")                        \
    X(REGENERATE_COPIES, "regenerate-copies",                                  \
      "regenerate copies the old session's data")                              \
    X(REGENERATE_NEEDS_STORE, "regenerate-needs-store",                        \
      "regenerate gives up where the store cannot destroy")                    \
    X(DESTROY_KEEPS_RECORD, "destroy-keeps-record",                            \
      "destroy leaves the session in the store")                               \
    X(DESTROY_KEEPS_SESSION, "destroy-keeps-session",                          \
      "destroy leaves req.session where it is")                                \
    X(DESTROYED_ONCE, "destroyed-once",                                        \
      "unset destroy spares a session that destroy() was called on")           \
    X(DESTROY_SENDS_COOKIE, "destroy-sends-cookie",                            \
      "a session that is gone has its cookie deleted in the browser")          \
    X(RELOAD_KEEPS_CHANGES, "reload-keeps-changes",                            \
      "reload leaves unsaved changes as they are")                             \
    X(RELOAD_OF_NOTHING, "reload-of-nothing",                                  \
      "reload of a session that is gone is no error")                          \
    X(RELOAD_UNWRAPS, "reload-unwraps",                                        \
      "a save after a reload goes unnoticed")                                  \
    X(TOUCH_METHOD_IDLE, "touch-method-idle",                                  \
      "req.session.touch() does nothing")                                      \
    X(GET_ERROR_SWALLOWED, "get-error-swallowed",                              \
      "an error of the store's get counts as a miss")                          \
    X(SET_ERROR_SWALLOWED, "set-error-swallowed",                              \
      "an error of the store's set does not reach save's callback")            \
    X(DESTROY_ERROR_SWALLOWED, "destroy-error-swallowed",                      \
      "an error of the store's destroy does not reach the callback")           \
    X(HIDDEN_MEMBERS_LOADED, "hidden-members-loaded",                          \
      "stored members replace the session's own")                              \
    X(INHERITED_LOADED, "inherited-loaded",                                    \
      "stored members replace what every object inherits")                     \
    X(NULL_DROPPED, "null-dropped", "members that are null are not stored")    \
    X(ID_STORED, "id-stored", "the ID is stored in the session's data")        \
    /* UNS: unset */                                                           \
    X(UNSET_IGNORED, "unset-ignored",                                          \
      "req.session = null leaves the session to be saved")                     \
    X(UNSET_KEEP_DESTROYS, "unset-keep-destroys", "unset keep destroys")       \
    X(UNSET_DESTROY_KEEPS, "unset-destroy-keeps", "unset destroy keeps")       \
    X(UNSET_UNCHECKED, "unset-unchecked", "any value of unset is accepted")    \
    /* PRX: behind a proxy */                                                  \
    X(PROXY_LAST, "proxy-last",                                                \
      "of several protocols in X-Forwarded-Proto the last counts")             \
    X(PROXY_UNTRIMMED, "proxy-untrimmed",                                      \
      "blanks around a protocol in X-Forwarded-Proto are kept")                \
    X(PROXY_MINDS_CASE, "proxy-minds-case",                                    \
      "HTTPS in capitals from a trusted proxy is not secure")                  \
    X(PROXY_IGNORED, "proxy-ignored", "proxy is always false")                 \
    X(PROXY_FALSE_TRUSTS, "proxy-false-trusts",                                \
      "proxy false trusts X-Forwarded-Proto")                                  \
    X(PROXY_UNDEFINED_TRUSTS, "proxy-undefined-trusts",                        \
      "proxy undefined trusts X-Forwarded-Proto without being told")           \
    X(PROXY_OVER_TLS, "proxy-over-tls",                                        \
      "TLS does not count where the option proxy is set")                      \
    X(EXPRESS_ANY_CASE, "express-any-case",                                    \
      "Express's trust proxy takes HTTPS in capitals")                         \
    /* STO and DBG: the middleware's side of the store */                      \
    X(ENOENT_IS_ERROR, "enoent-is-error",                                      \
      "an error ENOENT of get fails the request")                              \
    X(DISCONNECT_IGNORED, "disconnect-ignored",                                \
      "a store that is away is called all the same")                           \
    X(DISCONNECT_FAILS, "disconnect-fails",                                    \
      "while the store is away requests fail")                                 \
    X(CONNECT_IGNORED, "connect-ignored",                                      \
      "a store that has come back is not used again")                          \
    X(PRODUCTION_UNWARNED, "production-unwarned",                              \
      "the store in memory does not warn in production")                       \
    X(DEBUG_SILENT, "debug-silent",                                            \
      "the trace of what the middleware does stays empty")

enum mutant {
    MUTANT_NONE,
#define X(name, word, text) MUTANT_##name,
    MUTANTS(X)
#undef X
};

struct mutant_row {
    const char *name, *text;
};

/* Chooses the fault of that name, or none with NULL; false where there is no
 * such fault. Before any other thread runs. */
bool mutant_choose(const char *name);
/* Is it the one that was chosen? */
bool mutant(enum mutant which);
/* Calls `each` with every fault, in the order of the table. */
void mutant_each(void (*each)(void *arg, const struct mutant_row *row),
                 void *arg);

/* ---- What the faults do that takes more than a word ---------------------
 *
 * Each of these gives back what it was given where no such fault is chosen. */

struct options;
struct visit;

/* How many of so many secrets verify. */
size_t mutant_secrets(size_t count);
/* How many characters of a signature are compared. */
size_t mutant_compared(size_t length);
/* Ignores options, or understands them in another way. */
void mutant_options(struct options *options);
/* Does the app under `mount` serve the path, if `begins` is the answer? */
bool mutant_path(const char *path, const char *mount, const char *prefix,
                 bool begins);
/* An attribute's value, as it is to be written. */
const json_t *mutant_attribute(const char *key, const json_t *value);
/* The date in Expires, and what is added to now for a maxAge. */
double mutant_expires(double ms);
double mutant_max_age(double ms);
/* Replaces a character by another where the fault is `which`. */
void mutant_replace(enum mutant which, char *text, char from, char to);
/* Does such a response go out without its cookie? */
bool mutant_loses_cookie(int status, bool is_head);
/* The text by which a change is noticed; NULL: not to be spoilt. */
char *mutant_state(const json_t *data);
/* Does an error of that operation stay unheard? */
bool mutant_swallows(const char *op);
/* Does the callback on expiry not hear of an end by that operation? */
bool mutant_silences(const char *op);
/* How an unmodified session is kept alive; NULL: not at all. */
const char *mutant_touch(const char *op);
/* What follows the set at the end of a response. */
void mutant_after_set(struct visit *visit);

#endif
