// connect-mongo: a document of MongoDB a session, a collection an app.

const DATABASE = 'sessionspec';
// How long the driver looks for a server that is gone; its 30 s are more than
// a case waits.
const PATIENCE = { serverSelectionTimeoutMS: 1500 };
const OLD = { useNewUrlParser: true, useUnifiedTopology: true };

export default {
    package: 'connect-mongo',
    backend: 'mongo',
    address: 'MONGODB_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [
        {
            checks: 'EXP-11',
            why: 'a session without an expiry is kept for 14 days',
            source: 'README, option ttl',
        },
    ],
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
    async spoil({ shared, key, sid }) {
        const collection = shared.db(DATABASE).collection(key);
        const session = '{"cookie":{"orig';
        await collection.updateOne({ _id: sid }, { $set: { session } });
    },
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

// A real server obeys this only where it runs with enableTestCommands=1.
async function failCommands(client, key, mode) {
    await client.db('admin').command({
        configureFailPoint: 'failCommand',
        mode,
        data: {
            namespace: `${DATABASE}.${key}`,
            failCommands: ['find', 'update', 'delete', 'aggregate', 'count'],
            errorCode: 96, // OperationFailed: no driver tries again
        },
    });
}
