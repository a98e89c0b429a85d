// express-nedb-session: a NeDB file, all of it in memory.

import { join } from 'node:path';

export default {
    package: 'express-nedb-session',
    clock: 'virtual', // nothing expires
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const NedbStore = (await load('express-nedb-session'))(session);
        const given = { filename: join(folder, key), ...options };
        return new Promise((resolve, reject) => {
            const done = (err) => (err ? reject(err) : resolve(store));
            const store = new NedbStore(given, done);
        });
    },
};
