/* test_sqlite.c: the store `sqlite`: the contract, and what befalls a file */
#include "contract.h"
#include "other_process.h"

#include "../base/clock.h"

#include <dirent.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

sstore_entry_fn sstore_sqlite;

/* The folder of all tests, the database, and its SPEC. */
static char root[] = "/tmp/sstore-sqlite-XXXXXX";
static char file[60], moved[60], spec[80];

static int open_sqlite(void **state)
{
    *state = store_of(spec);
    return 0;
}

static int close_sqlite(void **state)
{
    struct sstore_call call = at(0);

    store_clear(*state, &call, NULL);
    store_close(*state);
    return 0;
}

static int get_code(struct store *store, const char *sid,
                    struct sstore_err *err)
{
    struct sstore_call call = at(10);
    char text[500] = "";

    return store_get(store, &call, str(sid), note_row, text, err);
}

/* Of this process, on the database itself. */
static int count_descriptors(void)
{
    DIR *list = opendir("/proc/self/fd");
    struct dirent *entry;
    int count = 0;

    assert_non_null(list);
    while ((entry = readdir(list)) != NULL) {
        char link[300], path[300];
        snprintf(link, sizeof link, "/proc/self/fd/%s", entry->d_name);
        ssize_t length = readlink(link, path, sizeof path - 1);
        path[length > 0 ? length : 0] = '\0';
        count += strcmp(path, file) == 0;
    }
    closedir(list);
    return count;
}

/* ---- The pool ----------------------------------------------------------- */

enum { THREADS = 32, ROUNDS = 40 };

static atomic_int failed, most;

static void *get_often(void *store)
{
    for (int i = 0; i < ROUNDS; i++) {
        char sid[20];
        snprintf(sid, sizeof sid, "%d", i);
        if (set(store, 10, sid, "1", "{}", 99) != SSTORE_OK ||
            get_code(store, sid, NULL) != SSTORE_OK)
            failed++;
        int count = count_descriptors();
        if (count > most)
            most = count;
    }
    return NULL;
}

static void test_connections_are_as_many_as_the_pool_has(void **state)
{
    pthread_t threads[THREADS];
    char small[100];

    (void)state;
    snprintf(small, sizeof small, "%s?pool=3", spec);
    struct store *store = store_of(small);
    struct store *same = store_of(small);
    failed = most = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, get_often, i % 2 ? store : same),
            0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failed, 0);
    assert_in_range(most, 1, 3);
    store_close(same);
    assert_get(store, 10, "7", "7=1/{}@99 ");
    store_close(store);
    assert_int_equal(count_descriptors(), 0);
}

/* ---- Locks -------------------------------------------------------------- */

/* As another process that was stopped in the middle of its work. */
static sqlite3 *lock_writers(void)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                     SQLITE_OK);
    return db;
}

static void test_a_lock_that_is_not_had_in_time_is_a_timeout(void **state)
{
    const struct sstore_plugin *plugin = sstore_sqlite();
    struct sstore_opt options[] = { { "path", file }, { "namespace", "test" } };
    struct sstore_record rec = { str("2"), str("{}"), 99 };
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    uint64_t count;
    void *inst;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(plugin->open(&test_host, options, 2, &inst, &err),
                     SSTORE_OK);
    sqlite3 *db = lock_writers();
    int64_t begun = clock_now_ns();
    call.deadline_ns = begun + 50 * CLOCK_NS_IN_MS;
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.symbol, "SQLITE_BUSY");
    assert_true(clock_now_ns() >= call.deadline_ns);
    assert_int_equal(plugin->touch(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_int_equal(plugin->clear(inst, &call, &err), SSTORE_E_TIMEOUT);
    call.deadline_ns = INT64_MAX;
    assert_int_equal(plugin->reap(inst, &call, &count, &err), SSTORE_OK);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    sqlite3_close(db);
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err), SSTORE_OK);
    plugin->close(inst);
    assert_get(*state, 10, "a", "a=2/{}@99 ");
}

