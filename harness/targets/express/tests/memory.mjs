// memory.mjs: a store factory: MemoryStore, but for `all`, which gives an
// array as the documents say. The whole suite holds on it:
//
//   sessionspec run --target express --store node:./memory.mjs

export default ({ session }) => {
    const store = new session.MemoryStore();
    const { all } = store;
    store.all = (done) =>
        all.call(store, (err, found) => done(err, Object.values(found)));
    return {
        store,
        name: 'memory as a factory',
        capabilities: ['namespace', 'binary-sid'],
        spoil(sid) {
            if (Object.hasOwn(store.sessions, sid))
                store.sessions[sid] = '{"cookie":{"orig';
        },
    };
};
