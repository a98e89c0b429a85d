// connect-session-sequelize: a row a session in PostgreSQL.

import * as sequelize from '../../sequelize.mjs';
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
    close: sequelize.close,
    disconnect: sequelize.disconnect,
    spoil: sequelize.spoil,
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};
