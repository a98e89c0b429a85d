// cassandra-store: a row of Cassandra a session, a table an app.

import { SPOILT } from '../../spoilt.mjs';
import { Tables } from '../../tables.mjs';

export default {
    package: 'cassandra-store',
    address: 'CASSANDRA_URL', // cassandra://HOST:PORT/KEYSPACE
    missing: 'needs a Cassandra server',
    clock: 'real',
    resolution: 1000, // its TTL is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { hostname, port, pathname } = new URL(address);
        const { Client } = await load('cassandra-driver');
        const client = new Client({
            contactPoints: [hostname],
            protocolOptions: { port: Number(port) || 9042 },
            keyspace: pathname.slice(1),
            queryOptions: { prepare: true },
        });
        await client.connect();
        const query = (text) => client.execute(text);
        return { client, query, tables: new Tables(query) };
    },
    async open({ load, shared, key, options }) {
        const { client, query, tables } = shared;
        await tables.open(key, () =>
            query(
                `CREATE TABLE ${key} (sid text PRIMARY KEY, session text, ` +
                    'expires timestamp)',
            ),
        );
        const CassandraStore = await load('cassandra-store');
        return new CassandraStore({ client, table: key, ...options });
    },
    close: ({ shared, key }) => shared.tables.close(key),
    disconnect: ({ client }) => client.shutdown(),
    async spoil({ shared, key, sid }) {
        const update = `UPDATE ${key} SET session = ? WHERE sid = ? IF EXISTS`;
        await shared.client.execute(update, [SPOILT, sid]);
    },
};
