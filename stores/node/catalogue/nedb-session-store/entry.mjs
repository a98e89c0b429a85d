// nedb-session-store: a NeDB file, all of it in memory.

import { once } from 'node:events';
import { join } from 'node:path';

export default {
    package: 'nedb-session-store',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const NedbStore = (await load('nedb-session-store'))(session);
        const given = { filename: join(folder, key), ...options };
        const store = new NedbStore(given);
        await once(store, 'connect');
        return store;
    },
};
