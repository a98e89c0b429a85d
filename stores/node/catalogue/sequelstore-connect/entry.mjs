// sequelstore-connect: a row a session in MariaDB, by an old Sequelize.

import { Tables } from '../../tables.mjs';

export default {
    package: 'sequelstore-connect',
    backend: 'mariadb',
    address: 'MYSQL_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const Sequelize = await load('sequelize');
        const db = new Sequelize(address, {
            logging: false,
            dialectOptions: { charset: 'utf8mb4' },
            pool: { maxConnections: 16, max: 16 },
        });
        await load('sequelstore-connect');
        const winston = await load('winston');
        winston.remove(winston.transports.File); // in the current folder
        return { db, tables: new Tables((sql) => db.query(sql)) };
    },
    async open({ load, session, shared, key, options }) {
        const SequelStore = (await load('sequelstore-connect'))(session);
        const describe = await load('sequelstore-connect/lib/sessionModel');
        const { db, tables } = shared;
        const define = (name, columns) =>
            db.define(key, columns, { tableName: key });
        const model = describe({ define }, await load('sequelize'));
        await tables.open(key, () => model.sync());
        // The store looks for a model of this name, and for nothing else.
        const database = { models: { ConnectSession: model } };
        return new SequelStore({ database, ...options });
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
