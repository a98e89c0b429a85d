// connect-lowdb: a JSON file, read and written whole with each operation.

import { mkdir, rename, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

export default {
    package: 'connect-lowdb',
    clock: 'virtual', // nothing expires
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const { Low } = await load('lowdb');
        const { JSONFile } = await load('lowdb/node');
        const db = new Low(new JSONFile(join(folder, key)), { sessions: [] });
        await db.read();
        await db.write(); // there is a file from now on
        const LowdbStore = (await load('connect-lowdb')).default(session);
        return new LowdbStore({ db, ...options });
    },
    async break({ folder, key }) {
        const file = join(folder, key);
        await rename(file, `${file}-elsewhere`);
        await mkdir(file); // what is no file can be neither read nor replaced
    },
    async mend({ folder, key }) {
        const file = join(folder, key);
        await rmdir(file);
        await rename(`${file}-elsewhere`, file);
    },
};
