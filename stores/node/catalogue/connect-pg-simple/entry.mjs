// connect-pg-simple: a row a session in PostgreSQL, with its expiry in whole
// seconds.

import { defaultTtl } from '../../licence.mjs';
import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

export default {
    package: 'connect-pg-simple',
    backend: 'postgres',
    address: 'POSTGRES_URL',
    clock: 'virtual', // its statements are given the time
    resolution: 1000, // both times are rounded up to whole seconds
    capabilities: ['namespace', 'durable'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const { Pool } = await load('pg');
        const pool = new Pool({ connectionString: address, max: 16 });
        pool.on('error', () => {}); // the next query says it too
        return { pool, tables: new Tables((sql) => pool.query(sql)) };
    },
    async open({ load, session, shared, key, options }) {
        const PgStore = (await load('connect-pg-simple'))(session);
        const { pool, tables } = shared;
        await tables.open(key, () => pool.query(tableOf(key)));
        return new PgStore({
            pool,
            tableName: key,
            pruneSessionInterval: false, // it would go by the real time
            ...options,
        });
    },
    async close({ store, shared, version, key }) {
        // Older ones' stops a timer, which a store that is idle, its pool
        // closed, should not need.
        if (Number(version.split('.')[0]) >= 5) await store.close();
        await shared.tables.close(key);
    },
    async disconnect({ pool, tables }) {
        await tables.end();
        await pool.end();
    },
    spoil({ shared, key, sid }) {
        const sql = `UPDATE ${key} SET sess = to_json($1::text) WHERE sid = $2`;
        return shared.pool.query(sql, [SPOILT, sid]);
    },
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};

// Its table.sql, which cannot be run twice: its index has a fixed name.
function tableOf(key) {
    return `CREATE TABLE ${key} (
        sid varchar NOT NULL COLLATE "default" PRIMARY KEY,
        sess json NOT NULL,
        expire timestamp(6) NOT NULL
    );
    CREATE INDEX ${key}_expire ON ${key} (expire)`;
}