static void test_a_long_listing_ends_at_the_deadline(void **state)
{
    const struct sstore_plugin *plugin = sstore_sqlite();
    struct sstore_opt options[] = { { "path", file }, { "namespace", "test" } };
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    char sid[20];
    void *inst;
    uint64_t count;

    for (int i = 0; i < 3000; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        set(*state, 10, sid, "1", "{}", 99);
    }
    assert_int_equal(plugin->open(&test_host, options, 2, &inst, &err),
                     SSTORE_OK);
    call.deadline_ns = clock_now_ns();
    assert_int_equal(plugin->length(inst, &call, &count, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.symbol, "SQLITE_INTERRUPT");
    plugin->close(inst);
    assert_int_equal(length_of(*state, 10), 3000);
}

static void test_touch_undoes_no_set_of_another_process(void **state)
{
    touch_undoes_no_set(*state, spec);
}

static void test_a_process_killed_at_work_leaves_all_whole(void **state)
{
    killed_leaves_all_whole(*state, spec);
}

/* ---- The file ----------------------------------------------------------- */

static void test_nobody_else_may_read_the_database(void **state)
{
    static const char *const ends[] = { "", "-wal", "-shm" };

    set(*state, 10, "a", "1", "{}", 99);
    for (int i = 0; i < 3; i++) {
        char path[80];
        struct stat entry;
        snprintf(path, sizeof path, "%s%s", file, ends[i]);
        assert_int_equal(stat(path, &entry), 0);
        assert_int_equal(entry.st_mode & 077, 0);
    }
}

/* Whoever moves it, moves it with its log: after a checkpoint. */
static void test_a_database_moved_away_is_missed_at_once(void **state)
{
    sqlite3 *db;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_int_equal(rename(file, moved), 0);
    assert_get(*state, 10, "a", "");
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_OK);
    assert_get(*state, 10, "a", "a=2/{}@99 ");
}

