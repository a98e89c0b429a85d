// sequelize.mjs: what the stores on Sequelize have in common, where `shared` is
// { db, tables }: a connection of Sequelize's, and tables.mjs on it.

import { SPOILT } from './spoilt.mjs';

export async function close({ store, shared, key }) {
    store.stopExpiringSessions();
    shared.db.modelManager.removeModel(store.sessionModel);
    await shared.tables.close(key);
}

export async function disconnect({ db, tables }) {
    await tables.end();
    await db.close();
}

export function spoil({ shared, key, sid }) {
    return shared.db.query(`UPDATE ${key} SET data = :data WHERE sid = :sid`, {
        replacements: { data: SPOILT, sid },
    });
}
