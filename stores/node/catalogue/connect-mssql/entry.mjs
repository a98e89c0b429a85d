// connect-mssql: a row of SQL Server a session, a table an app.

import { defaultTtl } from '../../licence.mjs';
import { settings } from '../../mssql.mjs';
import { Tables } from '../../tables.mjs';

export default {
    package: 'connect-mssql',
    address: 'MSSQL_URL', // mssql://USER:PASSWORD@HOST:PORT/DATABASE
    missing: 'needs an SQL Server',
    clock: 'virtual',
    resolution: 4, // of a datetime: 1/300 s
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const config = settings(address, { encrypt: false });
        const { Connection } = await load('mssql');
        const connection = new Connection(config);
        await connection.connect();
        const query = (text) => connection.request().query(text);
        return { config, connection, query, tables: new Tables(query) };
    },
    async open({ load, session, shared, key, options }) {
        await shared.tables.open(key, () =>
            shared.query(
                `CREATE TABLE ${key} (sid varchar(255) NOT NULL PRIMARY KEY, ` +
                    'session varchar(max) NOT NULL, expires datetime NOT NULL)',
            ),
        );
        const MSSQLStore = (await load('connect-mssql'))(session);
        return new MSSQLStore(shared.config, { table: key, ...options });
    },
    async close({ store, shared, key }) {
        store.connection.close();
        await shared.tables.close(key);
    },
    disconnect: ({ connection }) => connection.close(),
};
