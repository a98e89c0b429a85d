/* test_mariadb.c: the store `mariadb` on a MariaDB server of its own */
#include "../base/url.h"
#include "contract_sql.h"

#include <mysql.h>

sstore_entry_fn sstore_mariadb;

static MYSQL *outside(const char *text)
{
    MYSQL *mysql = mysql_init(NULL);
    struct sstore_err err;
    struct url url;

    assert_int_equal(url_parse(&url, text, 3306, &err), SSTORE_OK);
    if (!mysql_real_connect(mysql, url.host, url.user, url.password, url.path,
                            url.port, NULL, CLIENT_MULTI_STATEMENTS))
        fail_msg("%s", mysql_error(mysql));
    url_free(&url);
    return mysql;
}

static long ask(const char *url, const char *sql, void **held)
{
    MYSQL *mysql = outside(url);
    long number = 0;

    if (mysql_query(mysql, sql) != 0)
        fail_msg("%s: %s", sql, mysql_error(mysql));
    do {
        MYSQL_RES *result = mysql_store_result(mysql);
        MYSQL_ROW row = result ? mysql_fetch_row(result) : NULL;
        if (row && row[0])
            number = strtol(row[0], NULL, 10);
        mysql_free_result(result);
    } while (mysql_next_result(mysql) == 0);
    if (held)
        *held = mysql;
    else
        mysql_close(mysql);
    return number;
}

static void release(void *held)
{
    mysql_close(held);
}

#define OTHERS                                                                 \
    " FROM information_schema.processlist WHERE user = 'sessionspec'"          \
    " AND id <> connection_id()"

static const struct contract_sql mariadb = {
    .name = "mariadb",
    .entry = sstore_mariadb,
    .ask = ask,
    .release = release,
    .count = "SELECT COUNT(*)" OTHERS,
    .kill = "BEGIN NOT ATOMIC"
            " FOR other IN (SELECT id" OTHERS ") DO"
            "  EXECUTE IMMEDIATE CONCAT('KILL ', other.id);"
            " END FOR; END",
    .lock = "LOCK TABLES sessionspec_sessions WRITE",
    .no_table = "ER_NO_SUCH_TABLE",
};

/* One byte more than what the server takes is no harm to the connection. */
static void test_a_session_above_the_packet_is_too_big(void **state)
{
    enum { SIZE = 17 << 20 };
    struct sstore_call call = at(10);
    struct store *store;
    struct sstore_err err;
    char *data = calloc(1, SIZE);
    struct sstore_record rec = { { data, SIZE }, str("{}"), 99 };

    (void)state;
    assert_non_null(data);
    assert_int_equal(
        store_open(&store, contract_server.spec, "big", &test_host, &err), 0);
    set(store, 10, "a", "1", "{}", 99);
    assert_int_equal(store_set(store, &call, str("a"), &rec, &err),
                     SSTORE_E_TOOBIG);
    assert_get(store, 10, "a", "a=1/{}@99 ");
    rec.data.n = 15 << 20;
    assert_int_equal(store_set(store, &call, str("a"), &rec, &err), SSTORE_OK);
    destroy(store, 10, "a");
    store_close(store);
    free(data);
}

static void test_a_wrong_password_is_refused_by_name(void **state)
{
    struct store *store;
    struct sstore_err err;
    char spec[300];

    (void)state;
    snprintf(spec, sizeof spec, "mysql://sessionspec:s3cret%s",
             strchr(contract_server.spec, '@'));
    assert_int_equal(store_open(&store, spec, "n", &test_host, &err),
                     SSTORE_E_IO);
    assert_string_equal(err.symbol, "ER_ACCESS_DENIED_ERROR");
    assert_null(strstr(err.text, "s3cret"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(test_a_session_above_the_packet_is_too_big),
        cmocka_unit_test(test_a_wrong_password_is_refused_by_name),
    };

    contract_sql_opener(argc, argv);
    return contract_run_sql(&mariadb, own, sizeof own / sizeof *own);
}
