/* test_lmdb.c: the store `lmdb`: the contract, and its map, file and locks */
#define _XOPEN_SOURCE 700 /* nftw */
#include "contract.h"
#include "other_process.h"

#include "../base/clock.h"
#include "../base/range_lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

sstore_entry_fn sstore_lmdb;

/* The folder of all tests, the database's in it, and its SPEC. */
static char root[60], folder[80], spec[100];

static int remove_entry(const char *path, const struct stat *entry, int type,
                        struct FTW *place)
{
    (void)entry;
    (void)type;
    (void)place;
    return remove(path);
}

static int open_lmdb(void **state)
{
    *state = store_of(spec);
    return 0;
}

static int close_lmdb(void **state)
{
    store_close(*state);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static int get_code(struct store *store, const char *sid,
                    struct sstore_err *err)
{
    struct sstore_call call = at(10);
    char text[500] = "";

    return store_get(store, &call, str(sid), note_row, text, err);
}

/* ---- The map ------------------------------------------------------------ */

static int check_size(void *arg, struct sstore_str sid,
                      const struct sstore_record *rec)
{
    (void)sid;
    *(size_t *)arg += rec->data.n;
    return 0;
}

static size_t size_of_all(struct store *store)
{
    struct sstore_call call = at(10);
    size_t size = 0;

    assert_int_equal(store_all(store, &call, check_size, &size, NULL),
                     SSTORE_OK);
    return size;
}

static void test_the_map_grows_as_it_fills(void **state)
{
    char sid[20];

    for (int i = 0; i < 40; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        assert_int_equal(set_a_mebibyte(*state, sid), SSTORE_OK);
    }
    assert_int_equal(size_of_all(*state), 40 << 20);
    store_close(*state);
    *state = store_of(spec);
    assert_int_equal(size_of_all(*state), 40 << 20);
}

static atomic_int failed;
static atomic_bool done;

static void *get_on_and_on(void *store)
{
    while (!done)
        if (get_code(store, "a", NULL) != SSTORE_OK)
            failed++;
    return NULL;
}

static void test_the_map_grows_while_others_read(void **state)
{
    pthread_t threads[8];
    char sid[20];

    set(*state, 10, "a", "1", "{}", 99);
    failed = 0;
    done = false;
    for (int i = 0; i < 8; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, get_on_and_on, *state), 0);
    for (int i = 0; i < 20; i++) {
        snprintf(sid, sizeof sid, "%d", i);
        assert_int_equal(set_a_mebibyte(*state, sid), SSTORE_OK);
    }
    done = true;
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(failed, 0);
}

static void test_a_map_that_another_process_grew_is_read(void **state)
{
    int status;

    set(*state, 10, "a", "1", "{}", 99);
    pid_t child = other_process(spec, "grow", "");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    assert_int_equal(size_of_all(*state), (OTHER_PROCESS_BIG << 20) + 1);
    assert_int_equal(set_a_mebibyte(*state, "b"), SSTORE_OK);
}

static void test_a_full_database_keeps_what_it_has(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;
    char text[100];

    (void)state;
    snprintf(text, sizeof text, "lmdb:%s/small?most=2", root);
    struct store *store = store_of(text);
    set(store, 10, "a", "1", "{}", 99);
    assert_int_equal(set_a_mebibyte(store, "b"), SSTORE_OK);
    assert_int_equal(set_a_mebibyte(store, "c"), SSTORE_E_IO);
    struct sstore_record rec = { { text, sizeof text }, str("{}"), 99 };
    int code = SSTORE_OK;
    for (int i = 0; i < 100000 && code == SSTORE_OK; i++) {
        char sid[20];
        snprintf(sid, sizeof sid, "%d", i);
        code = store_set(store, &call, str(sid), &rec, &err);
    }
    assert_int_equal(code, SSTORE_E_IO);
    assert_string_equal(err.symbol, "MDB_MAP_FULL");
    assert_get(store, 10, "a", "a=1/{}@99 ");
    store_close(store);
    store = store_of(text);
    assert_get(store, 10, "a", "a=1/{}@99 ");
    store_close(store);
}

/* ---- One database a process --------------------------------------------- */

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
        count += strncmp(path, folder, strlen(folder)) == 0;
    }
    closedir(list);
    return count;
}

static void test_all_instances_share_one_database(void **state)
{
    enum { INSTANCES = 300 };
    static struct store *stores[INSTANCES];
    int before = count_descriptors();
    char text[200];

    for (int i = 0; i < INSTANCES; i++) {
        snprintf(text, sizeof text, "lmdb:%s%s/db", root, i % 2 ? "/." : "");
        stores[i] = store_of(text);
    }
    assert_int_equal(count_descriptors(), before);
    set(stores[7], 10, "a", "1", "{}", 99);
    assert_get(stores[200], 10, "a", "a=1/{}@99 ");
    for (int i = 0; i < INSTANCES; i++)
        store_close(stores[i]);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
}

static void test_nobody_else_may_read_the_database(void **state)
{
    static const char *const names[] = { "", "/data.mdb", "/lock.mdb",
                                         "/writers.lock" };

    set(*state, 10, "a", "1", "{}", 99);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat entry;
        char path[100];
        snprintf(path, sizeof path, "%s%s", folder, names[i]);
        assert_int_equal(stat(path, &entry), 0);
        assert_int_equal(entry.st_mode & 077, 0);
    }
}

/* ---- The folder comes and goes ------------------------------------------ */

