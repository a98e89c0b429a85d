// session-file-store: a JSON file a session.

import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'session-file-store',
    clock: 'virtual',
    capabilities: ['namespace', 'durable'],
    async open({ load, session, folder, key, options }) {
        const FileStore = (await load('session-file-store'))(session);
        const path = join(folder, key);
        await mkdir(path, { recursive: true });
        await writeFile(join(path, '~'), ''); // as others may leave there
        return new FileStore({
            path,
            reapInterval: -1, // its timer runs by real time
            minTimeout: 1, // ms; a record that is missing is looked for again
            maxTimeout: 5,
            logFn() {},
            ...options,
        });
    },
    async spoil({ folder, key, sid }) {
        const file = join(folder, key, `${sid}.json`);
        const there = await access(file).then(
            () => true,
            () => false,
        );
        if (there) await writeFile(file, SPOILT);
    },
};
