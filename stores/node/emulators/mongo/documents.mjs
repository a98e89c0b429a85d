// documents.mjs: filters that choose documents, and updates that change them.

const CODE_NAMES = {
    2: 'BadValue',
    9: 'FailedToParse',
    26: 'NamespaceNotFound',
    40: 'ConflictingUpdateOperators',
    59: 'CommandNotFound',
    66: 'ImmutableField',
    96: 'OperationFailed',
    10334: 'BSONObjectTooLarge',
    11000: 'DuplicateKey',
};

// What a server would answer with an error.
export class Failure extends Error {
    constructor(code, message) {
        super(message);
        this.code = code;
        this.codeName = CODE_NAMES[code] ?? `Location${code}`;
    }
}

const LOGIC = {
    $and: (document, filters) =>
        filters.every((filter) => matches(document, filter)),
    $or: (document, filters) =>
        filters.some((filter) => matches(document, filter)),
    $nor: (document, filters) =>
        !filters.some((filter) => matches(document, filter)),
};

const CONDITIONS = {
    $eq: equals,
    $ne: (value, wanted) => !equals(value, wanted),
    $gt: (value, bound) => compare(value, bound) > 0,
    $gte: (value, bound) => compare(value, bound) >= 0,
    $lt: (value, bound) => compare(value, bound) < 0,
    $lte: (value, bound) => compare(value, bound) <= 0,
    $in: (value, list) => list.some((wanted) => equals(value, wanted)),
    $nin: (value, list) => !list.some((wanted) => equals(value, wanted)),
    $exists: (value, wanted) => (value !== undefined) === Boolean(wanted),
};

const CHANGES = {
    $set: (document, path, value) => put(document, path, value),
    $setOnInsert: (document, path, value, inserting) =>
        inserting && put(document, path, value),
    $unset: (document, path) => {
        const { holder, key } = walk(document, path);
        if (holder) delete holder[key];
    },
    $inc: (document, path, by) =>
        put(document, path, (look(document, path) ?? 0) + Number(by)),
    $currentDate: (document, path) => put(document, path, new Date()),
};

export function matches(document, filter) {
    return Object.entries(filter).every(([path, wanted]) => {
        if (path === '$comment') return true;
        if (Object.hasOwn(LOGIC, path)) return LOGIC[path](document, wanted);
        if (path.startsWith('$'))
            throw new Failure(2, `unknown top level operator: ${path}`);
        return meets(look(document, path), wanted);
    });
}

// The document that `changes` make of `document`, which stays as it is.
export function change(document, changes, inserting) {
    if (Array.isArray(changes))
        throw new Failure(9, 'updates by a pipeline are not known here');
    const operators = Object.keys(changes);
    if (!operators.some((operator) => operator.startsWith('$')))
        return replace(document, changes);
    const changed = structure(document);
    for (const operator of operators) {
        if (!Object.hasOwn(CHANGES, operator))
            throw new Failure(9, `Unknown modifier: ${operator}`);
        for (const [path, value] of Object.entries(changes[operator]))
            CHANGES[operator](changed, path, value, inserting);
    }
    if (document._id !== undefined && !equals(changed._id, document._id))
        throw new Failure(66, "the field '_id' cannot be changed");
    return changed;
}

export function copyPath(from, to, path) {
    const value = Object.hasOwn(from, path) ? from[path] : look(from, path);
    if (value !== undefined) put(to, path, value);
}

function replace(document, changes) {
    if (document._id === undefined) return changes;
    if (changes._id !== undefined && !equals(changes._id, document._id))
        throw new Failure(66, "the field '_id' cannot be changed");
    return { _id: document._id, ...changes };
}

function meets(value, wanted) {
    const names = isPlain(wanted) ? Object.keys(wanted) : [];
    if (!names.some((name) => name.startsWith('$')))
        return equals(value, wanted);
    return names.every((name) => {
        if (!Object.hasOwn(CONDITIONS, name))
            throw new Failure(2, `unknown operator: ${name}`);
        return CONDITIONS[name](value, wanted[name]);
    });
}

// null is met by what is not there, as in MongoDB.
function equals(value, wanted) {
    if (isPlain(value) && isPlain(wanted)) return sameMembers(value, wanted);
    if (value === undefined || value === null) return (wanted ?? null) === null;
    return compare(value, wanted) === 0;
}

function sameMembers(one, other) {
    const keys = Object.keys(one);
    return (
        keys.length === Object.keys(other).length &&
        keys.every(
            (key) => Object.hasOwn(other, key) && equals(one[key], other[key]),
        )
    );
}

// Less than, equal to, more than nought; NaN for what cannot be compared:
// values of two types never meet.
function compare(one, other) {
    const [a, b] = [rank(one), rank(other)];
    if (a.type !== b.type) return NaN;
    if (a.value === b.value) return 0;
    return a.value < b.value ? -1 : 1;
}

function rank(value) {
    if (value instanceof Date) return { type: 'date', value: value.getTime() };
    if (value?._bsontype === 'Long')
        return { type: 'number', value: Number(value) };
    if (value?._bsontype === 'ObjectId')
        return { type: 'id', value: value.toHexString() };
    if (typeof value === 'object' && value !== null)
        return { type: 'object', value: JSON.stringify(value) };
    return { type: typeof value, value };
}

function look(document, path) {
    const { holder, key } = walk(document, path);
    return holder?.[key];
}

function put(document, path, value) {
    const { holder, key } = walk(document, path, true);
    if (!holder) throw new Failure(28, `cannot make the field ${path}`);
    Object.defineProperty(holder, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
    });
}

// The object that holds the last member of a dotted path, made on the way
// where `making`; no holder where the path leads through something else.
function walk(document, path, making = false) {
    const names = path.split('.');
    const key = names.pop();
    let holder = document;
    for (const name of names) {
        if (!Object.hasOwn(holder, name)) {
            if (!making) return { key };
            holder[name] = {};
        }
        holder = holder[name];
        if (!isPlain(holder)) return { key };
    }
    return making || Object.hasOwn(holder, key) ? { holder, key } : { key };
}

function isPlain(value) {
    return (
        typeof value === 'object' &&
        value !== null &&
        !Array.isArray(value) &&
        !(value instanceof Date) &&
        !value._bsontype
    );
}

// A copy of all that an update may reach into.
function structure(value) {
    if (!isPlain(value)) return value;
    const copy = {};
    for (const key of Object.keys(value))
        Object.defineProperty(copy, key, {
            value: structure(value[key]),
            writable: true,
            enumerable: true,
            configurable: true,
        });
    return copy;
}
