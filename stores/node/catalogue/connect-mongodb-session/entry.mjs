// connect-mongodb-session: a document of MongoDB a session, a collection an
// app.

import { defaultTtl } from '../../licence.mjs';
import {
    DATABASE,
    PATIENCE,
    failCommands,
    spoilDocument,
} from '../../mongo.mjs';

const NEVER_S = 2 ** 31 - 1; // after which the server removes what is expired

export default {
    package: 'connect-mongodb-session',
    backend: 'mongo',
    address: 'MONGODB_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('two weeks', 'expires')],
    async connect({ load, address }) {
        const { MongoClient } = await load('mongodb');
        return MongoClient.connect(address);
    },
    async open({ load, session, address, key, options }) {
        const MongoDBStore = (await load('connect-mongodb-session'))(session);
        const settings = {
            uri: address,
            databaseName: DATABASE,
            collection: key,
            connectionOptions: { ...PATIENCE },
            // The server's time is not that of the cases.
            expiresAfterSeconds: NEVER_S,
            ...options,
        };
        return new Promise((resolve, reject) => {
            const store = new MongoDBStore(settings, (err) =>
                err ? reject(err) : resolve(store),
            );
            store.on('error', () => {}); // else it throws out of a promise
        });
    },
    close: ({ store }) => (store.client ?? store.db).close?.(),
    disconnect: (client) => client.close(),
    spoil: ({ shared, key, sid }) => spoilDocument(shared, key, sid),
    break: ({ shared, key }) => failCommands(shared, key, 'alwaysOn'),
    mend: ({ shared, key }) => failCommands(shared, key, 'off'),
};
