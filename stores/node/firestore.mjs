// firestore.mjs: what the stores on Firestore have in common: a collection an
// app, and a client of a server that refuses all, for break().

import { startRefusing } from './refusing.mjs';

const SERVICE = '/google.firestore.v1.Firestore';

// `load` gives a package of the entry's own; `streams` are those methods with
// a stream for an answer that the store calls.
export async function connect(load, address, streams) {
    const { Firestore } = await load('@google-cloud/firestore');
    const paths = streams.map((method) => `${SERVICE}/${method}`);
    const refusing = await startRefusing(await load('@grpc/grpc-js'), paths);
    return {
        firestore: makeClient(Firestore, address),
        refused: makeClient(Firestore, refusing.address),
        refusing,
    };
}

export async function disconnect({ firestore, refused, refusing }) {
    await Promise.all([firestore.terminate(), refused.terminate()]);
    refusing.close();
}

// Puts `fields` in the place of the document `id` of `key`, if there is one.
export async function replaceDocument(firestore, key, id, fields) {
    const document = firestore.collection(key).doc(id);
    if ((await document.get()).exists) await document.set(fields);
}

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
