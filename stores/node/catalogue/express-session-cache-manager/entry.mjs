// express-session-cache-manager: any cache of cache-manager, here its memory.
//
// It asks for the package `express-session`, which its package.json does not
// name, and for a cache-manager of version 2.

import { SPOILT } from '../../spoilt.mjs';

const ROOM = 100000; // sessions, so that none is dropped for want of it

export default {
    package: 'express-session-cache-manager',
    clock: 'virtual',
    capabilities: ['namespace', 'binary-sid'],
    async open({ load, options }) {
        const { caching } = await load('cache-manager');
        const { default: Store } = await load('express-session-cache-manager');
        return new Store(caching({ store: 'memory', max: ROOM }), options);
    },
    async spoil({ store, sid }) {
        const { store: cache, prefix } = store;
        const name = `${prefix}${sid}`;
        if (await cache.get(name)) await cache.set(name, SPOILT);
    },
};
