// aerospike-session-store: an Aerospike record a session, a set an app.

export default {
    package: 'aerospike-session-store',
    address: 'AEROSPIKE_URL', // aerospike://HOST:PORT/NAMESPACE
    missing: 'needs an Aerospike server, and its client library to be built',
    builds: ['aerospike'],
    clock: 'real',
    resolution: 1000, // its TTL is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { host, pathname } = new URL(address);
        const aerospike = await load('aerospike');
        const client = await aerospike.connect({ hosts: host });
        return { client, namespace: pathname.slice(1) || 'test' };
    },
    async open({ load, session, shared, key, options }) {
        const AerospikeStore = (await load('aerospike-session-store'))(session);
        return new AerospikeStore({ ...shared, set: key, ...options });
    },
    disconnect: ({ client }) => client.close(),
};
