// firestore-store: a Firestore document a session, a collection an app. It
// leaves expiry to the browser's cookie.

import { startRefusing } from '../../refusing.mjs';

const STREAMS = ['BatchGetDocuments', 'RunQuery'].map(
    (method) => `/google.firestore.v1.Firestore/${method}`,
);

export default {
    package: 'firestore-store',
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
    async open({ load, session, shared, key, options }) {
        const FirestoreStore = (await load('firestore-store'))(session);
        return new FirestoreStore({
            database: shared.firestore,
            collection: key,
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
            await document.set({ session: '{"cookie":{"orig' });
    },
    break({ store, shared, key }) {
        store._colRef = shared.refused.collection(key);
    },
    mend({ store, shared, key }) {
        store._colRef = shared.firestore.collection(key);
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
