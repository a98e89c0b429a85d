/* sample.c: the run that every format has to survive */
#include "sample.h"

#include <stdlib.h>

static const char *rolling_checks[] = { "ROL-02" };
static const char *resave_checks[] = { "RSV-02", "RSV-03" };
static const char *race_checks[] = { "RSV-08" };
static const char *unmet_checks[] = { "NEW-07" };
static const char *touch_checks[] = { "STO-07" };
static const char *all_checks[] = { "STO-10" };
static const char *nasty_checks[] = { "SEC-02", "NO-SUCH-ID" };

static struct result_failure resave_failures[] = {
    { 18, "cookie.expires", "Sun, 22 Nov 2026 10:01:30 GMT (+60s)", "absent",
      NULL },
    { 19, "calls", "[ get, touch ]", "[ get, set ]", NULL },
};

/* What a hostile target may send. */
static struct result_failure nasty_failures[] = {
    { 7, "body", "<b>\"bold\"</b> & 'quoted' ]]> --> \xc3\xa4",
      "\033[2J\033[31mred\007\x01 \xff\xfe \xed\xa0\x80 \xc0\xaf\r\n"
      "</script></pre><script>alert(1)</script> \xe2\x80\xae"
      "gnp.exe \xef\xbf\xbf \xf0\x9f\x8d\xaa \x7f",
      NULL },
};

static struct result_case cases[] = {
    { .id = "rolling/cookie-every-time",
      .suite = "rolling",
      .title = "with rolling true every response renews the cookie",
      .file = "cases/rolling.yml",
      .line = 8,
      .checks = rolling_checks,
      .check_count = 1,
      .outcome = OUTCOME_PASS,
      .seconds = 0.0034,
      .reason = "",
      .transcript = "",
      .replay = "build/sessionspec run --filter rolling/cookie-every-time" },
    { .id = "resave/unmodified-is-touched[resave=false]",
      .suite = "resave",
      .title = "with resave false an unmodified session is touched, not set",
      .file = "cases/resave.yml",
      .line = 5,
      .checks = resave_checks,
      .check_count = 2,
      .outcome = OUTCOME_FAIL,
      .seconds = 0.0121,
      .reason = "",
      .failures = resave_failures,
      .failure_count = 2,
      .transcript = "1 GET / (client: default)\n"
                    "  Spec-Do: [[\"set\",\"user\",\"tobi\"]]\n"
                    "  200, Set-Cookie: connect.sid=s%3Aabc.def; Path=/\n"
                    "  store: set abc ok\n"
                    "advance 30s\n"
                    "2 GET /\n"
                    "  200\n"
                    "  store: get abc hit, set abc ok",
      .replay = "build/sessionspec run --filter "
                "'resave/unmodified-is-touched[[]resave=false]'" },
    { .id = "resave/reader-undoes-writer",
      .suite = "resave",
      .title = "with resave true the request that changed nothing can undo",
      .file = "cases/resave.yml",
      .line = 40,
      .checks = race_checks,
      .check_count = 1,
      .outcome = OUTCOME_PASS,
      .seconds = 0.25,
      .reason = "",
      .transcript = "",
      .replay = "build/sessionspec run --filter resave/reader-undoes-writer",
      .hazard_shown = true },
    { .id = "saveuninitialized/stray",
      .suite = "saveuninitialized",
      .title = "parallel first requests leave as many sessions",
      .file = "cases/saveuninitialized.yml",
      .line = 12,
      .checks = unmet_checks,
      .check_count = 1,
      .outcome = OUTCOME_PASS,
      .seconds = 0.01,
      .reason = "",
      .transcript = "",
      .replay = "build/sessionspec run --filter saveuninitialized/stray" },
    { .id = "store-contract/touch",
      .suite = "store-contract",
      .title = "touch extends the expiry",
      .file = "cases/store-contract.yml",
      .line = 30,
      .checks = touch_checks,
      .check_count = 1,
      .outcome = OUTCOME_SKIP,
      .seconds = 0,
      .reason = "needs touch, which the store <faulty> lacks",
      .transcript = "",
      .replay = "build/sessionspec run --filter store-contract/touch" },
    { .id = "store-contract/touch-unknown",
      .suite = "store-contract",
      .title = "touch of an unknown id makes nothing",
      .file = "cases/store-contract.yml",
      .line = 44,
      .checks = touch_checks,
      .check_count = 1,
      .outcome = OUTCOME_SKIP,
      .seconds = 0,
      .reason = "needs touch, which the store <faulty> lacks",
      .transcript = "",
      .replay = "build/sessionspec run --filter store-contract/touch-unknown" },
    { .id = "store-contract/all-is-an-array",
      .suite = "store-contract",
      .title = "all gives an array",
      .file = "cases/store-contract.yml",
      .line = 60,
      .checks = all_checks,
      .check_count = 1,
      .outcome = OUTCOME_CRASH,
      .seconds = 0.002,
      .reason = "the target was killed by signal 11 (SIGSEGV)",
      .transcript = "1 store all",
      .replay = "build/sessionspec run --filter store-contract/all-is-an-array",
      .diverges = "memory-all-is-an-object",
      .diverges_source = "README, section store.all: \"as an array\"" },
    { .id = "secret/nasty",
      .suite = "secret",
      .title = "<i>markup</i> & \"quotes\" in a title",
      .file = "cases/a&b<c>.yml",
      .line = 3,
      .checks = nasty_checks,
      .check_count = 2,
      .outcome = OUTCOME_FAIL,
      .seconds = 0.5,
      .reason = "",
      .failures = nasty_failures,
      .failure_count = 1,
      .transcript = "GET /<script>\033]0;owned\007\r\n\tbody \x80\x1f",
      .replay = "build/sessionspec run --filter 'secret/nasty' --store "
                "'exec:echo \"<&>\"'" },
    { .id = "secret/broken-off",
      .suite = "secret",
      .title = "every secret of an array verifies",
      .file = "cases/secret.yml",
      .line = 21,
      .checks = nasty_checks,
      .check_count = 1,
      .outcome = OUTCOME_ERROR,
      .seconds = 5,
      .reason = "no answer to PUT /_spec/apps/a17 within 5 s",
      .transcript = "",
      .replay = "build/sessionspec run --filter secret/broken-off" },
};

