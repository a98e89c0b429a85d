// connect-db2: a row of Db2 a session, a table an app.

export default {
    package: 'connect-db2',
    address: 'DB2_URL', // db2://USER:PASSWORD@HOST:PORT/DATABASE
    missing: "needs a Db2 server, and IBM's client, which ibm_db downloads",
    builds: ['ibm_db'],
    clock: 'virtual',
    resolution: 1000, // the column is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, address, key, options }) {
        const { hostname, port, pathname, username, password } = new URL(
            address,
        );
        const Db2Store = (await load('connect-db2'))(session);
        const store = new Db2Store({
            host: hostname,
            port: Number(port) || 50000,
            database: pathname.slice(1),
            user: decodeURIComponent(username), // its README says `username`
            password: decodeURIComponent(password),
            schema: { tableName: key },
            ...options,
        });
        await run(
            store._client,
            `CREATE TABLE IF NOT EXISTS "${key}" (` +
                '"session_id" VARCHAR(512) NOT NULL PRIMARY KEY, ' +
                '"expires" BIGINT NOT NULL, "data" CLOB(2M))',
        );
        return store;
    },
    close: ({ store }) => store._client.closeSync(),
};

function run(client, statement) {
    return new Promise((resolve, reject) => {
        client.query(statement, (err) => (err ? reject(err) : resolve()));
    });
}
