// connect-session-knex: a row a session, in PostgreSQL; in MariaDB with the
// option client=mysql2.

import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

const onMariadb = ({ client = 'pg' }) => client.startsWith('mysql');

// From 2.0.0 to 4.x it brings one of its own.
function knexFor(version) {
    if (version < 1.7) return '0.19.5'; // the last with promises of its own
    if (version < 2) return '0.21.21';
    return version < 5 ? null : '3.3.0';
}

export default {
    package: 'connect-session-knex',
    backend: (options) => (onMariadb(options) ? 'mariadb' : 'postgres'),
    address: (options) =>
        onMariadb(options) ? 'MYSQL_URL' : 'POSTGRES_URL',
    clock: 'virtual', // its statements are given the time
    // There its column and the time are cut to whole seconds.
    resolution: (options) => (onMariadb(options) ? 1000 : 1),
    capabilities: ['namespace', 'durable'],
    dependencies: (version) => ({ knex: knexFor(parseFloat(version)) }),
    async connect({ load, address, options }) {
        const knex = (await load('knex'))({
            client: options.client ?? 'pg',
            connection: address,
            pool: { min: 0, max: 16 },
        });
        return { knex, tables: new Tables((sql) => knex.raw(sql)) };
    },
    async open({ load, session, shared, key, options: all }) {
        const module = await load('connect-session-knex');
        const { client, ...options } = all;
        const { knex, tables } = shared;
        await tables.open(key);
        const Store = module.ConnectSessionKnexStore ?? module(session);
        // Before 5.0.0 it spelt them otherwise.
        const named = { tableName: key, tablename: key };
        const made = { createTable: true, createtable: true };
        // It would go by the real time.
        const still = { cleanupInterval: 0, disableDbCleanup: true };
        const store = new Store({
            ...{ knex, ...named, ...made, ...still },
            ...options,
        });
        await store.ready;
        return store;
    },
    async close({ store, shared, key }) {
        store.stopDbCleanup?.();
        // Nothing else ends its sweeps, since 5.0.0.
        if (store.options) store.options.cleanupInterval = 0;
        await shared.tables.close(key);
    },
    async disconnect({ knex, tables }) {
        await tables.end();
        await knex.destroy();
    },
    async spoil({ shared, key, sid }) {
        const { knex } = shared;
        const spoilt = JSON.stringify(SPOILT);
        await knex(key).where('sid', sid).update({ sess: spoilt });
    },
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};
