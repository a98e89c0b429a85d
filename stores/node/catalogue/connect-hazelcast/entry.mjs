// connect-hazelcast: an entry of a Hazelcast map a session, a map an app.

export default {
    package: 'connect-hazelcast',
    address: 'HAZELCAST_URL', // hazelcast://HOST:PORT
    missing: 'needs a Hazelcast server',
    clock: 'real',
    resolution: 1000, // the server rounds its TTL to seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [
        {
            checks: 'EXP-11',
            why: 'a session without an expiry is kept for a day',
            source: 'README, option ttl',
        },
    ],
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
        const HazelcastStore = (await load('connect-hazelcast'))(session);
        return new HazelcastStore({ client: shared, prefix: key, ...options });
    },
    disconnect: (client) => client.shutdown(),
    async spoil({ shared, key, sid }) {
        const map = await shared.getMap(key);
        if (await map.containsKey(sid)) await map.set(sid, '{"cookie":{"orig');
    },
};
