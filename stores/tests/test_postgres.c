/* test_postgres.c: the store `postgres` on a PostgreSQL server of its own */
#include "contract_sql.h"

#include <libpq-fe.h>

sstore_entry_fn sstore_postgres;

static long ask(const char *url, const char *sql, void **held)
{
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    long number = 0;

    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0)
        number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
    else if (PQresultStatus(result) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    if (held)
        *held = conn;
    else
        PQfinish(conn);
    return number;
}

static void release(void *held)
{
    PQfinish(held);
}

#define OTHERS                                                                 \
    " FROM pg_stat_activity WHERE backend_type = 'client backend'"             \
    " AND pid <> pg_backend_pid()"

static const struct contract_sql postgres = {
    .name = "postgres",
    .entry = sstore_postgres,
    .ask = ask,
    .release = release,
    .count = "SELECT count(*)" OTHERS,
    .kill = "SELECT count(pg_terminate_backend(pid))" OTHERS,
    .lock = "BEGIN; LOCK TABLE sessionspec_sessions",
    .no_table = "42P01",
};

/* The planner has no say in what is right, only in how long it takes. */
static void test_a_session_is_found_by_its_key(void **state)
{
    (void)state;
    assert_int_equal(ask(contract_server.spec,
                         "SELECT count(*) FROM pg_indexes"
                         " WHERE tablename = 'sessionspec_sessions' AND"
                         " (indexdef LIKE '%UNIQUE%(space, id)' OR"
                         "  indexdef LIKE '%(space, expires_ms)')",
                         NULL),
                     2);
}

static void test_an_error_of_the_server_has_its_sqlstate(void **state)
{
    struct store *store;
    struct sstore_err err;
    char spec[300];

    (void)state;
    snprintf(spec, sizeof spec, "%s-not", contract_server.spec);
    assert_int_equal(store_open(&store, spec, "n", &test_host, &err),
                     SSTORE_E_IO);
    assert_string_equal(err.symbol, "3D000");
    assert_non_null(strstr(err.text, "\"sessionspec-not\""));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest own[] = {
        cmocka_unit_test(test_a_session_is_found_by_its_key),
        cmocka_unit_test(test_an_error_of_the_server_has_its_sqlstate),
    };

    contract_sql_opener(argc, argv);
    return contract_run_sql(&postgres, own, sizeof own / sizeof *own);
}
