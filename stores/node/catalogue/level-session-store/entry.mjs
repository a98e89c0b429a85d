// level-session-store: a key a session, in LevelDB.
//
// It knows no `level` newer than version 6.

import { once } from 'node:events';
import { join } from 'node:path';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'level-session-store',
    clock: 'virtual', // nothing expires
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const LevelStore = (await load('level-session-store'))(session);
        const store = new LevelStore(join(folder, key), options);
        await once(store, 'connect');
        return store;
    },
    close: ({ store }) => store.db.close(),
    async spoil({ store, sid }) {
        const name = store.getKey(sid);
        const there = await store.db.get(name).catch(() => null);
        if (there) await store.db.put(name, SPOILT);
    },
    break: ({ store }) => store.db.close(),
    mend: ({ store }) => store.db.open(),
};
