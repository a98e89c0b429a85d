// hazelcast.mjs: what the stores on Hazelcast have in common: a map an app.

import { SPOILT } from './spoilt.mjs';

// `load` gives a package of the entry's own.
export async function connect(load, address) {
    const { Client } = await load('hazelcast-client');
    return Client.newHazelcastClient({
        network: { clusterMembers: [new URL(address).host] },
        connectionStrategy: {
            connectionRetry: { clusterConnectTimeoutMillis: 10000 },
        },
        properties: { 'hazelcast.logging.level': 'OFF' },
    });
}

// Spoils the entry `id` of the map `key`, if there is one.
export async function spoilEntry(client, key, id) {
    const map = await client.getMap(key);
    if (await map.containsKey(id)) await map.set(id, SPOILT);
}
