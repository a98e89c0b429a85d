// lowdb-session-store: a JSON file, all of it in memory.
//
// It knows no `lowdb` newer than version 1.

import { join } from 'node:path';

export default {
    package: 'lowdb-session-store',
    clock: 'real', // the sweep is a timer's
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const lowdb = await load('lowdb');
        const FileSync = await load('lowdb/adapters/FileSync');
        const db = lowdb(new FileSync(join(folder, key), { defaultValue: [] }));
        const LowdbStore = (await load('lowdb-session-store'))(session);
        return new LowdbStore(db, options);
    },
};
