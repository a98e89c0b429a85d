// firestore.mjs: Google's Firestore, played by @firestore-emulator/server of
// npm; data in memory. It takes documents of more than 1 MiB, which Google
// refuses.

import { requireOf } from './packages.mjs';
import { obey } from './serve.mjs';

const require = await requireOf('firestore');
const { ServerCredentials } = require('@grpc/grpc-js');
const { FirestoreServer } = require('@firestore-emulator/server');

const { server, state } = new FirestoreServer();

// Its documents are members of an object, which has members of its own: one
// asked for as "constructor" was never answered. (0.3.15)
const sample = state.getCollection('projects/p/databases/d/documents/c');
const Collection = Object.getPrototypeOf(sample);
const { getDocument } = Collection;
Collection.getDocument = function (name) {
    if (Object.getPrototypeOf(this.documents) !== null)
        this.documents = Object.assign(Object.create(null), this.documents);
    return getDocument.call(this, name);
};

// Its own `start` listens on all of the machine's addresses.
const port = await new Promise((resolve, reject) => {
    server.bindAsync(
        '127.0.0.1:0',
        ServerCredentials.createInsecure(),
        (err, bound) => (err ? reject(err) : resolve(bound)),
    );
});
console.log(`127.0.0.1:${port}`);
await obey({});
