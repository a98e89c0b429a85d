// hazelcast-store: an entry of a Hazelcast map a session, a map an app.

import * as hazelcast from '../../hazelcast.mjs';

export default {
    package: 'hazelcast-store',
    address: 'HAZELCAST_URL', // hazelcast://HOST:PORT
    missing: 'needs a Hazelcast server',
    clock: 'real',
    resolution: 1000, // the server rounds its TTL to seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    connect: ({ load, address }) => hazelcast.connect(load, address),
    async open({ load, session, shared, key, options }) {
        const HazelcastStore = (await load('hazelcast-store'))(session);
        const store = new HazelcastStore({ mapName: key, ...options });
        store.setClient(shared);
        return store;
    },
    disconnect: (client) => client.shutdown(),
    spoil: ({ store, shared, key, sid }) =>
        hazelcast.spoilEntry(shared, key, store.prefix + sid),
};
