// firestore-store: a Firestore document a session, a collection an app. It
// leaves expiry to the browser's cookie.

import * as firestore from '../../firestore.mjs';
import { SPOILT } from '../../spoilt.mjs';

const STREAMS = ['BatchGetDocuments', 'RunQuery'];

export default {
    package: 'firestore-store',
    backend: 'firestore',
    address: 'FIRESTORE_EMULATOR_HOST', // HOST:PORT of another emulator
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    connect: ({ load, address }) => firestore.connect(load, address, STREAMS),
    async open({ load, session, shared, key, options }) {
        const FirestoreStore = (await load('firestore-store'))(session);
        return new FirestoreStore({
            database: shared.firestore,
            collection: key,
            ...options,
        });
    },
    disconnect: firestore.disconnect,
    spoil: ({ shared, key, sid }) =>
        firestore.replaceDocument(shared.firestore, key, sid, {
            session: SPOILT,
        }),
    break({ store, shared, key }) {
        store._colRef = shared.refused.collection(key);
    },
    mend({ store, shared, key }) {
        store._colRef = shared.firestore.collection(key);
    },
};
