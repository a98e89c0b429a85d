// mongo.mjs: what the stores on MongoDB have in common: a collection an app,
// in one database.

import { SPOILT } from './spoilt.mjs';

export const DATABASE = 'sessionspec';
// How long the driver looks for a server that is gone; its 30 s are more than
// a case waits.
export const PATIENCE = { serverSelectionTimeoutMS: 1500 };

export async function spoilDocument(client, key, sid) {
    const collection = client.db(DATABASE).collection(key);
    await collection.updateOne({ _id: sid }, { $set: { session: SPOILT } });
}

// `mode` is 'alwaysOn' or 'off'. A real server obeys this only where it runs
// with enableTestCommands=1.
export async function failCommands(client, key, mode) {
    await client.db('admin').command({
        configureFailPoint: 'failCommand',
        mode,
        data: {
            namespace: `${DATABASE}.${key}`,
            failCommands: ['find', 'update', 'delete', 'aggregate', 'count'],
            errorCode: 96, // OperationFailed: no driver tries again
        },
    });
}
