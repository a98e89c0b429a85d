// couchdb-expression: a CouchDB document a session, a database an app. It
// leaves expiry to the browser's cookie.

import { openGate } from '../../gate.mjs';

const gates = new WeakMap(); // a store → the way to its server

export default {
    package: 'couchdb-expression',
    backend: 'pouchdb',
    address: 'COUCHDB_URL', // http://USER:PASSWORD@HOST:PORT
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, address, key, options }) {
        const CouchDBStore = (await load('couchdb-expression'))(session);
        const gate = await openGate(address);
        const { hostname, port, username, password } = new URL(gate.address);
        const store = new CouchDBStore({
            hostname,
            port,
            username: decodeURIComponent(username),
            password: decodeURIComponent(password),
            database: key,
            ...options,
        });
        gates.set(store, gate);
        return store;
    },
    close: ({ store }) => gates.get(store).close(),
    break: ({ store }) => gates.get(store).break(),
    mend: ({ store }) => gates.get(store).mend(),
};
