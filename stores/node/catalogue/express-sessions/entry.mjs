// express-sessions: MongoDB or Redis, here Redis, which expires the keys.
//
// Where it stores them is a setting of the whole process, hence no namespaces.

import { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

const clients = new WeakMap(); // the one of each store

export default {
    package: 'express-sessions',
    backend: 'redis',
    clock: 'real',
    resolution: 1000, // its TTL is in whole seconds
    capabilities: ['durable', 'binary-sid'],
    async connect({ load }) {
        await leavingRequests(() => load('express-sessions'));
    },
    async open({ load, address, key, options }) {
        const { createClient } = await load('redis');
        const { hostname, port } = new URL(address);
        const client = createClient(Number(port), hostname);
        client.on('error', () => {}); // it connects again by itself
        const SessionStore = await load('express-sessions');
        const where = { storage: 'redis', instance: client, collection: key };
        const store = new SessionStore({ ...where, ...options });
        clients.set(store, client);
        return store;
    },
    close: ({ store }) => clients.get(store).end(),
    async spoil({ store, key, sid }) {
        const client = clients.get(store);
        const set = promisify(client.set).bind(client);
        await set(`${key}:${sid}`, SPOILT, 'XX', 'KEEPTTL');
    },
};

// It loads an Express 2, which gives every request of the process a `secure`
// that asks for an app of Express 2. Express 4 hides it, and so that bare
// requests are as they are there, it is taken away.
async function leavingRequests(load) {
    const before = new Set(Reflect.ownKeys(IncomingMessage.prototype));
    await load();
    for (const name of Reflect.ownKeys(IncomingMessage.prototype))
        if (!before.has(name)) delete IncomingMessage.prototype[name];
}
