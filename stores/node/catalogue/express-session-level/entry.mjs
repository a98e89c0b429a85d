// express-session-level: a key a session, in LevelDB, swept by level-ttl.
//
// It knows no `level` newer than version 6.

import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

const SWEEP = 500; // ms; 10 s unless it is told

const handles = new WeakMap(); // the LevelDB beneath each store

export default {
    package: 'express-session-level',
    clock: 'real', // the sweep is a timer's
    resolution: 2 * SWEEP,
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const db = (await load('level'))(join(folder, key));
        if (!db.isOpen()) await once(db, 'open');
        const LevelStore = (await load('express-session-level'))(session);
        const store = new LevelStore(db, {
            levelTTLOptions: { checkFrequency: SWEEP },
            ...options,
        });
        handles.set(store, db);
        return store;
    },
    close: ({ store }) => promisify(store.db.close)(),
    async spoil({ store, sid }) {
        const db = handles.get(store);
        const name = store.getKey(sid);
        const there = await db.get(name).catch(() => null);
        if (there) await db.put(name, SPOILT);
    },
};
