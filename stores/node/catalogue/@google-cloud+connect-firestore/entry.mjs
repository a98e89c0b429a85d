// @google-cloud/connect-firestore: a Firestore document a session, a kind an
// app. It leaves expiry to the browser's cookie.

import { startRefusing } from '../../refusing.mjs';

const STREAMS = ['BatchGetDocuments'].map(
    (method) => `/google.firestore.v1.Firestore/${method}`,
);

export default {
    package: '@google-cloud/connect-firestore',
    backend: 'firestore',
    address: 'FIRESTORE_EMULATOR_HOST', // HOST:PORT of another emulator
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { Firestore } = await load('@google-cloud/firestore');
        const grpc = await load('@grpc/grpc-js');
        const refusing = await startRefusing(grpc, STREAMS);
        return {
            firestore: makeClient(Firestore, address),
            refused: makeClient(Firestore, refusing.address),
            refusing,
        };
    },
    async open({ load, shared, key, options }) {
        const loaded = await load('@google-cloud/connect-firestore');
        return new loaded.FirestoreStore({
            dataset: shared.firestore,
            kind: key,
            ...options,
        });
    },
    async disconnect({ firestore, refused, refusing }) {
        await Promise.all([firestore.terminate(), refused.terminate()]);
        refusing.close();
    },
    async spoil({ shared, key, sid }) {
        const document = shared.firestore.collection(key).doc(sid);
        if ((await document.get()).exists)
            await document.set({ data: '{"cookie":{"orig' });
    },
    break({ store, shared }) {
        store.db = shared.refused;
    },
    mend({ store, shared }) {
        store.db = shared.firestore;
    },
};

function makeClient(Firestore, address) {
    const { hostname, port } = new URL(`http://${address}`);
    return new Firestore({
        projectId: 'sessionspec',
        host: hostname,
        port: Number(port),
        ssl: false,
        // An emulator asks for none, but the client would look for some.
        credentials: { client_email: 'nobody', private_key: 'none' },
    });
}
