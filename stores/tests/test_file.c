/* test_file.c: the store `file`: the contract, and what befalls files */
#define _GNU_SOURCE /* F_OFD_SETLK, nftw */
#include "contract.h"
#include "other_process.h"

#include "../base/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/resource.h>
#include <sys/stat.h>

sstore_entry_fn sstore_file;

/* The folder of all tests, its SPEC, and the folder of namespace "test", which
 * is what store_of() opens. */
static char root[] = "/tmp/sstore-file-XXXXXX";
static char spec[60], folder[60], other[60];

static int remove_entry(const char *path, const struct stat *file, int type,
                        struct FTW *place)
{
    (void)file;
    (void)type;
    (void)place;
    return remove(path);
}

static int open_file(void **state)
{
    *state = store_of(spec);
    return 0;
}

static int close_file(void **state)
{
    struct sstore_call call = at(0);

    store_clear(*state, &call, NULL);
    store_close(*state);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static char *path_of(const char *name)
{
    static char path[400];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* The file of session "a". */
static size_t read_a(char bytes[static 500])
{
    FILE *file = fopen(path_of("a.session"), "r");

    assert_non_null(file);
    size_t length = fread(bytes, 1, 500, file);
    fclose(file);
    return length;
}

static void write_at(const char *path, const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

static bool exists(const char *path)
{
    struct stat file;
    return lstat(path, &file) == 0;
}

static int get_code(struct store *store, const char *sid,
                    struct sstore_err *err)
{
    struct sstore_call call = at(10);
    char text[500] = "";

    return store_get(store, &call, str(sid), note_row, text, err);
}

/* ---- Damage ------------------------------------------------------------- */

static void test_a_file_cut_short_anywhere_is_corrupt(void **state)
{
    char bytes[500];

    set(*state, 10, "a", "{\"n\":1}", "{\"path\":\"/\"}", 99);
    size_t length = read_a(bytes);
    for (size_t cut = 0; cut < length; cut++) {
        struct sstore_err err;
        write_at(path_of("a.session"), bytes, cut);
        assert_int_equal(get_code(*state, "a", &err), SSTORE_E_CORRUPT);
        assert_non_null(strstr(err.text, "not as it was written"));
    }
    write_at(path_of("a.session"), bytes, length);
    assert_get(*state, 10, "a", "a={\"n\":1}/{\"path\":\"/\"}@99 ");
}

static void test_a_file_altered_in_any_bit_is_corrupt(void **state)
{
    char bytes[501];

    set(*state, 10, "a", "{\"n\":1}", "{}", 99);
    size_t length = read_a(bytes);
    for (size_t bit = 0; bit < length * 8; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        write_at(path_of("a.session"), bytes, length);
        assert_int_equal(get_code(*state, "a", NULL), SSTORE_E_CORRUPT);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    write_at(path_of("a.session"), bytes, length + 1);
    assert_int_equal(get_code(*state, "a", NULL), SSTORE_E_CORRUPT);
}

static void test_a_damaged_file_keeps_nobody_from_the_others(void **state)
{
    struct sstore_call call = at(10);
    char text[500] = "";
    uint64_t count = 77;

    set(*state, 10, "a", "1", "{}", 20);
    set(*state, 10, "b", "2", "{}", 20);
    set(*state, 10, "c", "3", "{}", 99);
    write_at(path_of("a.session"), "x", 1);
    assert_int_equal(store_all(*state, &call, note_row, text, NULL),
                     SSTORE_E_CORRUPT);
    assert_non_null(strstr(text, "b=2/{}@20 "));
    assert_non_null(strstr(text, "c=3/{}@99 "));
    assert_int_equal(store_length(*state, &call, &count, NULL),
                     SSTORE_E_CORRUPT);
    assert_int_equal(count, 77);
    assert_int_equal(touch(*state, 10, "a", "{}", 50), SSTORE_E_CORRUPT);
    assert_int_equal(reap(*state, 20), 1);
    assert_int_equal(get_code(*state, "a", NULL), SSTORE_E_CORRUPT);
    assert_int_equal(set(*state, 10, "a", "4", "{}", 99), SSTORE_OK);
    assert_int_equal(length_of(*state, 10), 2);
}

static void test_a_file_under_anothers_name_is_corrupt(void **state)
{
    char bytes[500];

    set(*state, 10, "a", "1", "{}", 99);
    size_t length = read_a(bytes);
    write_at(path_of("b.session"), bytes, length);
    assert_int_equal(get_code(*state, "b", NULL), SSTORE_E_CORRUPT);
}

static void test_what_a_crash_left_over_is_reaped_and_nobodys(void **state)
{
    set(*state, 10, "a", "1", "{}", 99);
    write_at(path_of("a.new"), "half", 4);
    write_at(path_of("b.new"), "half", 4);
    assert_get(*state, 10, "b", "");
    assert_all(*state, 10, "a=1/{}@99 ");
    assert_int_equal(length_of(*state, 10), 1);
    assert_int_equal(reap(*state, 10), 0);
    assert_false(exists(path_of("a.new")));
    assert_false(exists(path_of("b.new")));
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    write_at(path_of("a.new"), "half of something longer", 24);
    set(*state, 10, "a", "2", "{}", 98);
    assert_get(*state, 10, "a", "a=2/{}@98 ");
    assert_false(exists(path_of("a.new")));
}

/* ---- Names -------------------------------------------------------------- */

static void test_no_id_leaves_the_folder(void **state)
{
    static const char *const ids[] = {
        "../victim", "../../victim", "/tmp/victim", "..",  ".",        "",
        "a/../../b", ".lock",        "b.new",       "-rf", "a\\..\\b", "~",
        "CON",       "..%2f..",      "%",
    };
    char victim[80];

    snprintf(victim, sizeof victim, "%s/victim", root);
    write_at(victim, "v", 1);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_int_equal(set(*state, 10, ids[i], "1", "{}", 99), SSTORE_OK);
        assert_int_equal(touch(*state, 10, ids[i], "[]", 99), SSTORE_OK);
    }
    assert_int_equal(length_of(*state, 10), sizeof ids / sizeof *ids);
    DIR *list = opendir(folder);
    struct dirent *entry;
    size_t sessions = 0;
    assert_non_null(list);
    while ((entry = readdir(list)) != NULL) {
        size_t plain = strspn(entry->d_name, "abcdefghijklmnopqrstuvwxyz"
                                             "0123456789-_%=");
        sessions += strcmp(entry->d_name + plain, ".session") == 0;
        assert_true(entry->d_name[0] == '.' || plain > 0);
    }
    closedir(list);
    assert_int_equal(sessions, sizeof ids / sizeof *ids);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        assert_int_equal(destroy(*state, 10, ids[i]), SSTORE_OK);
    assert_true(exists(victim));
    assert_int_equal(remove(victim), 0);
}

/* At the length from where on a name is a hash, and such a name as an id. */
static void test_a_hashed_name_is_no_other_name(void **state)
{
    char name[300], *id, *end;
    DIR *list;
    struct dirent *entry;

    memset(name, 'x', 299);
    name[299] = '\0';
    set(*state, 10, name, "1", "{}", 99);
    list = opendir(folder);
    assert_non_null(list);
    do {
        entry = readdir(list);
        assert_non_null(entry);
    } while (entry->d_name[0] != '=');
    id = strdup(entry->d_name);
    assert_non_null(id);
    end = strstr(id, ".session");
    assert_non_null(end);
    *end = '\0';
    closedir(list);
    assert_get(*state, 10, id, "");
    set(*state, 10, id, "2", "{}", 99);
    assert_int_equal(length_of(*state, 10), 2);
    for (size_t length = 190; length < 210; length++) {
        name[length] = '\0';
        assert_int_equal(set(*state, 10, name, "3", "{}", 99), SSTORE_OK);
        name[length] = 'x';
    }
    assert_int_equal(length_of(*state, 10), 22);
    free(id);
}

static void test_files_of_others_are_left_alone(void **state)
{
    struct sstore_call call = at(10);

    set(*state, 10, "a", "1", "{}", 5);
    write_at(path_of("README"), "r", 1);
    assert_int_equal(mkdir(path_of("sub"), 0700), 0);
    assert_int_equal(reap(*state, 10), 1);
    assert_int_equal(length_of(*state, 10), 0);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_OK);
    assert_true(exists(path_of("README")));
    assert_true(exists(path_of("sub")));
}

static void test_a_link_is_not_followed(void **state)
{
    char victim[80];

    snprintf(victim, sizeof victim, "%s/victim", root);
    write_at(victim, "v", 1);
    set(*state, 10, "b", "1", "{}", 99);
    assert_int_equal(symlink(victim, path_of("a.session")), 0);
    assert_int_equal(symlink(victim, path_of("b.new")), 0);
    assert_int_equal(get_code(*state, "a", NULL), SSTORE_E_IO);
    assert_int_equal(set(*state, 10, "a", "1", "{}", 99), SSTORE_OK);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    set(*state, 10, "b", "2", "{}", 99);
    struct stat file;
    assert_int_equal(stat(victim, &file), 0);
    assert_int_equal(file.st_size, 1);
    assert_int_equal(remove(victim), 0);
}

static void test_nobody_else_may_read_a_session(void **state)
{
    struct stat file;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(stat(path_of("a.session"), &file), 0);
    assert_int_equal(file.st_mode & 077, 0);
    assert_int_equal(stat(folder, &file), 0);
    assert_int_equal(file.st_mode & 077, 0);
}

/* ---- The folder comes and goes ------------------------------------------ */

static void test_an_empty_folder_goes_with_its_last_instance(void **state)
{
    struct store *second = store_of(spec);

    set(*state, 10, "a", "1", "{}", 99);
    store_close(second);
    assert_true(exists(folder));
    second = store_of(spec);
    destroy(*state, 10, "a");
    store_close(second);
    assert_false(exists(folder));
    assert_get(*state, 10, "a", "");
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_OK);
    assert_get(*state, 10, "a", "a=2/{}@99 ");
}

static void test_a_missing_root_is_an_error_until_it_is_back(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err;
    uint64_t count;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(rename(root, other), 0);
    assert_int_equal(get_code(*state, "a", &err), SSTORE_E_IO);
    assert_true(*err.symbol && strcmp(err.symbol, "ENOENT") != 0);
    assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_E_IO);
    assert_int_equal(destroy(*state, 10, "a"), SSTORE_E_IO);
    assert_int_equal(touch(*state, 10, "a", "{}", 99), SSTORE_E_IO);
    assert_int_equal(store_clear(*state, &call, NULL), SSTORE_E_IO);
    assert_int_equal(store_length(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(store_reap(*state, &call, &count, NULL), SSTORE_E_IO);
    assert_int_equal(rename(other, root), 0);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
}

/* ---- Limits of the machine ---------------------------------------------- */

static void test_a_write_that_fails_leaves_what_was(void **state)
{
    struct rlimit before, small = { 5000, RLIM_INFINITY };
    struct sstore_call call = at(10);
    struct sstore_err err;
    char *data = calloc(1, 20001);

    assert_non_null(data);
    memset(data, '1', 20000);
    set(*state, 10, "a", "1", "{}", 99);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    struct sstore_record rec = { { data, 20000 }, str("{}"), 99 };
    int code = store_set(*state, &call, str("a"), &rec, &err);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(code, SSTORE_E_TOOBIG);
    assert_string_equal(err.symbol, "EFBIG");
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    assert_false(exists(path_of("a.new")));
    free(data);
}

static void test_without_descriptors_each_call_is_an_error(void **state)
{
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    uint64_t count;
    int taken[64] = { 0 }, used = 0;

    set(*state, 10, "a", "1", "{}", 99);
    struct rlimit before, small;
    getrlimit(RLIMIT_NOFILE, &before);
    small = before;
    small.rlim_cur = 64;
    setrlimit(RLIMIT_NOFILE, &small);
    while ((taken[used] = open("/dev/null", O_RDONLY)) >= 0)
        used++;
    for (int left = 0; left < 2; left++) {
        assert_int_equal(get_code(*state, "a", &err), SSTORE_E_IO);
        assert_string_equal(err.symbol, "EMFILE");
        assert_int_equal(set(*state, 10, "a", "2", "{}", 99), SSTORE_E_IO);
        assert_int_equal(store_length(*state, &call, &count, NULL),
                         SSTORE_E_IO);
        close(taken[--used]);
    }
    while (used > 0)
        close(taken[--used]);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_all(*state, 10, "a=1/{}@99 ");
}

/* ---- Locks -------------------------------------------------------------- */

/* As another process that was stopped in the middle of its work. */
static int lock_all(void)
{
    struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
    int fd = open(path_of(".lock"), O_RDWR);

    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
    return fd;
}

static void test_a_lock_that_is_not_had_in_time_is_a_timeout(void **state)
{
    const struct sstore_plugin *plugin = sstore_file();
    struct sstore_opt options[] = { { "path", root }, { "namespace", "test" } };
    struct sstore_record rec = { str("2"), str("{}"), 99 };
    struct sstore_call call = at(10);
    struct sstore_err err = { .native = 0 };
    uint64_t count;
    void *inst;

    set(*state, 10, "a", "1", "{}", 99);
    assert_int_equal(plugin->open(&test_host, options, 2, &inst, &err),
                     SSTORE_OK);
    int fd = lock_all();
    int64_t begun = clock_now_ns();
    call.deadline_ns = begun + 50 * 1000000;
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_string_equal(err.symbol, "ETIMEDOUT");
    assert_true(clock_now_ns() >= call.deadline_ns);
    assert_int_equal(plugin->touch(inst, &call, str("a"), &rec, &err),
                     SSTORE_E_TIMEOUT);
    assert_int_equal(plugin->destroy(inst, &call, str("a"), &err),
                     SSTORE_E_TIMEOUT);
    assert_int_equal(plugin->clear(inst, &call, &err), SSTORE_E_TIMEOUT);
    assert_int_equal(plugin->reap(inst, &call, &count, &err), SSTORE_E_TIMEOUT);
    close(fd);
    assert_get(*state, 10, "a", "a=1/{}@99 ");
    assert_int_equal(plugin->set(inst, &call, str("a"), &rec, &err), SSTORE_OK);
    plugin->close(inst);
    assert_get(*state, 10, "a", "a=2/{}@99 ");
}

static void test_touch_undoes_no_set_of_another_process(void **state)
{
    touch_undoes_no_set(*state, spec);
}

static void test_a_process_killed_at_work_leaves_all_whole(void **state)
{
    killed_leaves_all_whole(*state, spec);
    assert_int_equal(reap(*state, 10), 0);
    assert_false(exists(path_of("p.new")));
    assert_false(exists(path_of("q.new")));
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
    char text[200], plain[80];

    (void)state;
    snprintf(plain, sizeof plain, "%s/plain", root);
    write_at(plain, "x", 1);
    assert_refused("file", SSTORE_E_INVAL, "path=DIR");
    snprintf(text, sizeof text, "file:%s?fsync=maybe", root);
    assert_refused(text, SSTORE_E_INVAL, "\"maybe\" is neither yes nor no");
    snprintf(text, sizeof text, "file:%s", plain);
    assert_refused(text, SSTORE_E_IO, "Not a directory");
    snprintf(text, sizeof text, "file:%s/not/there", root);
    assert_refused(text, SSTORE_E_IO, "make the folder");
    assert_int_equal(remove(plain), 0);
}

static void test_with_fsync_all_is_the_same(void **state)
{
    char text[200];

    (void)state;
    snprintf(text, sizeof text, "file:%s?fsync=yes", root);
    struct store *store = store_of(text);
    struct sstore_call call = at(10);
    assert_int_equal(set(store, 10, "a", "1", "{}", 99), SSTORE_OK);
    assert_int_equal(touch(store, 10, "a", "[]", 98), SSTORE_OK);
    assert_get(store, 10, "a", "a=1/[]@98 ");
    assert_int_equal(destroy(store, 10, "a"), SSTORE_OK);
    set(store, 10, "b", "1", "{}", 99);
    assert_int_equal(store_clear(store, &call, NULL), SSTORE_OK);
    assert_int_equal(length_of(store, 10), 0);
    store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_file, close_file)

int main(int argc, char **argv)
{
    static const struct CMUnitTest own[] = {
        TEST(test_a_file_cut_short_anywhere_is_corrupt),
        TEST(test_a_file_altered_in_any_bit_is_corrupt),
        TEST(test_a_damaged_file_keeps_nobody_from_the_others),
        TEST(test_a_file_under_anothers_name_is_corrupt),
        TEST(test_what_a_crash_left_over_is_reaped_and_nobodys),
        TEST(test_no_id_leaves_the_folder),
        TEST(test_a_hashed_name_is_no_other_name),
        TEST(test_files_of_others_are_left_alone),
        TEST(test_a_link_is_not_followed),
        TEST(test_nobody_else_may_read_a_session),
        TEST(test_an_empty_folder_goes_with_its_last_instance),
        TEST(test_a_missing_root_is_an_error_until_it_is_back),
        TEST(test_a_write_that_fails_leaves_what_was),
        TEST(test_without_descriptors_each_call_is_an_error),
        TEST(test_a_lock_that_is_not_had_in_time_is_a_timeout),
        TEST(test_touch_undoes_no_set_of_another_process),
        TEST(test_a_process_killed_at_work_leaves_all_whole),
        TEST(test_with_fsync_all_is_the_same),
        cmocka_unit_test(test_what_cannot_work_is_refused_at_once),
    };

    other_process_main(argc, argv);
    if (!mkdtemp(root))
        return 1;
    snprintf(spec, sizeof spec, "file:%s", root);
    snprintf(folder, sizeof folder, "%s/ns-test", root);
    snprintf(other, sizeof other, "%s-moved", root);
    int failed = contract_run(spec, own, sizeof own / sizeof *own);
    nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    return failed;
}