static const char *sec_02_cases[] = { "secret/nasty", "secret/broken-off" };
static const char *new_07_cases[] = { "saveuninitialized/stray" };
static const char *rsv_02_cases[] = {
    "resave/unmodified-is-touched[resave=false]"
};
static const char *rsv_08_cases[] = { "resave/reader-undoes-writer" };
static const char *rol_02_cases[] = { "rolling/cookie-every-time" };
static const char *sto_07_cases[] = { "store-contract/touch",
                                      "store-contract/touch-unknown" };
static const char *sto_10_cases[] = { "store-contract/all-is-an-array" };

static const struct result_seen sec_02_seen[] = {
    { "mystore <1.0", "signed with \"x\"", "https://example.org/?a&b" },
    { "yours 2.0", "did not sign", NULL },
};

static struct result_requirement requirements[] = {
    { "SEC-02", "secret and signature", "required",
      "The cookie's value is `s:` + sid + `.` + HMAC-SHA256(secret, sid) in "
      "standard base64 without trailing `=`, then percent-encoded (`%2B`) <&>.",
      "express-session README, option \"secret\"", VERDICT_FAILS, sec_02_cases,
      2, "base64url instead of `base64`, or <b>.", sec_02_seen, 2 },
    { "NEW-07", "saveUninitialized", "hazard",
      "true: N parallel first requests leave N sessions.",
      "article 3, \"stray sessions\"", VERDICT_NOT_REACHABLE, new_07_cases, 1,
      NULL, NULL, 0 },
    { "RSV-02", "resave", "required", "false: it is not set.",
      "express-session README, option resave", VERDICT_FAILS, rsv_02_cases, 1,
      NULL, NULL, 0 },
    { "RSV-03", "resave", "required",
      "false, and the store has `touch`: it is touched instead, once.",
      "express-session README, option resave", VERDICT_FAILS, rsv_02_cases, 1,
      NULL, NULL, 0 },
    { "RSV-08", "resave", "hazard",
      "true: of two parallel requests the one that changed nothing, ending "
      "last, overwrites the other's change.",
      "express-session README, option resave", VERDICT_REACHABLE, rsv_08_cases,
      1, NULL, NULL, 0 },
    { "ROL-02", "rolling", "required",
      "true: every response of an existing session carries Set-Cookie.",
      "express-session README, option rolling", VERDICT_HOLDS, rol_02_cases, 1,
      NULL, NULL, 0 },
    { "ROL-06", "rolling", "observed",
      "false, modified, no expiry (null): Set-Cookie only the first time.",
      "express-session 1.19.0, observed", VERDICT_UNTESTED, NULL, 0, NULL, NULL,
      0 },
    { "STO-07", "the store contract", "recommended",
      "`touch` extends the expiry to the session's `cookie.expires`.",
      "express-session README, store.touch", VERDICT_SKIPPED, sto_07_cases, 2,
      NULL, NULL, 0 },
    { "STO-10", "the store contract", "optional",
      "`all` gives every live session as an array.",
      "express-session README, store.all", VERDICT_FAILS, sto_10_cases, 1, NULL,
      NULL, 0 },
};

static const struct result_run full = {
    .tool_name = "sessionspec",
    .tool_version = "0.1.0",
    .target_name = "sessionspec-reference",
    .target_version = "0.1.0",
    .target_implements = "express-session 1.19.0",
    .target_url = "http://127.0.0.1:40123",
    .store_name = "faulty <&> \xff",
    .store_version = "0.1.0",
    .store_spec = "exec:echo \"<&>\"",
    .started = "2026-11-22T10:00:00Z",
    .seconds = 6.28,
    .totals = { .cases = 9,
                .passed = 3,
                .failed = 2,
                .skipped = 2,
                .errors = 1,
                .crashed = 1 },
    .cases = cases,
    .case_count = sizeof cases / sizeof *cases,
    .requirements = requirements,
    .requirement_count = sizeof requirements / sizeof *requirements,
};

static const struct result_run empty = { .interrupted = true };

const struct result_run *sample_run(void)
{
    return &full;
}

const struct result_run *sample_empty_run(void)
{
    return &empty;
}

char *sample_write(const struct report_format *format,
                   const struct result_run *run,
                   const struct report_style *style)
{
    char *text = NULL;
    size_t length;
    FILE *to = open_memstream(&text, &length);

    if (to == NULL || format->write(run, style, to) != 0 || fclose(to) != 0)
        abort();
    return text;
}

int sample_write_full(const struct report_format *format)
{
    const struct report_style plain = { .colour = false };
    FILE *to = fopen("/dev/full", "w");
    int result;

    if (to == NULL)
        abort();
    result = format->write(&full, &plain, to);
    (void)fclose(to);
    return result;
}
