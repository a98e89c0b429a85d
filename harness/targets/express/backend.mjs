// backend.mjs: one opened store, which several apps may stand on: what it can,
// its calls under way, and what is done to it besides calling it.

import { randomBytes } from 'node:crypto';
import { Refusal } from './http.mjs';
import { limit, turn } from './limit.mjs';
import { openStore } from './sources.mjs';
import { Work } from './work.mjs';

export const OPERATIONS = [
    'get',
    'set',
    'destroy',
    'touch',
    'all',
    'length',
    'clear',
];

const EVENTS = ['connect', 'disconnect'];
const DROP_MS = 1500; // for what it stored, and again for closing it
const RUN = randomBytes(4).toString('hex'); // tells this process from others

const standing = new Set(); // all that are open
const turns = new Map(); // by app, how often it had a store of its own

// What something without a context may be due to: the work that is under way,
// else all apps that stand on a store of --store.
export function concerned() {
    const stores = [...standing].filter(({ isVolatile }) => !isVolatile);
    const works = stores.flatMap((store) => store.works());
    return works.length ? works : stores.flatMap(({ apps }) => [...apps]);
}

export class Backend {
    apps = new Set();
    #source;
    #handle;
    #namespace;
    #works = new Set(); // under way
    #begun = 0; // how many there ever were
    #written = new Set(); // the sids that a set or touch named
    #heard; // the store that is listened to
    #isUp = true; // by what the store said last
    #isEmitting = false; // by hand
    isRealTime = false; // its expiry is the backend's, or a timer's

    // For `app`, which is to join it.
    static async open(source, app, id) {
        const backend = new Backend();
        backend.#source = source;
        backend.#namespace = takeNamespace(id);
        await backend.#open(app);
        standing.add(backend);
        return backend;
    }

    get store() {
        return this.#handle.store;
    }

    // What it holds goes with it.
    get isVolatile() {
        return this.#source.isVolatile === true;
    }

    has(op) {
        return typeof this.store[op] === 'function';
    }

    describe() {
        const { name, version, clock, capabilities, ...more } =
            this.#source.describe();
        const words = [
            clock === 'real' ? 'real-clock' : 'host-clock',
            ...capabilities,
            ...(typeof this.store.emit === 'function' ? ['emit'] : []),
            'reopen',
            ...['spoil', 'break'].filter((act) => this.#handle[act]),
        ];
        return {
            name,
            version,
            operations: OPERATIONS.filter((op) => this.has(op)),
            capabilities: [...new Set(words)],
            resolution: more.resolution,
            licence: more.licence,
        };
    }

    join(app) {
        this.apps.add(app);
    }

    // The last one closes it.
    async leave(app) {
        this.apps.delete(app);
        if (this.apps.size > 0 || !standing.delete(this)) return;
        if (!this.isVolatile) await this.#drop(app).catch(() => {});
        const closed = (async () => this.#close(app))();
        await limit(DROP_MS, closed, 'late').catch(() => {});
    }

    // ---- Calls -------------------------------------------------------------

    // A piece of work, under way until its end().
    begin(app, op, fail) {
        const { isRealTime } = this;
        const end = (work) => this.#works.delete(work);
        const work = new Work({ app, op, isRealTime, end, fail });
        this.#works.add(work);
        this.#begun++;
        return work;
    }

    // What the operation returns, or throws.
    reach(work, args) {
        const { store } = this; // it may have been opened anew
        const { op } = work;
        if (op === 'set' || op === 'touch') this.#written.add(args[0]);
        return work.run(() => store[op](...args));
    }

    // A call that the case knows nothing of.
    look(app, op, args, tell) {
        const { isRealTime, store } = this;
        const work = new Work({ app, op, isRealTime });
        const answer = (err, value) => {
            work.end();
            tell(err, value);
        };
        work.run(() => store[op](...args, answer));
    }

    // Tells whether anything but `work` has been going on since it was asked
    // first.
    watchOthers(work) {
        const begun = this.#begun;
        const alone = [...this.#works].every((other) => other === work);
        return () => !alone || this.#begun !== begun;
    }

    // Whether a set or touch was seen that named this sid.
    hasWritten(sid) {
        return this.#written.has(sid);
    }

    // What is under way.
    works() {
        return [...this.#works];
    }

    // ---- What else is done to it -------------------------------------------

    emit(event) {
        if (!EVENTS.includes(event))
            throw new Refusal(400, `no event of a store: ${event}`);
        if (typeof this.store.emit !== 'function') throw lacks('emit');
        this.#isEmitting = true;
        try {
            this.store.emit(event);
        } finally {
            this.#isEmitting = false;
        }
    }

    // `alive` is what keeps the process from ending.
    async reopen(app) {
        await this.#close(app);
        await this.#open(app);
        for (let i = 0; i < 3; i++) await turn(); // sockets close meanwhile
        return { alive: process.getActiveResourcesInfo().length };
    }

    // One of what the store's maker lends a hand with: `spoil`, `break`,
    // `mend`.
    async lend(app, act, ...args) {
        this.checkLends(act);
        await this.#within(app, act, () => this.#handle[act](...args));
    }

    checkLends(act) {
        if (!this.#handle[act]) throw lacks(act);
    }

    async #open(app) {
        this.isRealTime = this.#source.describe().clock === 'real';
        this.#handle = await this.#within(app, 'open', () =>
            openStore(this.#source, this.#namespace),
        );
        this.#isUp = true;
        const { store } = this;
        this.#heard = store;
        if (typeof store.on !== 'function') return;
        for (const event of EVENTS)
            store.on(event, () => this.#heard === store && this.#hear(event));
    }

    // A store that says what it said before tells the apps nothing new.
    #hear(event) {
        const isUp = event === 'connect';
        const isNews = isUp !== this.#isUp || this.#isEmitting;
        this.#isUp = isUp;
        for (const app of this.apps) app.storeSaid(event, isNews);
    }

    // What it was seen to store is dropped: by destroy(), since a clear() that
    // takes too much would harm the apps beside it.
    async #drop(app) {
        const { capabilities } = this.#source.describe();
        if (!capabilities.includes('namespace') || !this.has('destroy')) return;
        const gone = [...this.#written].map((sid) => this.#forget(app, sid));
        await limit(DROP_MS, Promise.all(gone), 'late');
    }

    #forget(app, sid) {
        return new Promise((resolve) => {
            const work = this.begin(app, 'destroy', resolve);
            const done = () => resolve(work.end());
            try {
                this.reach(work, [sid, done]);
            } catch {
                done();
            }
        });
    }

    // A disconnect that closing brings about is no news.
    #close(app) {
        this.#heard = undefined;
        return this.#within(app, 'close', () => this.#handle.close());
    }

    async #within(app, op, act) {
        const work = this.begin(app, op);
        try {
            return await work.run(act);
        } finally {
            work.end();
        }
    }
}

// Never the same twice: the store before may have left something behind.
function takeNamespace(id) {
    const turn = turns.get(id) ?? 0;
    turns.set(id, turn + 1);
    return turn === 0 ? `${RUN}-${id}` : `${RUN}.${turn}-${id}`;
}

function lacks(op) {
    return new Refusal(501, `the store has no "${op}"`);
}
