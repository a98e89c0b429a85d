// connect-memjs: a key a session in memcached, which expires it, by memjs and
// its binary protocol.

import { spoilRecord } from '../../memcached.mjs';

const NOBODY = '127.0.0.1:1'; // no server listens there

export default {
    package: 'connect-memjs',
    backend: 'memcached',
    clock: 'real',
    resolution: 1000, // memcached counts seconds
    // Its `clear` empties the whole server: no other case may run meanwhile,
    // and it is never one of the user's.
    capabilities: ['namespace', 'alone', 'durable', 'binary-sid'],
    // Each has a client of its own: given one, it forgets its prefix.
    async open({ load, session, address, key, options }) {
        const MemjsStore = (await load('connect-memjs'))(session);
        const servers = [new URL(address).host];
        const { prefix = '' } = options;
        return new MemjsStore({
            servers,
            ...options,
            prefix: `${prefix}${key}:`,
        });
    },
    close: ({ store }) => store.client.close(),
    spoil: ({ address, store, sid }) =>
        spoilRecord(address, store.getKey(sid), 0),
    async break({ load, store }) {
        const { Client } = await load('memjs');
        store.client.close();
        store.client = Client.create(NOBODY, { retries: 1 });
    },
    async mend({ load, store, address }) {
        const { Client } = await load('memjs');
        store.client.close();
        store.client = Client.create(new URL(address).host);
    },
};
