// connect-session-sequelize: a row a session in PostgreSQL.

import { Tables } from '../../tables.mjs';

export default {
    package: 'connect-session-sequelize',
    backend: 'postgres',
    address: 'POSTGRES_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable'],
    async connect({ load, address }) {
        const { Sequelize } = await load('sequelize');
        const pool = { max: 16 };
        const db = new Sequelize(address, { logging: false, pool });
        return { db, tables: new Tables((sql) => db.query(sql)) };
    },
    async open({ load, session, shared, key, options }) {
        const init = await load('connect-session-sequelize');
        const SequelizeStore = init(session.Store);
        const { db, tables } = shared;
        const store = new SequelizeStore({
            ...{ db, modelKey: key, tableName: key },
            checkExpirationInterval: -1, // it would go by the real time
            ...options,
        });
        await tables.open(key, () => store.sync());
        return store;
    },
    async close({ store, shared, key }) {
        store.stopExpiringSessions();
        shared.db.modelManager.removeModel(store.sessionModel);
        await shared.tables.close(key);
    },
    async disconnect({ db, tables }) {
        await tables.end();
        await db.close();
    },
    spoil: ({ shared, key, sid }) =>
        shared.db.query(`UPDATE ${key} SET data = :data WHERE sid = :sid`, {
            replacements: { data: '{"cookie":{"orig', sid },
        }),
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};
