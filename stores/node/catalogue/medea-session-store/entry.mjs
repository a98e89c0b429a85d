// medea-session-store: a key a session, in Medea's files.

import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'medea-session-store',
    clock: 'virtual', // nothing expires
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const MedeaStore = (await load('medea-session-store'))(session);
        const store = new MedeaStore(join(folder, key), options);
        await once(store, 'connect');
        return store;
    },
    close: ({ store }) => promisify(store.db.close).call(store.db),
    async spoil({ store, sid }) {
        const { db } = store;
        const name = store.getKey(sid);
        if (await promisify(db.get).call(db, name))
            await promisify(db.put).call(db, name, SPOILT);
    },
};
