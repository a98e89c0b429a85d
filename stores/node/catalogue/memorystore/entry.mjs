// memorystore: a Map of the process with an upper bound.

export default {
    package: 'memorystore',
    clock: 'virtual',
    capabilities: ['namespace', 'binary-sid'],
    licence: [
        {
            checks: 'EXP-11',
            why: 'without an expiry a session lives for `ttl`, a day by default',
            source: 'README, option ttl',
        },
    ],
    async open({ load, session, options }) {
        const MemoryStore = (await load('memorystore'))(session);
        return new MemoryStore(options);
    },
    close({ store }) {
        store.stopInterval();
    },
    spoil({ store, sid }) {
        if (store.store.has(sid)) store.store.set(sid, '{"cookie":{"orig');
    },
};
