// session-pouchdb-store: a PouchDB in memory, with a cache before it.

export default {
    package: 'session-pouchdb-store',
    clock: 'real', // its cache and its writing are timers'
    capabilities: ['namespace', 'binary-sid'],
    async open({ load, key, options }) {
        const PouchStore = await load('session-pouchdb-store');
        return new PouchStore({ name: key, adapter: 'memory' }, options);
    },
};
