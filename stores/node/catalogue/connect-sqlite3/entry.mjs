// connect-sqlite3: a row a session, in a SQLite file.

import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

// Once a callback of the store has thrown, sqlite3 never closes.
const CLOSE_MS = 1000;

export default {
    package: 'connect-sqlite3',
    builds: ['sqlite3'],
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const SQLiteStore = (await load('connect-sqlite3'))(session);
        return new SQLiteStore({ dir: folder, db: `${key}.db`, ...options });
    },
    close: ({ store }) =>
        Promise.race([
            promisify(store.db.close).call(store.db),
            sleep(CLOSE_MS, undefined, { ref: false }),
        ]),
    spoil: ({ store, sid }) =>
        run(store, `UPDATE ${store.table} SET sess = ? WHERE sid = ?`, [
            SPOILT,
            sid,
        ]),
    break: ({ store }) => rename(store, store.table, 'elsewhere'),
    mend: ({ store }) => rename(store, 'elsewhere', store.table),
};

function rename(store, from, to) {
    return run(store, `ALTER TABLE ${from} RENAME TO ${to}`, []);
}

function run({ db }, sql, values) {
    return promisify(db.run).call(db, sql, values);
}
