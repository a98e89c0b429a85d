// sequelstore-connect: a row a session in MariaDB, by an old Sequelize.

import * as sequelize from '../../sequelize.mjs';
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
    close: sequelize.close,
    disconnect: sequelize.disconnect,
    spoil: sequelize.spoil,
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};
