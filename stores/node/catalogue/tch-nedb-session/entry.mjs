// tch-nedb-session: a NeDB file, all of it in memory.
//
// It asks for the package `extend`, which its package.json does not name.

import { join } from 'node:path';

export default {
    package: 'tch-nedb-session',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const NedbStore = (await load('tch-nedb-session'))(session);
        const filename = join(folder, key);
        return new Promise((resolve, reject) => {
            const onLoad = (err) => (err ? reject(err) : resolve(store));
            const store = new NedbStore({ filename, onLoad, ...options });
        });
    },
};
