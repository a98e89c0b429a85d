// connect-cloudant-store: a document of Cloudant (or CouchDB) a session, a
// database an app.

import { openGate } from '../../gate.mjs';
import { defaultTtl } from '../../licence.mjs';

const gates = new WeakMap(); // a store → the way to its server

export default {
    package: 'connect-cloudant-store',
    backend: 'pouchdb',
    address: 'COUCHDB_URL', // http://USER:PASSWORD@HOST:PORT
    clock: 'virtual',
    resolution: 1000, // its TTL is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async open({ load, session, address, key, options }) {
        await makeDatabase(address, key);
        const CloudantStore = (await load('connect-cloudant-store'))(session);
        const gate = await openGate(address);
        const store = new CloudantStore({
            url: gate.address,
            database: key,
            ...options,
        });
        store.on('error', () => {}); // as its README does
        gates.set(store, gate);
        return store;
    },
    close: ({ store }) => gates.get(store).close(),
    break: ({ store }) => gates.get(store).break(),
    mend: ({ store }) => gates.get(store).mend(),
};

async function makeDatabase(address, name) {
    const { origin, username, password } = new URL(address);
    const pair = [username, password].map(decodeURIComponent).join(':');
    const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    const answer = await fetch(`${origin}/${name}`, {
        method: 'PUT',
        headers: { authorization },
    });
    if (!answer.ok && answer.status !== 412)
        // 412: it is there
        throw new Error(`cannot make a database: HTTP ${answer.status}`);
}
