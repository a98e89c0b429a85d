// correct.mjs: a store that does nothing wrong, in the many ways that there
// are to do nothing wrong; each option is one.
//
//   ops     the operations besides get, set and destroy: touch+all
//   back    how it calls back: soon, sync, slow, promise
//   miss    what get says of what is not there: null, undefined, enoent
//   clock   virtual, or real
//   late    ms that an expiry may be late, as a column of whole seconds has it
//   most    bytes of a session that it takes
//   dates   1: get gives expires as a Date
//   ids     1: what all gives has the IDs, as a member

const BACK = {
    soon: (callback, ...answer) => setImmediate(callback, ...answer),
    sync: (callback, ...answer) => callback(...answer),
    slow: (callback, ...answer) =>
        setTimeout(callback, 2 + 8 * Math.random(), ...answer),
    promise: (callback, ...answer) =>
        void Promise.resolve().then(() => callback(...answer)),
};

const MISS = {
    null: [null, null],
    undefined: [],
    enoent: [Object.assign(new Error('no such session'), { code: 'ENOENT' })],
};

const NOW = {
    virtual: () => Date.now(),
    real: () => performance.timeOrigin + performance.now(),
};

export default function makeStore({ session, options }) {
    const { clock = 'virtual', late = 0, ops = '' } = options;
    const store = new (class extends session.Store {})();
    const held = new Map();
    const all = { ...required(held, options), ...optional(held, options) };
    for (const name of ['get', 'set', 'destroy', ...ops.split('+')])
        if (name) store[name] = all[name];
    return {
        store,
        name: 'correct',
        version: '1.0.0',
        clock,
        resolution: late || (clock === 'real' ? 1 : 0),
        capabilities: ['namespace', 'binary-sid'],
    };
}

function isOver(text, { clock = 'virtual', late = 0 }) {
    const { expires } = JSON.parse(text).cookie;
    if (!expires) return false;
    const end = new Date(expires).getTime();
    const lateEnd = late ? Math.ceil(end / late) * late : end;
    return lateEnd <= NOW[clock]();
}

function required(held, options) {
    const { most = Infinity, dates = 0, miss = 'null' } = options;
    const back = BACK[options.back ?? 'soon'];
    return {
        get(sid, callback) {
            const text = held.get(sid);
            if (!text || isOver(text, options))
                return back(callback, ...MISS[miss]);
            back(callback, null, dates ? withDate(text) : JSON.parse(text));
        },
        set(sid, session, callback = () => {}) {
            const text = textOf(session);
            if (!(text?.length <= most))
                return back(callback, new Error('it cannot be held'));
            if (isOver(text, options)) held.delete(sid);
            else held.set(sid, text);
            back(callback);
        },
        destroy(sid, callback = () => {}) {
            held.delete(sid);
            back(callback);
        },
    };
}

function optional(held, options) {
    const back = BACK[options.back ?? 'soon'];
    const living = () => [...held].filter(([, text]) => !isOver(text, options));
    const show = ([id, text]) =>
        options.ids ? { ...JSON.parse(text), id } : JSON.parse(text);
    return {
        touch(sid, { cookie }, callback = () => {}) {
            const text = held.get(sid);
            if (text && !isOver(text, options)) {
                const touched = JSON.stringify({ ...JSON.parse(text), cookie });
                if (isOver(touched, options)) held.delete(sid);
                else held.set(sid, touched);
            }
            back(callback);
        },
        all: (callback) => back(callback, null, living().map(show)),
        length: (callback) => back(callback, null, living().length),
        clear(callback = () => {}) {
            held.clear();
            back(callback);
        },
    };
}

function textOf(session) {
    try {
        return JSON.stringify(session);
    } catch {
        return undefined; // a circle
    }
}

function withDate(text) {
    const session = JSON.parse(text);
    const { cookie } = session;
    if (cookie.expires) cookie.expires = new Date(cookie.expires);
    return session;
}
