// effects.mjs: how it shows that an operation has taken effect.

import { isDeepStrictEqual } from 'node:util';
import { isObject } from './http.mjs';

const SOON_MS = 2000; // an expiry that may come while one looks

// { op, args, shows(err, value) }: what to ask the store, and whether the
// answer shows it. Null where nothing would.
export function effectOf(backend, op, [sid, session], now) {
    if (op === 'clear') return emptiness(backend);
    if (!['set', 'touch', 'destroy'].includes(op)) return null;
    if (op !== 'destroy' && !isLasting(session, now, backend)) return null;
    const shows = SHOWS[op](session);
    return shows && { op: 'get', args: [sid], shows };
}

const SHOWS = {
    set(session) {
        const data = dataOf(session);
        return (err, found) =>
            !err && isObject(found) && isDeepStrictEqual(dataOf(found), data);
    },
    touch(session) {
        const wanted = expiryOf(session);
        if (wanted === null) return null;
        return (err, found) => !err && expiryOf(found) === wanted;
    },
    destroy() {
        return (err, found) => (err ? err.code === 'ENOENT' : !found);
    },
};

function emptiness(backend) {
    const op = ['length', 'all'].find((one) => backend.has(one));
    const count = (value) =>
        typeof value === 'number' ? value : Object.keys(value ?? {}).length;
    return op && { op, args: [], shows: (err, value) => !err && !count(value) };
}

function isLasting(session, now, { isRealTime }) {
    if (!isObject(session)) return false;
    const expiry = expiryOf(session);
    return expiry === null || expiry > now + (isRealTime ? SOON_MS : 0);
}

// As JSON has it: what a store keeps.
function dataOf(session) {
    const { cookie, ...data } = JSON.parse(JSON.stringify(session));
    return data;
}

// Unix ms, or null.
function expiryOf(session) {
    const date = session?.cookie?.expires ?? session?.cookie?._expires;
    if (!date) return null;
    const ms = new Date(date).getTime();
    return Number.isNaN(ms) ? null : ms;
}
