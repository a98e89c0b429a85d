// connect-mssql-v2: a row of SQL Server a session, a table an app.

import { defaultTtl } from '../../licence.mjs';
import { settings } from '../../mssql.mjs';
import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

export default {
    package: 'connect-mssql-v2',
    address: 'MSSQL_URL', // mssql://USER:PASSWORD@HOST:PORT/DATABASE
    missing: 'needs an SQL Server',
    clock: 'virtual',
    resolution: 4, // of a datetime: 1/300 s
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const config = settings(address, {
            encrypt: true,
            trustServerCertificate: true,
        });
        const { ConnectionPool } = await load('mssql');
        const pool = await new ConnectionPool(config).connect();
        const query = (text) => pool.request().query(text);
        return { config, pool, query, tables: new Tables(query) };
    },
    async open({ load, shared, key, options }) {
        await shared.tables.open(key, () =>
            shared.query(
                `CREATE TABLE ${key} (` +
                    'sid nvarchar(255) NOT NULL PRIMARY KEY, ' +
                    'session nvarchar(max) NOT NULL, ' +
                    'expires datetime NOT NULL)',
            ),
        );
        const loaded = await load('connect-mssql-v2');
        const MSSQLStore = loaded.default ?? loaded;
        return new MSSQLStore(shared.config, { table: key, ...options });
    },
    async close({ store, shared, key }) {
        await store.databaseConnection.close();
        await shared.tables.close(key);
    },
    disconnect: ({ pool }) => pool.close(),
    async spoil({ shared, key, sid }) {
        const request = shared.pool.request();
        request.input('sid', sid).input('session', SPOILT);
        await request.query(
            `UPDATE ${key} SET session = @session WHERE sid = @sid`,
        );
    },
};
