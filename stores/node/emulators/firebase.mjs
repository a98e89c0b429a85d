// firebase.mjs: Firebase's Realtime Database, played by npm's firebase-server;
// data in memory.

import http from 'node:http';
import { requireOf } from './packages.mjs';
import { serve } from './serve.mjs';

const require = await requireOf('firebase');
const FirebaseServer = require('firebase-server');

// Its rules allow everything, but judging them fails for a child that is named
// as a member of Object's: "constructor", "toString". (targaryen 3.1.0)
const rules = {
    as: () => rules,
    read: () => ({ allowed: true }),
    write: () => ({ allowed: true, newDatabase: rules }),
    update: () => ({ allowed: true, newDatabase: rules }),
};

// The server must listen before it is handed over.
const server = http.createServer();
await serve(server, (port) => {
    // It would cut characters in two where a frame ends.
    const firebase = new FirebaseServer({ server, maxFrameLength: 2 ** 30 });
    firebase.targaryen = rules;
    firebase.setAuthSecret('owner'); // what Google's SDK says to an emulator
    return `127.0.0.1:${port}`;
});
