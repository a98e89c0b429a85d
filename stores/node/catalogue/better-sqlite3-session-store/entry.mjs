// better-sqlite3-session-store: a row a session, in a SQLite file.

import { join } from 'node:path';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'better-sqlite3-session-store',
    builds: ['better-sqlite3'],
    node: 20,
    clock: 'real', // datetime('now') of SQLite
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const Database = await load('better-sqlite3');
        const client = new Database(join(folder, `${key}.db`));
        const Store = (await load('better-sqlite3-session-store'))(session);
        return new Store({ client, ...options });
    },
    close: ({ store }) => store.client.close(),
    spoil({ store, sid }) {
        const sql = 'UPDATE sessions SET sess = ? WHERE sid = ?';
        store.client.prepare(sql).run(SPOILT, sid);
    },
    break: ({ store }) => rename(store, 'sessions', 'elsewhere'),
    mend: ({ store }) => rename(store, 'elsewhere', 'sessions'),
};

function rename({ client }, from, to) {
    client.exec(`ALTER TABLE ${from} RENAME TO ${to}`);
}
