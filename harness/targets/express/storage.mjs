// storage.mjs: what a client asks of a store itself: its operations, past all
// that the probe does, and what is done to what it stands on.

import { OPERATIONS } from './backend.mjs';
import { Direct, renewPatience } from './direct.mjs';
import { Refusal, checkMembers, errorCoded, isObject } from './http.mjs';

const MEMBERS = [
    ...['op', 'sid', 'session', 'raw', 'circular'],
    ...['callback', 'event'],
];
const CALLBACKS = [undefined, true, false, 'throws'];

// What is no operation of the documents. Each gets the app and the body.
const ACTS = {
    emit(app, { event }) {
        app.backend.emit(event);
        return {};
    },
    reopen: (app) => app.backend.reopen(app),
    async spoil(app, { sid }) {
        await app.backend.lend(app, 'spoil', readSid(sid));
        return {};
    },
    reap() {
        throw new Refusal(501, 'the store has no "reap"');
    },
};

export class Storage {
    #sources;
    #isStopped = false; // what all stores of --store stand on
    #broken = new WeakSet(); // backends, each for itself

    constructor(sources) {
        this.#sources = sources;
    }

    // Answers as the protocol has it: a failure of the store is an answer too.
    async operate(app, body) {
        checkMembers(body, MEMBERS, 'a store operation');
        const { op } = body;
        if (op === 'break' || op === 'mend') return this.#breakOrMend(app, op);
        const act = Object.hasOwn(ACTS, String(op)) ? ACTS[op] : perform;
        return answer(() => act(app, body));
    }

    // The whole backend where that is allowed, else for this app alone. To
    // mend what is whole changes nothing.
    #breakOrMend(app, op) {
        const isBreak = op === 'break';
        const { backend } = app;
        renewPatience();
        if (this.#sources.canRestart && !backend.isVolatile)
            return answer(async () => {
                if (this.#isStopped !== isBreak)
                    await this.#sources[isBreak ? 'stop' : 'start']();
                this.#isStopped = isBreak;
                return {};
            });
        return answer(async () => {
            if (isBreak || this.#broken.has(backend))
                await backend.lend(app, op);
            else backend.checkLends(op);
            this.#broken[isBreak ? 'add' : 'delete'](backend);
            return {};
        });
    }
}

async function answer(act) {
    try {
        return await act();
    } catch (err) {
        if (err instanceof Refusal) throw err;
        return { error: errorCoded(err) };
    }
}

async function perform(app, body) {
    const { op, callback } = body;
    if (!OPERATIONS.includes(op))
        throw new Refusal(400, `unknown store operation: ${op}`);
    if (!app.backend.has(op))
        throw new Refusal(501, `the store has no "${op}"`);
    if (!CALLBACKS.includes(callback))
        throw new Refusal(400, '`callback` is neither false nor "throws"');
    const args = readArguments(app, body);
    if (body.circular === true && isObject(args[1])) args[1].self = args[1];
    const direct = new Direct(app, op, args);
    if (callback === 'throws') return { called: await direct.callThrowing() };
    if (callback === false) {
        await direct.callBlind();
        return {};
    }
    return showResult(app.backend, op, await direct.call());
}

function readArguments(app, { op, sid, session, raw = false }) {
    if (['all', 'length', 'clear'].includes(op)) return [];
    readSid(sid);
    if (op !== 'set' && op !== 'touch') return [sid];
    if (raw && session !== undefined) return [sid, session];
    if (!isObject(session)) throw new Refusal(400, '`session` is no object');
    return [sid, asHandedOver(app, session)];
}

function readSid(sid) {
    if (typeof sid !== 'string') throw new Refusal(400, '`sid` is no text');
    return sid;
}

// What express-session would hand to the store: a Cookie with a Date.
function asHandedOver({ module }, session) {
    if (!isObject(session.cookie)) return session;
    const fields = { ...session.cookie };
    if (typeof fields.expires === 'string')
        fields.expires = new Date(fields.expires);
    const cookie = makeCookie(module.Cookie, fields);
    if ('originalMaxAge' in fields)
        cookie.originalMaxAge = fields.originalMaxAge;
    return { ...session, cookie };
}

function makeCookie(Cookie, fields) {
    try {
        return new Cookie(fields);
    } catch (err) {
        throw new Refusal(400, `no cookie: ${err.message}`);
    }
}

function showResult(backend, op, value) {
    if (op === 'get') return { session: value ?? null };
    if (op === 'length') return { length: value };
    if (op !== 'all') return {};
    if (Array.isArray(value))
        return {
            shape: 'array',
            sessions: value.map((item) => showItem(backend, item)),
        };
    const sessions = Object.entries(value ?? {}).map(([sid, session]) => ({
        sid,
        session,
    }));
    return { shape: 'object', sessions };
}

// Some stores write on each session whose it is: that is no data of it.
function showItem(backend, item) {
    const isId = (name) => backend.hasWritten(item?.[name]);
    const name = ['id', 'sid'].find(isId);
    if (name === undefined) return { session: item };
    const { [name]: sid, ...session } = JSON.parse(JSON.stringify(item));
    return { sid, session };
}
