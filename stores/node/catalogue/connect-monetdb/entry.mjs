// connect-monetdb: a row of MonetDB a session. The table's name is fixed, so
// that apps share it.

export default {
    package: 'connect-monetdb',
    address: 'MONETDB_URL', // monetdb://USER:PASSWORD@HOST:PORT/DATABASE
    missing: 'needs a MonetDB server',
    clock: 'virtual',
    resolution: 1000, // the column is in seconds
    capabilities: ['durable', 'binary-sid'],
    async connect({ load, address }) {
        const { hostname, port, pathname, username, password } = new URL(
            address,
        );
        const Connection = (await load('monetdb'))();
        const connection = new Connection({
            host: hostname,
            port: Number(port) || 50000,
            dbname: pathname.slice(1),
            user: decodeURIComponent(username),
            password: decodeURIComponent(password),
        });
        await connection.connect();
        await connection.query(
            'CREATE TABLE IF NOT EXISTS session (' +
                'sid STRING NOT NULL PRIMARY KEY, ' +
                'sess STRING NOT NULL, expire INT NOT NULL)',
        );
        await connection.query('DELETE FROM session');
        return connection;
    },
    async open({ load, session, shared }) {
        const MonetStore = (await load('connect-monetdb'))(session);
        return new MonetStore(shared);
    },
    disconnect: (connection) => connection.close(),
};
