// cluster-store: without a cluster, an object of its own in memory.

export default {
    package: 'cluster-store',
    clock: 'virtual', // nothing expires
    capabilities: ['namespace', 'binary-sid'],
    async open({ load, key, options }) {
        const { create } = await load('cluster-store');
        return create({
            name: key,
            addOnFork: false, // it would listen for forks: there are none
            standalone: true, // release 1 would serve at /tmp/memstore.sock
            ...options,
        });
    },
};
