// express-oracle-session: a row of Oracle's database a session, a table an app.

import { defaultTtl } from '../../licence.mjs';

export default {
    package: 'express-oracle-session',
    address: 'ORACLE_URL', // oracle://USER:PASSWORD@HOST:PORT/SERVICE
    missing:
        "needs an Oracle database, and Oracle's client to build oracledb 1",
    builds: ['oracledb'],
    clock: 'virtual',
    resolution: 1000, // the column is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'expiration')],
    async connect({ load, address }) {
        const { host, pathname, username, password } = new URL(address);
        const oracledb = await load('oracledb');
        oracledb.autoCommit = true;
        return oracledb.getConnection({
            user: decodeURIComponent(username),
            password: decodeURIComponent(password),
            connectString: host + pathname,
        });
    },
    async open({ load, session, shared, key, options }) {
        const OracleStore = (await load('express-oracle-session'))(session);
        const settings = { schema: { tableName: key }, ...options };
        return new Promise((resolve, reject) => {
            const store = new OracleStore(settings, shared, (err) =>
                err ? reject(err) : resolve(store),
            );
        });
    },
    close: ({ store }) => store.clearExpirationInterval(),
    disconnect: (connection) => connection.close(),
};
