// backend.mjs: one opened store, which several apps may stand on, and the
// operations done straight on it.

import { Refusal, checkMembers, errorCoded, isObject } from './http.mjs';

export const OPERATIONS = [
    'get',
    'set',
    'destroy',
    'touch',
    'all',
    'length',
    'clear',
];

// What can be done to a store besides. Its own backend, the process, cannot be
// stopped.
const LACKING = ['reap', 'break', 'mend'];
const SPOILT = '{"cookie":{"orig'; // no set wrote that
const EVENTS = ['connect', 'disconnect'];

// Why a store cannot be opened, or null.
export function refuseSpec(spec) {
    if (spec === 'memory') return null;
    return `cannot open the store "${spec}": only "memory" is built in`;
}

export class Backend {
    #apps = new Set();
    #release;

    constructor(spec, release, settings) {
        const refusal = refuseSpec(spec);
        if (refusal) throw new Refusal(503, refusal);
        this.#release = release;
        this.module = release.session(settings);
        this.store = this.#open();
    }

    join(app) {
        this.#apps.add(app);
    }

    leave(app) {
        this.#apps.delete(app);
    }

    describe() {
        return {
            name: 'memory',
            version: this.#release.version,
            operations: OPERATIONS.filter((op) => this.#has(op)),
            capabilities: [
                ...['host-clock', 'namespace', 'binary-sid'],
                ...['emit', 'reopen', 'spoil'],
            ],
        };
    }

    // One operation past all that the probe does. Answers as the protocol
    // has it: a failure of the store is an answer too.
    async operate(body) {
        const known = ['op', 'sid', 'session', 'raw', 'callback', 'event'];
        checkMembers(body, known, 'a store operation');
        const { op, event } = body;
        if (op === 'emit') {
            if (!EVENTS.includes(event))
                throw new Refusal(400, `no event of a store: ${event}`);
            this.store.emit(event);
            return {};
        }
        if (op === 'reopen') return this.#reopen();
        if (LACKING.includes(op) || (OPERATIONS.includes(op) && !this.#has(op)))
            throw new Refusal(501, `the store has no "${op}"`);
        if (!OPERATIONS.includes(op) && op !== 'spoil')
            throw new Refusal(400, `unknown store operation: ${op}`);
        const args = this.#arguments(body);
        if (op === 'spoil') return this.#spoil(...args);
        try {
            if (body.callback === false) return await this.#callBlind(op, args);
            return showResult(op, await this.#call(op, args));
        } catch (err) {
            return { error: errorCoded(err) };
        }
    }

    #open() {
        const store = new this.module.MemoryStore();
        for (const event of EVENTS)
            store.on(event, () => {
                for (const app of this.#apps) app.storeSaid(event);
            });
        return store;
    }

    // A MemoryStore has no close: it is left to the garbage collector, and
    // with it what it held. `alive` is what keeps the process from ending.
    #reopen() {
        this.store = this.#open();
        return { alive: process.getActiveResourcesInfo().length };
    }

    #spoil(sid) {
        const { sessions } = this.store;
        if (Object.hasOwn(sessions, sid)) sessions[sid] = SPOILT;
        return {};
    }

    #has(op) {
        return typeof this.store[op] === 'function';
    }

    #call(op, args) {
        return new Promise((resolve, reject) => {
            const answer = (err, value) => (err ? reject(err) : resolve(value));
            this.store[op](...args, answer);
        });
    }

    // Without a callback: nothing tells when it is done, so only what it
    // does at once, and in the turn after, is behind the answer.
    async #callBlind(op, args) {
        this.store[op](...args);
        await new Promise((resolve) => setImmediate(resolve));
        return {};
    }

    #arguments({ op, sid, session, raw = false }) {
        if (['all', 'length', 'clear'].includes(op)) return [];
        if (typeof sid !== 'string') throw new Refusal(400, '`sid` is no text');
        if (op !== 'set' && op !== 'touch') return [sid];
        if (raw && session !== undefined) return [sid, session];
        if (!isObject(session))
            throw new Refusal(400, '`session` is no object');
        return [sid, this.#asHandedOver(session)];
    }

    // What express-session would hand to the store: a Cookie with a Date.
    #asHandedOver(session) {
        if (!isObject(session.cookie)) return session;
        const fields = { ...session.cookie };
        if (typeof fields.expires === 'string')
            fields.expires = new Date(fields.expires);
        const cookie = this.#makeCookie(fields);
        if ('originalMaxAge' in fields)
            cookie.originalMaxAge = fields.originalMaxAge;
        return { ...session, cookie };
    }

    #makeCookie(fields) {
        try {
            return new this.module.Cookie(fields);
        } catch (err) {
            throw new Refusal(400, `no cookie: ${err.message}`);
        }
    }
}

function showResult(op, value) {
    if (op === 'get') return { session: value ?? null };
    if (op === 'length') return { length: value };
    if (op !== 'all') return {};
    if (Array.isArray(value))
        return {
            shape: 'array',
            sessions: value.map((session) => ({ session })),
        };
    const sessions = Object.entries(value ?? {}).map(([sid, session]) => ({
        sid,
        session,
    }));
    return { shape: 'object', sessions };
}