static void test_a_missing_folder_is_an_error_until_it_is_back(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;
    uint64_t count;
    char away[80];

    snprintf(away, sizeof away, "%s-away", root);
    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(rename(root, away), 0);
    assert_int_equal(get_code(*state, "a", &err), SSTORE_E_IO);
    assert_string_equal(err.symbol, "SQLITE_CANTOPEN");
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_E_IO);
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_E_IO);
    assert_int_equal(touch(*state, 10, "a", "{}", 99), SSTORE_E_IO);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_E_IO);
    assert_int_equal(store_length(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(store_reap(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(rename(away, root), 0);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
}

static void test_a_write_that_fails_leaves_what_was(void **state)
{
    struct rlimit before, small;
    struct sstore_call call = at(10);
    struct sstore_err err;
    struct sstore_str data = { calloc(1, 1 << 20), 1 << 20 };

    assert_non_null(data.p);
    set(*state, 10, "a", "1", "{}", 99);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = 100000;
    setrlimit(RLIMIT_FSIZE, &small);
    struct sstore_record rec = { data, str("{}"), 99 };
    int code = store_set(*state, &call, str("a"), &rec, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(code, SSTORE_E_IO);
    assert_true(strncmp(err.symbol, "SQLITE_", 7) == 0);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    assert_int_equal(store_set(*state, &call, str("a"), &rec, &err), SSTORE_OK);
    free((char *)data.p);
}

static void execute(const char *sql)
{
    sqlite3 *db;

    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_a_row_that_others_altered_is_corrupt(void **state)
{
    static const char *const table[] = {
        "UPDATE sessions SET data = x''",
        "UPDATE sessions SET data = '{}'",
        "UPDATE sessions SET data_sum = 1",
        "UPDATE sessions SET cookie = substr(cookie, 2)",
        "UPDATE sessions SET cookie_sum = 'text'",
    };
    struct sstore_call call = at(10);
    char text[500] = "";

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        set(*state, 10, "a", "{\"n\":1}", "{}", 99);
        execute(table[i]);
        assert_int_equal(get_code(*state, "a", NULL), SSTORE_E_CORRUPT);
    }
    set(*state, 10, "b", "2", "{}", 99);
    assert_int_equal(store_all(*state, &call, note_row, text, NULL),
                     SSTORE_E_CORRUPT);
    assert_string_equal(text, "b=2/{}@99 ");
}

/* Every page of a database in turn full of rubbish: errors or sessions, as they
 * are, but never another session, a crash or a hang. */
static void test_a_damaged_database_harms_nobody_else(void **state)
{
    char damaged[80], text[100], rubbish[4096];
    struct stat entry;

    (void)state;
    memset(rubbish, 0xa5, sizeof rubbish);
    snprintf(damaged, sizeof damaged, "%s/damaged", root);
    snprintf(text, sizeof text, "sqlite:%s", damaged);
    for (off_t page = 0, pages = 1; page < pages; page++) {
        struct sstore_call call = at(10);
        struct store *store;
        struct sstore_err err;

        unlink(damaged);
        store = store_of(text);
        for (char sid[] = "a"; *sid <= 'z'; ++*sid)
            set(store, 10, sid, "\"some data, some data, some data\"", "{}",
                99);
        store_close(store);
        assert_int_equal(stat(damaged, &entry), 0);
        pages = entry.st_size / 4096;
        FILE *opened = fopen(damaged, "r+");
        fseek(opened, (long)(page * 4096), SEEK_SET);
        fwrite(rubbish, 1, sizeof rubbish, opened);
        fclose(opened);
        int code = store_open(&store, text, "test", &test_host, &err);
        assert_true(code == SSTORE_OK || code == SSTORE_E_CORRUPT);
        for (char sid[] = "a"; store && *sid <= 'z'; ++*sid) {
            char got[500] = "";
            code = store_get(store, &call, str(sid), note_row, got, NULL);
            assert_true(code == SSTORE_MISS || code == SSTORE_E_CORRUPT ||
                        (code == SSTORE_OK && got[0] == *sid));
        }
        store_close(store);
        assert_true(pages > 1);
    }
}

/* ---- Options ------------------------------------------------------------ */

static void assert_refused(const char *text, int code, const char *words)
{
    struct store *store;
    struct sstore_err err;

    assert_int_equal(store_open(&store, text, "test", &test_host, &err), code);
    assert_null(store);
    if (!strstr(err.text, words))
        fail_msg("\"%s\" does not say \"%s\"", err.text, words);
}

static void test_what_cannot_work_is_refused_at_once(void **state)
{
    static const char *const sizes[] = { "0", "65", "-1", "", "3x", " 3" };
    char text[200], plain[80];

    (void)state;
    assert_refused("sqlite", SSTORE_E_INVAL, "path=FILE");
    assert_refused("sqlite::memory:", SSTORE_E_INVAL, "a file on the disk");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        snprintf(text, sizeof text, "%s?pool=%s", spec, sizes[i]);
        assert_refused(text, SSTORE_E_INVAL, "is no number from 1 to 64");
    }
    snprintf(text, sizeof text, "%s?fsync=1", spec);
    assert_refused(text, SSTORE_E_INVAL, "neither yes nor no");
    snprintf(text, sizeof text, "sqlite:%s/not/there", root);
    assert_refused(text, SSTORE_E_IO, "unable to open");
    snprintf(text, sizeof text, "sqlite:%s", root);
    assert_refused(text, SSTORE_E_IO, "unable to open");
    snprintf(plain, sizeof plain, "%s/plain", root);
    FILE *opened = fopen(plain, "w");
    fprintf(opened, "%8192s", "this is no database");
    fclose(opened);
    snprintf(text, sizeof text, "sqlite:%s", plain);
    assert_refused(text, SSTORE_E_CORRUPT, "not a database");
}

static void test_with_fsync_all_is_the_same(void **state)
{
    char text[200];

    snprintf(text, sizeof text, "%s?fsync=yes", spec);
    struct store *store = store_of(text);
    assert_int_equal(set(store, 10, "a", "1", "{}", 99), SSTORE_OK);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    assert_int_equal(touch(store, 10, "a", "[]", 98), SSTORE_OK);
    assert_get(*state, 10, "a", "a=1/[]@98 ");
    store_close(store);
}

#define TEST(name)                                                             \
    cmocka_unit_test_setup_teardown(name, open_sqlite, close_sqlite)

int main(int argc, char **argv)
{
    static const struct CMUnitTest own[] = {
        cmocka_unit_test(test_connections_are_as_many_as_the_pool_has),
        TEST(test_a_lock_that_is_not_had_in_time_is_a_timeout),
        TEST(test_a_long_listing_ends_at_the_deadline),
        TEST(test_touch_undoes_no_set_of_another_process),
        TEST(test_a_process_killed_at_work_leaves_all_whole),
        TEST(test_nobody_else_may_read_the_database),
        TEST(test_a_database_moved_away_is_missed_at_once),
        TEST(test_a_missing_folder_is_an_error_until_it_is_back),
        TEST(test_a_write_that_fails_leaves_what_was),
        TEST(test_a_row_that_others_altered_is_corrupt),
        cmocka_unit_test(test_a_damaged_database_harms_nobody_else),
        cmocka_unit_test(test_what_cannot_work_is_refused_at_once),
        TEST(test_with_fsync_all_is_the_same),
    };
    static const char *const left[] = { "/s.db",  "/s.db-wal", "/s.db-shm",
                                        "/moved", "/damaged",  "/plain" };

    other_process_main(argc, argv);
    if (!mkdtemp(root))
        return 1;
    snprintf(file, sizeof file, "%s/s.db", root);
    snprintf(moved, sizeof moved, "%s/moved", root);
    snprintf(spec, sizeof spec, "sqlite:%s", file);
    int result = contract_run(spec, own, sizeof own / sizeof *own);
    for (size_t i = 0; i < sizeof left / sizeof *left; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", root, left[i]);
        unlink(path);
    }
    rmdir(root);
    return result;
}
