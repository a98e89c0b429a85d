// mssql-session-store: a row of SQL Server a session. The table's name is
// fixed, so that apps share it.

import { settings } from '../../mssql.mjs';

export default {
    package: 'mssql-session-store',
    address: 'MSSQL_URL', // mssql://USER:PASSWORD@HOST:PORT/DATABASE
    missing: 'needs an SQL Server',
    clock: 'real',
    capabilities: ['durable', 'binary-sid'],
    async connect({ load, address }) {
        const { Connection } = await load('mssql');
        const connection = new Connection(
            settings(address, { encrypt: false }),
        );
        await connection.connect();
        await connection
            .request()
            .query(
                "IF OBJECT_ID('Session') IS NULL CREATE TABLE Session (" +
                    'sessionId nvarchar(450) NOT NULL PRIMARY KEY, ' +
                    'sessionData nvarchar(max) NULL, ' +
                    'lastTouchedUtc datetime NOT NULL)',
            );
        await connection.request().query('DELETE FROM [Session]');
        return connection;
    },
    async open({ load, session, shared, options }) {
        const MssqlStore = (await load('mssql-session-store'))(session);
        return new MssqlStore({
            connection: shared,
            reapInterval: -1, // else its timer is never stopped
            ...options,
        });
    },
    disconnect: (connection) => connection.close(),
};
