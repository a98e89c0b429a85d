// express-mysql-session: a row a session in MariaDB, with its expiry in whole
// seconds.

import { AsyncResource } from 'node:async_hooks';
import { promisify } from 'node:util';
import { defaultTtl } from '../../licence.mjs';
import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

const majorOf = (version) => Number(version.split('.')[0]);

export default {
    package: 'express-mysql-session',
    backend: 'mariadb',
    address: 'MYSQL_URL',
    clock: 'virtual', // its statements are given the time
    resolution: 1000, // both times are rounded to whole seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'expiration')],
    dependencies: (version) =>
        majorOf(version) < 3 ? { mysql: '2.18.1' } : {},
    async connect({ load, version, address }) {
        const isOld = majorOf(version) < 3;
        const { createPool } = await load(isOld ? 'mysql' : 'mysql2/promise');
        const url = new URL(address);
        url.searchParams.set('connectionLimit', 16);
        url.searchParams.set('charset', 'utf8mb4');
        const pool = createPool(url.href);
        if (isOld) keepContext(pool);
        const promised = isOld ? promisify(pool.query) : pool.query;
        const end = isOld ? promisify(pool.end) : pool.end;
        const query = promised.bind(pool);
        return { pool, query, end: end.bind(pool), tables: new Tables(query) };
    },
    async open({ load, session, shared, version, key, options }) {
        const MysqlStore = (await load('express-mysql-session'))(session);
        const { pool, tables } = shared;
        const whole = {
            // Else it would go by the real time.
            clearExpired: 'checkExpirationInterval' in options,
            ...options,
            schema: { tableName: key, columnNames: columnsOf(options) },
        };
        // The table is the store's own to make.
        await tables.open(key);
        if (majorOf(version) < 3) return openOld(MysqlStore, whole, pool);
        const store = new MysqlStore(whole, pool);
        await store.onReady();
        return store;
    },
    async close({ store, version, shared, key }) {
        if (majorOf(version) < 2) store.clearExpirationInterval();
        else await store.close(); // which leaves the pool alone
        await shared.tables.close(key);
    },
    async disconnect({ end, tables }) {
        await tables.end();
        await end();
    },
    spoil({ store, shared, key, sid }) {
        const { session_id: id, data } = store.options.schema.columnNames;
        const sql = 'UPDATE ?? SET ?? = ? WHERE ?? = ?';
        return shared.query(sql, [key, data, SPOILT, id, sid]);
    },
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};

// Its names for columns: schema.columnNames.session_id=sid, and so on.
function columnsOf(options) {
    const prefix = 'schema.columnNames.';
    return Object.fromEntries(
        Object.entries(options)
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, value]) => [key.slice(prefix.length), `${value}`]),
    );
}

// A connection of the pool calls back in the context of its opener, which has
// another app's time. Before 3.0.0 the store reads the time there.
function keepContext(pool) {
    const { query } = pool;
    pool.query = (sql, ...rest) => {
        const callback = AsyncResource.bind(rest.pop());
        return query.call(pool, sql, ...rest, callback);
    };
}

// Before 3.0.0 it called back when its table was there.
function openOld(MysqlStore, options, pool) {
    return new Promise((resolve, reject) => {
        const store = new MysqlStore(options, pool, (err) =>
            err ? reject(err) : resolve(store),
        );
    });
}
