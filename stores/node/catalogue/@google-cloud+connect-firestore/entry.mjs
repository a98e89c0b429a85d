// @google-cloud/connect-firestore: a Firestore document a session, a kind an
// app. It leaves expiry to the browser's cookie.

import * as firestore from '../../firestore.mjs';
import { SPOILT } from '../../spoilt.mjs';

const STREAMS = ['BatchGetDocuments'];

export default {
    package: '@google-cloud/connect-firestore',
    backend: 'firestore',
    address: 'FIRESTORE_EMULATOR_HOST', // HOST:PORT of another emulator
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    connect: ({ load, address }) => firestore.connect(load, address, STREAMS),
    async open({ load, shared, key, options }) {
        const loaded = await load('@google-cloud/connect-firestore');
        return new loaded.FirestoreStore({
            dataset: shared.firestore,
            kind: key,
            ...options,
        });
    },
    disconnect: firestore.disconnect,
    spoil: ({ shared, key, sid }) =>
        firestore.replaceDocument(shared.firestore, key, sid, {
            data: SPOILT,
        }),
    break({ store, shared }) {
        store.db = shared.refused;
    },
    mend({ store, shared }) {
        store.db = shared.firestore;
    },
};
