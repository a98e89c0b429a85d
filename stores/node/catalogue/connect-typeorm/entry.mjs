// connect-typeorm: a row a session in PostgreSQL, by TypeORM.

import { defaultTtl } from '../../licence.mjs';
import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

export default {
    package: 'connect-typeorm',
    backend: 'postgres',
    address: 'POSTGRES_URL',
    clock: 'virtual', // its statements are given the time
    capabilities: ['namespace', 'durable'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const pg = await load('pg');
        const pool = new pg.Pool({ connectionString: address, max: 16 });
        pool.on('error', () => {}); // the next query says it too
        const driver = { ...pg, Pool: lender(pool) };
        return { pool, driver, tables: new Tables((sql) => pool.query(sql)) };
    },
    async open({ load, shared, key, options }) {
        const { TypeormStore } = await load('connect-typeorm');
        const typeorm = await load('typeorm');
        const { pool, driver, tables } = shared;
        await tables.open(key, () => pool.query(tableOf(key)));
        const entity = describeTable(typeorm, key);
        const source = new typeorm.DataSource({
            ...{ type: 'postgres', driver, entities: [entity] },
        });
        await source.initialize();
        const store = new TypeormStore(options);
        return store.connect(source.getRepository(entity));
    },
    async close({ store, shared, key }) {
        await store.repository.manager.connection.destroy();
        await shared.tables.close(key);
    },
    async disconnect({ pool, tables }) {
        await tables.end();
        await pool.end();
    },
    spoil: ({ shared, key, sid }) =>
        shared.pool.query(`UPDATE ${key} SET json = $1 WHERE id = $2`, [
            SPOILT,
            sid,
        ]),
    break: ({ shared, key }) => shared.tables.break(key),
    mend: ({ shared, key }) => shared.tables.mend(key),
};

// The entity of its README, and what TypeORM would make of it.
function describeTable({ EntitySchema }, key) {
    return new EntitySchema({
        ...{ name: key, tableName: key },
        columns: {
            expiredAt: { type: 'bigint' },
            id: { type: 'varchar', length: 255, primary: true },
            json: { type: 'text' },
            destroyedAt: { type: Date, deleteDate: true, nullable: true },
        },
        indices: [{ columns: ['expiredAt'] }],
    });
}

function tableOf(key) {
    return `CREATE TABLE ${key} (
        "expiredAt" bigint NOT NULL,
        id varchar(255) NOT NULL PRIMARY KEY,
        json text NOT NULL,
        "destroyedAt" timestamp
    );
    CREATE INDEX ON ${key} ("expiredAt")`;
}

// For the driver of each data source: a "pool" that is the one of all.
function lender(pool) {
    return class {
        connect(...given) {
            return pool.connect(...given);
        }
        on() {}
        end(done) {
            done();
        }
    };
}
