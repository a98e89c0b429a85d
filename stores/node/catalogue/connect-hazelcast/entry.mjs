// connect-hazelcast: an entry of a Hazelcast map a session, a map an app.

import * as hazelcast from '../../hazelcast.mjs';
import { defaultTtl } from '../../licence.mjs';

export default {
    package: 'connect-hazelcast',
    address: 'HAZELCAST_URL', // hazelcast://HOST:PORT
    missing: 'needs a Hazelcast server',
    clock: 'real',
    resolution: 1000, // the server rounds its TTL to seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    connect: ({ load, address }) => hazelcast.connect(load, address),
    async open({ load, session, shared, key, options }) {
        const HazelcastStore = (await load('connect-hazelcast'))(session);
        return new HazelcastStore({ client: shared, prefix: key, ...options });
    },
    disconnect: (client) => client.shutdown(),
    spoil: ({ shared, key, sid }) => hazelcast.spoilEntry(shared, key, sid),
};
