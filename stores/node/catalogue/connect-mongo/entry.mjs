// connect-mongo: a document of MongoDB a session, a collection an app.

import { defaultTtl } from '../../licence.mjs';
import {
    DATABASE,
    PATIENCE,
    failCommands,
    spoilDocument,
} from '../../mongo.mjs';

const OLD = { useNewUrlParser: true, useUnifiedTopology: true };

export default {
    package: 'connect-mongo',
    backend: 'mongo',
    address: 'MONGODB_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('14 days', 'ttl')],
    node: 20,
    // The driver that each release was made for.
    dependencies(version) {
        const major = majorOf(version);
        if (major === 5) return { mongodb: '6.21.0' };
        if (major === 4) return { mongodb: '4.17.2' };
        return major < 4 ? { mongodb: '3.7.4' } : {};
    },
    async connect({ load, version, address }) {
        const { MongoClient } = await load('mongodb');
        return MongoClient.connect(address, settingsFor(version));
    },
    async open(given) {
        const { load, session, shared, version, address, key } = given;
        const loaded = await load('connect-mongo');
        const MongoStore = loaded.default ?? loaded;
        const settings = {
            collectionName: key,
            dbName: DATABASE,
            mongoOptions: settingsFor(version),
            autoRemove: 'disabled', // the server's time is not the cases'
            ...given.options,
        };
        if (!MongoStore.create) {
            const old = { client: shared, collection: key, ...settings };
            return new (MongoStore(session))(old); // release 3
        }
        const store = MongoStore.create({ mongoUrl: address, ...settings });
        // To close it while it connects, or makes an index, is an error that
        // nobody catches.
        const collection = await store.collectionP;
        await collection.findOne({ _id: '' });
        return store;
    },
    close: ({ store, shared }) =>
        store.client === shared ? undefined : store.close(),
    disconnect: (client) => client.close(),
    spoil: ({ shared, key, sid }) => spoilDocument(shared, key, sid),
    break: ({ shared, key }) => failCommands(shared, key, 'alwaysOn'),
    mend: ({ shared, key }) => failCommands(shared, key, 'off'),
};

function majorOf(version) {
    return Number(version.split('.')[0]);
}

// Of the driver.
function settingsFor(version) {
    return majorOf(version) > 4 ? PATIENCE : { ...OLD, ...PATIENCE };
}