static void test_a_missing_folder_is_an_error_until_it_is_back(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;
    uint64_t count;
    char away[100];

    snprintf(away, sizeof away, "%s-away", root);
    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(rename(root, away), 0);
    assert_int_equal(get_code(*state, "a", &err), SSTORE_E_IO);
    assert_string_equal(err.symbol, "EIO");
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_E_IO);
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_E_IO);
    assert_int_equal(touch(*state, 10, "a", "{}", 99), SSTORE_E_IO);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_E_IO);
    assert_int_equal(store_length(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(store_reap(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(rename(away, root), 0);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
}

static void test_a_database_that_was_removed_begins_anew(void **state)
{
    set(*state, 10, "a", "1", "{}", 99);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_get(*state, 10, "a", "");
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_OK);
    store_close(*state);
    *state = store_of(spec);
    assert_get(*state, 10, "a", "a=2/{}@99 ");
}

/* ---- Locks and processes ------------------------------------------------ */

/* As another process that was stopped in the middle of its work. */
static int lock_writers(void)
{
    struct range_lock line = { .path = folder, .all = true };
    char path[100];

    snprintf(path, sizeof path, "%s/writers.lock", folder);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(range_lock_file(&line, fd), 0);
    return fd;
}

static void test_a_call_that_has_no_time_left_is_a_timeout(void **state)
{
    const struct sstore_plugin *plugin = sstore_lmdb();
    struct sstore_opt options[] = { { "path", folder },
                                    { "namespace", "test" } };
    struct sstore_record rec = { str("2"), str("{}"), 99 };
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    uint64_t count;
    void *inst;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(plugin->open(&test_host, options, 2, &inst, &err),
                     SSTORE_OK);
    int fd = lock_writers();
    call.deadline_ns = clock_now_ns() + 20 * CLOCK_NS_IN_MS;
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.symbol, "ETIMEDOUT");
    assert_true(clock_now_ns() >= call.deadline_ns);
    assert_int_equal(plugin->touch(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    close(fd);
    assert_int_equal(plugin->length(inst, &call, &count, &err),
                     SSTORE_E_TIMEOUT);
    assert_int_equal(plugin->clear(inst, &call, &err), SSTORE_E_TIMEOUT);
    plugin->close(inst);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
}

static void test_touch_undoes_no_set_of_another_process(void **state)
{
    touch_undoes_no_set(*state, spec);
}

static void test_a_process_killed_at_work_leaves_all_whole(void **state)
{
    killed_leaves_all_whole(*state, spec);
}

/* ---- Keys --------------------------------------------------------------- */

/* An id that is another's key, or begins with what comes before it. */
static void test_no_id_reaches_into_another_namespace(void **state)
{
    struct store *other;
    struct sstore_err err;
    struct sstore_call call = at(10);
    char id[600];

    assert_int_equal(store_open(&other, spec, "other", &test_host, &err),
                     SSTORE_OK);
    memset(id, '\xff', sizeof id);
    for (size_t length = 440; length < 520; length++) {
        struct sstore_str sid = { id, length };
        struct sstore_record rec = { str("1"), str("{}"), 99 };
        assert_int_equal(store_set(*state, &call, sid, &rec, NULL), SSTORE_OK);
        memset(id, '\0', sizeof id);
        assert_int_equal(store_set(other, &call, sid, &rec, NULL), SSTORE_OK);
        memset(id, '\xff', sizeof id);
    }
    assert_int_equal(length_of(*state, 10), 80);
    assert_int_equal(length_of(other, 10), 80);
    assert_int_equal(store_clear(other, &call, NULL), SSTORE_OK);
    assert_int_equal(length_of(*state, 10), 80);
    store_close(other);
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
    char text[200], path[100];

    (void)state;
    assert_refused("lmdb", SSTORE_E_INVAL, "path=DIR");
    snprintf(text, sizeof text, "%s?most=0", spec);
    assert_refused(text, SSTORE_E_INVAL, "is no number from 1 to 4194304");
    snprintf(text, sizeof text, "%s?fsync=", spec);
    assert_refused(text, SSTORE_E_INVAL, "neither yes nor no");
    snprintf(text, sizeof text, "lmdb:%s/not/there", root);
    assert_refused(text, SSTORE_E_IO, "make the folder");
    snprintf(path, sizeof path, "%s/bad", root);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/bad/data.mdb", root);
    FILE *opened = fopen(path, "w");
    fprintf(opened, "%8192s", "this is no database");
    fclose(opened);
    snprintf(text, sizeof text, "lmdb:%s/bad", root);
    assert_refused(text, SSTORE_E_CORRUPT, "not an LMDB file");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_lmdb, close_lmdb)

int main(int argc, char **argv)
{
    static const struct CMUnitTest own[] = {
        TEST(test_the_map_grows_as_it_fills),
        TEST(test_the_map_grows_while_others_read),
        TEST(test_a_map_that_another_process_grew_is_read),
        cmocka_unit_test(test_a_full_database_keeps_what_it_has),
        TEST(test_all_instances_share_one_database),
        TEST(test_nobody_else_may_read_the_database),
        TEST(test_a_missing_folder_is_an_error_until_it_is_back),
        TEST(test_a_database_that_was_removed_begins_anew),
        TEST(test_a_call_that_has_no_time_left_is_a_timeout),
        TEST(test_touch_undoes_no_set_of_another_process),
        TEST(test_a_process_killed_at_work_leaves_all_whole),
        TEST(test_no_id_reaches_into_another_namespace),
        cmocka_unit_test(test_what_cannot_work_is_refused_at_once),
        TEST(test_with_fsync_all_is_the_same),
    };

    other_process_main(argc, argv);
    /* Each write waits for the disk, where there is one. */
    snprintf(root, sizeof root, "%s/sstore-lmdb-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(root))
        return 1;
    snprintf(folder, sizeof folder, "%s/db", root);
    snprintf(spec, sizeof spec, "lmdb:%s", folder);
    int result = contract_run(spec, own, sizeof own / sizeof *own);
    nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return result;
}
