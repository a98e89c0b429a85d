// faulty.mjs: a store factory: MemoryStore with one fault of conduct, which
// the app's id names, or none.

import { connect, createServer } from 'node:net';

// A connection that all stores share: it has no context.
const asked = [];
setInterval(() => {
    if (asked.pop()) throw new Error('cut off');
}, 1).unref();

const FAULTS = {
    twice: {
        set(call, sid, session, done) {
            call(sid, session, () => (done(), done()));
        },
    },
    'twice-when-thrown': {
        get(call, sid, done) {
            call(sid, (err, session) => {
                Promise.resolve()
                    .then(() => done(err, session))
                    .catch(done);
            });
        },
    },
    never: {
        get() {},
        touch() {},
    },
    early: {
        set(call, sid, session, done) {
            setTimeout(() => call(sid, session, () => {}), 5);
            done();
        },
        destroy(call, sid, done) {
            setTimeout(() => call(sid, () => {}), 5);
            done();
        },
        clear(call, done) {
            setTimeout(() => call(() => {}), 5);
            setImmediate(done);
        },
    },
    throws: {
        get() {
            throw new Error('no connection');
        },
    },
    'throws-later': {
        get() {
            setTimeout(() => {
                throw new Error('no connection');
            }, 1);
        },
    },
    'throws-outside': {
        get() {
            asked.push(true);
        },
    },
    // Its first call opens a connection, which has that call's context.
    'throws-from-a-pool': {
        set(call, sid, session, done) {
            call(sid, session, done);
            const link = setInterval(() => {
                if (!this.waiting) return;
                clearInterval(link);
                throw new Error('cut off');
            }, 1);
        },
        get(call, sid, done) {
            if (sid === 'b') this.waiting = done;
            else call(sid, done);
        },
    },
    // Its callbacks run in the context of the app that came first.
    'throws-on-a-link': {
        set(call, sid, session, done) {
            askLink(() => call(sid, session, done));
        },
        get() {
            askLink(() => {
                throw new Error('cut off');
            });
        },
    },
    'throws-when-gone': {
        get(call, sid, done) {
            call(sid, done);
            setTimeout(() => asked.nothing.here, 50);
        },
    },
    rejects: {
        async touch() {
            throw new Error('no connection');
        },
    },
    'rejects-and-calls': {
        async get(call, sid, done) {
            call(sid, done);
            throw new Error('no connection');
        },
    },
    mutates: {
        set(call, sid, session, done) {
            session.lastAccess = 1;
            call(sid, session, done);
        },
    },
    'mutates-later': {
        set(call, sid, session, done) {
            call(sid, session, done);
            setTimeout(() => (session.lastAccess = 1), 5);
        },
    },
    live: {
        set(call, sid, session, done) {
            this.live ??= {};
            this.live[sid] = JSON.parse(JSON.stringify(session));
            setImmediate(done);
        },
        get(call, sid, done) {
            setImmediate(done, null, this.live?.[sid]);
        },
    },
    'all-with-ids': {
        all(call, done) {
            call((err, found) => {
                const list = Object.entries(found);
                done(err, list.map(([id, one]) => ({ ...one, id })));
            });
        },
        get(call, sid, done) {
            const message = 'no such file';
            done(Object.assign(new Error(message), { code: 'ENOENT' }));
        },
    },
    'tells-time': {
        get(call, sid, done) {
            setImmediate(done, null, { cookie: {}, now: Date.now() });
        },
    },
    callback: {
        clear(call, done) {
            call(() => setTimeout(() => done(), 1));
        },
    },
    exits: {
        destroy() {
            process.exit(7);
        },
    },
};

// A server that answers each byte with one, and a connection that whoever uses
// it first opens.
const server = createServer((link) => {
    link.on('error', () => {});
    link.on('data', () => link.write('.'));
}).unref();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
let link;
let waiting;

function askLink(done) {
    link ??= connect(server.address().port, '127.0.0.1')
        .on('data', () => waiting())
        .unref();
    waiting = done;
    link.write('.');
}

export default ({ session, namespace, options }) => {
    const name = namespace.replace(/^[0-9a-f]+(\.[0-9]+)?-/, '');
    if (name === 'unopened') throw new Error('no connection\nat all');
    if (name === 'overflow') clearInterval(setInterval(() => {}, 2 ** 31));
    const store = new session.MemoryStore();
    for (const [op, act] of Object.entries(FAULTS[name] ?? {})) {
        const call = store[op].bind(store);
        store[op] = (...args) => act.call(store, call, ...args);
    }
    return {
        store,
        name: 'faulty',
        version: '1.2.3',
        capabilities: ['namespace'],
        clock: options.clock,
        resolution: 10,
        licence: [{ checks: 'STO-31', why: 'it says so', source: 'README' }],
        close: () => console.log('closed', name),
        ...(name === 'breaks' && breaking(store)),
    };
};

// It can be broken and mended.
function breaking(store) {
    const { get } = store;
    return {
        break() {
            store.get = (sid, done) => done(new Error('gone'));
        },
        mend() {
            store.get = get;
        },
    };
}
