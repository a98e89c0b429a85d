// odd.mjs: a store that does with a session what its id says.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

class Odd {
    #held = new Map();

    get(sid, callback) {
        const act = ACTS[sid];
        if (act) return act(callback);
        const session = this.#held.get(sid);
        queueMicrotask(() => callback(null, session));
    }

    set(sid, session, callback) {
        const { cookie } = session;
        const expires = cookie.expires instanceof Date;
        const serializes = typeof cookie.serialize === 'function';
        this.#held.set(sid, { serializes, expires, ...session });
        queueMicrotask(callback);
    }

    destroy(sid, callback) {
        this.#held.delete(sid);
        queueMicrotask(callback);
    }

    all(callback) {
        callback(null, [...this.#held.values()]);
    }
}

const ACTS = {
    twice(callback) {
        callback();
        callback();
    },
    throws() {
        throw Object.assign(new Error('thrown'), { code: 'ETHROWN' });
    },
    answersAndThrows(callback) {
        callback();
        throw new Error('thrown');
    },
    throwsLater: () => setImmediate(ACTS.throws),
    never: () => {},
    rejects: () => Promise.reject(new Error('rejected')),
    prints(callback) {
        console.log('not for the protocol');
        callback();
    },
    time: (callback) => setImmediate(() => callback(null, { at: Date.now() })),
    circular(callback) {
        const session = {};
        session.self = session;
        callback(null, session);
    },
    isNoFile: (callback) =>
        callback(Object.assign(new Error(), { code: 'ENOENT' })),
    fails: (callback) => callback('a text'),
};

export default async ({ folder, key, namespace, options }) => {
    if (options.fails) throw new Error(`cannot be:\n ${options.fails}`);
    if (options.none) return undefined;
    writeFileSync(join(folder, key), namespace);
    const store = new Odd();
    return {
        store,
        version: '1.2.3',
        clock: options.clock ?? 'virtual',
        capabilities: ['namespace'],
        resolution: 5,
        close: () => store.set('closed', { cookie: {} }, () => {}),
        spoil: (sid) => store.set(sid, { cookie: {}, spoilt: true }, () => {}),
    };
};
