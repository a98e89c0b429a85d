// session-rethinkdb: a RethinkDB document a session, a table an app.

import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'session-rethinkdb',
    address: 'RETHINKDB_URL', // rethinkdb://HOST:PORT/DATABASE
    missing: 'needs a RethinkDB server',
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async connect({ load, address }) {
        const { hostname, port, pathname } = new URL(address);
        const r = (await load('rethinkdbdash'))({
            host: hostname,
            port: Number(port) || 28015,
            db: pathname.slice(1) || 'test',
            silent: true,
        });
        await r.dbList().run(); // waits for a connection, or fails
        return r;
    },
    async open({ load, session, shared, key, options }) {
        const RethinkStore = (await load('session-rethinkdb'))(session);
        return new Promise((resolve) => {
            const store = new RethinkStore(shared, { table: key, ...options });
            store.once('connect', () => resolve(store));
        });
    },
    close: ({ store }) => clearInterval(store.clearInterval),
    disconnect: (r) => r.getPoolMaster().drain(),
    async spoil({ shared, key, sid }) {
        await shared.table(key).get(sid).update({ session: SPOILT }).run();
    },
};
