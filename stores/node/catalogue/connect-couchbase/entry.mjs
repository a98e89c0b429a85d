// connect-couchbase: a Couchbase document a session, a prefix an app.

export default {
    package: 'connect-couchbase',
    address: 'COUCHBASE_URL', // couchbase://:PASSWORD@HOST:PORT/BUCKET
    missing: 'needs a Couchbase server, and its client, release 2, to be built',
    builds: ['couchbase'], // which the package does not ask for
    clock: 'real',
    resolution: 1000, // its TTL is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { host, pathname, password } = new URL(address);
        const { Cluster } = await load('couchbase');
        const cluster = new Cluster(`couchbase://${host}`);
        const bucket = pathname.slice(1) || 'default';
        return new Promise((resolve, reject) => {
            const client = cluster.openBucket(bucket, password, (err) =>
                err ? reject(err) : resolve(client),
            );
        });
    },
    async open({ load, session, shared, key, options }) {
        const CouchbaseStore = (await load('connect-couchbase'))(session);
        return new CouchbaseStore({
            db: shared,
            prefix: `${key}:`,
            ...options,
        });
    },
    disconnect: (client) => client.disconnect(),
};
