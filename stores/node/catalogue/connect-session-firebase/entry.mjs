// connect-session-firebase: a child of a Firebase Realtime Database a session,
// a path an app.

import { SPOILT } from '../../spoilt.mjs';

const VARIABLE = 'FIREBASE_DATABASE_EMULATOR_HOST';

export default {
    package: 'connect-session-firebase',
    backend: 'firebase',
    address: VARIABLE, // HOST:PORT of another emulator
    clock: 'virtual',
    capabilities: ['namespace', 'durable'],
    async connect({ load, address }) {
        const admin = await load('firebase-admin');
        const app = admin.initializeApp({
            projectId: 'sessionspec',
            databaseURL: `http://${address}?ns=sessionspec`,
        });
        const before = process.env[VARIABLE];
        process.env[VARIABLE] = address; // or it wants an account of Google's
        const database = app.database();
        if (before === undefined) delete process.env[VARIABLE];
        else process.env[VARIABLE] = before;
        return { app, database };
    },
    async open({ load, session, shared, key, options }) {
        const FirebaseStore = (await load('connect-session-firebase'))(session);
        const { database } = shared;
        return new FirebaseStore({ database, sessions: key, ...options });
    },
    disconnect: ({ app }) => app.delete(),
    async spoil({ store, shared, key, sid }) {
        const path = shared.database.ref(key).child(store.cleanRef(sid));
        const found = await path.once('value');
        if (found.exists()) await path.child('sess').set(SPOILT);
    },
};
