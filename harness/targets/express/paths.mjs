// paths.mjs: reading and changing session data along paths like `user.name`
// or `items.0`.
//
// Own properties alone count, so no path leads to a prototype; `__proto__` is
// a key like any other. Objects that are missing or null on the way are made;
// a way through a scalar is the error `not an object`.

export const COOKIE_FIELDS = [
    'originalMaxAge',
    'maxAge',
    'expires',
    'path',
    'domain',
    'secure',
    'httpOnly',
    'sameSite',
    'priority',
    'partitioned',
];

// A hole in an array costs its length when it is written as JSON.
const LARGEST_INDEX = 65535;

export function setAt(session, path, value) {
    const { holder, key } = makeWay(session, path);
    put(holder, key, value);
}

export function addAt(session, path, amount) {
    const { holder, key } = makeWay(session, path);
    const old = own(holder, key) ?? 0;
    if (typeof old !== 'number') throw new Error('not a number');
    put(holder, key, old + amount);
}

export function pushAt(session, path, value) {
    const { holder, key } = makeWay(session, path);
    const old = own(holder, key) ?? null;
    if (old === null) put(holder, key, [value]);
    else if (Array.isArray(old)) old.push(value);
    else throw new Error('not an array');
}

export function deleteAt(session, path) {
    const found = findWay(session, path);
    if (found) Reflect.deleteProperty(found.holder, found.key);
}

// Undefined where there is nothing.
export function readAt(session, path) {
    if (path === 'id') return session.id;
    const found = findWay(session, path);
    if (!found) return undefined;
    const { holder, key } = found;
    // The fields of a cookie are accessors of its prototype.
    if (holder === session.cookie && COOKIE_FIELDS.includes(key))
        return holder[key];
    return own(holder, key);
}

// The object that holds the last part of the path, everything before it
// there or made; nothing is made where the way is barred further on.
function makeWay(session, path) {
    const keys = path.split('.');
    const key = keys.pop();
    let holder = session;
    for (const [depth, part] of keys.entries()) {
        const next = own(holder, checkKey(holder, part)) ?? null;
        if (next === null) {
            const made = buildWay(keys.slice(depth + 1));
            put(holder, part, made.top);
            return { holder: made.bottom, key };
        }
        holder = checkHolder(next);
    }
    return { holder, key: checkKey(holder, key) };
}

function buildWay(keys) {
    const top = {};
    let bottom = top;
    for (const key of keys) {
        const next = {};
        put(bottom, key, next);
        bottom = next;
    }
    return { top, bottom };
}

// Null where the way ends before its last part.
function findWay(session, path) {
    const keys = path.split('.');
    const key = keys.pop();
    let holder = session;
    for (const part of keys) {
        const next = own(holder, checkKey(holder, part)) ?? null;
        if (next === null) return null;
        holder = checkHolder(next);
    }
    return { holder, key: checkKey(holder, key) };
}

function checkHolder(value) {
    if (typeof value !== 'object') throw new Error('not an object');
    return value;
}

function checkKey(holder, key) {
    if (!Array.isArray(holder)) return key;
    if (/^(0|[1-9][0-9]{0,4})$/.test(key) && Number(key) <= LARGEST_INDEX)
        return key;
    throw new Error('not an object');
}

// A session's methods, `req` and `id` are its own too, but not enumerable:
// they are no data.
function own(holder, key) {
    const isData = Object.prototype.propertyIsEnumerable.call(holder, key);
    return isData ? holder[key] : undefined;
}

// As an assignment does it outside of strict mode: what cannot be written, a
// session's `id`, stays as it is without an error.
function put(holder, key, value) {
    if (key === '__proto__') {
        Object.defineProperty(holder, key, {
            value,
            writable: true,
            enumerable: true,
            configurable: true,
        });
    } else {
        Reflect.set(holder, key, value);
    }
}
