// express-session-rsdb: a file a session, by rocket-store.
//
// Where the files lie is a setting of the whole process, hence no namespaces.
// rocket-store is pinned to 0.10.8: later ones lack what the store calls, which
// its package.json allows ("rsdb.options is not a function").

import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'express-session-rsdb',
    clock: 'virtual',
    capabilities: ['durable'],
    async open({ load, folder, key, options }) {
        const RocketStore = await load('express-session-rsdb');
        return new RocketStore({
            data_storage_area: folder,
            collection: key,
            ...options,
        });
    },
    async spoil({ folder, key, sid }) {
        const names = await readdir(join(folder, key));
        if (names.includes(sid))
            await writeFile(join(folder, key, sid), SPOILT);
    },
};
