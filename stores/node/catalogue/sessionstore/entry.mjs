// sessionstore: one of several databases, here Redis, which expires the keys.
//
// It asks for the packages `express` of at most version 4, `express-session`
// and a `redis` of at most version 3, which its package.json does not name.

import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'sessionstore',
    backend: 'redis',
    clock: 'real',
    resolution: 1000, // its TTL is in whole seconds, rounded
    capabilities: ['namespace', 'durable', 'binary-sid'],
    // Releases before the first took the sessions of Express 3.
    dependencies: (version) =>
        version.startsWith('0.') ? { express: '3.21.2' } : {},
    async open({ load, address, key, options }) {
        const { createSessionStore } = await load('sessionstore');
        const { hostname: host, port } = new URL(address);
        const where = { type: 'redis', host, port, prefix: key };
        return promisify(createSessionStore)({ ...where, ...options });
    },
    close: ({ store }) => promisify(store.client.quit).call(store.client),
    async spoil({ store, sid }) {
        const set = promisify(store.client.set).bind(store.client);
        const name = `${store.prefix}:${sid}`;
        await set(name, SPOILT, 'XX', 'KEEPTTL');
    },
};
