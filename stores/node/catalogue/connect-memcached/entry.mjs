// connect-memcached: a key a session in memcached, which expires it.

import { spoilRecord } from '../../memcached.mjs';

const JSON_FLAG = 2; // by which its client knows its own JSON
const NOBODY = '127.0.0.1:1'; // no server listens there

export default {
    package: 'connect-memcached',
    backend: 'memcached',
    clock: 'real',
    resolution: 1000, // memcached counts seconds
    // Its `clear` empties the whole server: no other case may run meanwhile,
    // and it is never one of the user's.
    capabilities: ['namespace', 'alone', 'durable'],
    async connect({ load, address }) {
        const Client = await load('memcached');
        return { Client, client: new Client(new URL(address).host) };
    },
    async open({ load, session, shared, key, options }) {
        const MemcachedStore = (await load('connect-memcached'))(session);
        const { prefix = '' } = options;
        return new MemcachedStore({
            client: shared.client,
            ...options,
            prefix: `${prefix}${key}:`,
        });
    },
    disconnect: ({ client }) => client.end(),
    spoil: ({ address, store, sid }) =>
        spoilRecord(address, store.getKey(sid), JSON_FLAG),
    break({ shared, store }) {
        store.client = new shared.Client(NOBODY, { retries: 0 });
    },
    mend({ shared, store }) {
        store.client.end();
        store.client = shared.client;
    },
};
