// hazelcast-store: an entry of a Hazelcast map a session, a map an app.

export default {
    package: 'hazelcast-store',
    address: 'HAZELCAST_URL', // hazelcast://HOST:PORT
    missing: 'needs a Hazelcast server',
    clock: 'real',
    resolution: 1000, // the server rounds its TTL to seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { Client } = await load('hazelcast-client');
        return Client.newHazelcastClient({
            network: { clusterMembers: [new URL(address).host] },
            connectionStrategy: {
                connectionRetry: { clusterConnectTimeoutMillis: 10000 },
            },
            properties: { 'hazelcast.logging.level': 'OFF' },
        });
    },
    async open({ load, session, shared, key, options }) {
        const HazelcastStore = (await load('hazelcast-store'))(session);
        const store = new HazelcastStore({ mapName: key, ...options });
        store.setClient(shared);
        return store;
    },
    disconnect: (client) => client.shutdown(),
    async spoil({ store, shared, key, sid }) {
        const map = await shared.getMap(key);
        const id = store.prefix + sid;
        if (await map.containsKey(id)) await map.set(id, '{"cookie":{"orig');
    },
};
