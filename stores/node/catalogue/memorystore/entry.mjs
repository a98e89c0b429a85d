// memorystore: a Map of the process with an upper bound.

import { defaultTtl } from '../../licence.mjs';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'memorystore',
    clock: 'virtual',
    capabilities: ['namespace', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async open({ load, session, options }) {
        const MemoryStore = (await load('memorystore'))(session);
        return new MemoryStore(options);
    },
    close({ store }) {
        store.stopInterval();
    },
    spoil({ store, sid }) {
        if (store.store.has(sid)) store.store.set(sid, SPOILT);
    },
};
