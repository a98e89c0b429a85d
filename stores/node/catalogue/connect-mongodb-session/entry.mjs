// connect-mongodb-session: a document of MongoDB a session, a collection an
// app.

const DATABASE = 'sessionspec';
const NEVER_S = 2 ** 31 - 1; // after which the server removes what is expired

export default {
    package: 'connect-mongodb-session',
    backend: 'mongo',
    address: 'MONGODB_URL',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [
        {
            checks: 'EXP-11',
            why: 'a session without an expiry is kept for two weeks',
            source: 'README, option expires',
        },
    ],
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
            // Its 30 s for a server that is gone are more than a case waits.
            connectionOptions: { serverSelectionTimeoutMS: 1500 },
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
    async spoil({ shared, key, sid }) {
        const collection = shared.db(DATABASE).collection(key);
        const session = '{"cookie":{"orig';
        await collection.updateOne({ _id: sid }, { $set: { session } });
    },
    break: ({ shared, key }) => failCommands(shared, key, 'alwaysOn'),
    mend: ({ shared, key }) => failCommands(shared, key, 'off'),
};

// A real server obeys this only where it runs with enableTestCommands=1.
async function failCommands(client, key, mode) {
    await client.db('admin').command({
        configureFailPoint: 'failCommand',
        mode,
        data: {
            namespace: `${DATABASE}.${key}`,
            failCommands: ['find', 'update', 'delete'],
            errorCode: 96, // OperationFailed: no driver tries again
        },
    });
}
