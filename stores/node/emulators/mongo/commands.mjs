// commands.mjs: the commands of our MongoDB, and the collections that they
// work on.
//
// One member of COMMANDS is one command; what is not there is refused, as a
// server refuses it. Collections come to be with their first document.

import { Failure, change, copyPath, matches } from './documents.mjs';

const LARGEST_DOCUMENT = 16 * 1024 * 1024;

const COMMANDS = {
    hello: greet,
    isMaster: greet,
    ismaster: greet,
    ping: () => ({}),
    buildInfo: () => ({ version: '7.0.0', versionArray: [7, 0, 0, 0] }),
    endSessions: () => ({}),
    killCursors: () => ({ cursorsKilled: [] }),
    find,
    count,
    aggregate,
    insert,
    update,
    delete: remove,
    drop,
    dropDatabase,
    createIndexes,
    listIndexes,
    listCollections,
    configureFailPoint,
};

export class Database {
    constructor(bson) {
        this.bson = bson;
        this.collections = new Map(); // "database.collection" → documents
        this.failures = new Map(); // likewise → what failCommand was told
    }

    // A command's document to the document of its reply.
    run(command) {
        const [name] = Object.keys(command);
        try {
            if (!Object.hasOwn(COMMANDS, name))
                throw new Failure(59, `no such command: '${name}'`);
            this.#fail(name, command);
            return { ...COMMANDS[name](this, command), ok: 1 };
        } catch (err) {
            if (!(err instanceof Failure)) throw err;
            const { code, codeName, message } = err;
            return { ok: 0, errmsg: message, code, codeName };
        }
    }

    // The collection that a command names with its first member: its documents
    // by the key of their _id, in the order of insertion.
    documents(command) {
        const name = nameOf(command);
        if (!this.collections.has(name)) return new Map();
        return this.collections.get(name);
    }

    keyOf(id) {
        return this.#bytes({ id }).toString('latin1');
    }

    // Puts `document` in the place of `key`, or throws.
    keep(command, key, document) {
        if (this.#bytes(document).length > LARGEST_DOCUMENT)
            throw new Failure(10334, 'BSONObj size is invalid');
        const name = nameOf(command);
        if (!this.collections.has(name)) this.collections.set(name, new Map());
        this.collections.get(name).set(key, document);
    }

    #bytes(document) {
        return Buffer.from(this.bson.serialize(document));
    }

    #fail(name, command) {
        const failure = this.failures.get(nameOf(command));
        if (failure?.commands.includes(name))
            throw new Failure(
                failure.code,
                "Failing command via 'failCommand'",
            );
    }
}

function nameOf(command) {
    return `${command.$db}.${Object.values(command)[0]}`;
}

function greet() {
    return {
        ismaster: true,
        isWritablePrimary: true,
        helloOk: true,
        maxBsonObjectSize: LARGEST_DOCUMENT,
        maxMessageSizeBytes: 48000000,
        maxWriteBatchSize: 100000,
        localTime: new Date(),
        logicalSessionTimeoutMinutes: 30,
        minWireVersion: 0,
        maxWireVersion: 21,
        readOnly: false,
    };
}

function select(database, command, filter = {}) {
    return [...database.documents(command)].filter(([, document]) =>
        matches(document, filter),
    );
}

// All that is found, as one batch: a real server cuts it in pieces.
function cursor(command, documents) {
    const ns = nameOf(command);
    return { cursor: { id: 0n, ns, firstBatch: documents } };
}

function find(database, command) {
    const { filter, projection, skip = 0, limit = 0 } = command;
    const found = select(database, command, filter).map(([, doc]) => doc);
    const end = limit ? Number(skip) + Math.abs(Number(limit)) : undefined;
    const page = found.slice(Number(skip), end);
    return cursor(command, projectAll(page, projection));
}

// Only { field: 1, … }, with or without _id.
function projectAll(documents, projection = {}) {
    const { _id = 1, ...fields } = projection;
    const paths = Object.keys(fields);
    if (paths.some((path) => Number(fields[path]) !== 1))
        throw new Failure(2, 'projections that leave out are not known here');
    if (paths.length === 0) return documents;
    return documents.map((document) => {
        const shown = Number(_id) ? { _id: document._id } : {};
        for (const path of paths) copyPath(document, shown, path);
        return shown;
    });
}

function count(database, command) {
    return { n: select(database, command, command.query).length };
}

// Only what counting documents is made of: $match, then $group.
function aggregate(database, command) {
    const [{ $match } = {}, group, ...rest] = command.pipeline;
    const { _id, n } = group?.$group ?? {};
    if (!$match || Number(n?.$sum) !== 1 || rest.length > 0)
        throw new Failure(40324, 'a pipeline that is not known here');
    const number = select(database, command, $match).length;
    return cursor(command, number ? [{ _id, n: number }] : []);
}

function insert(database, command) {
    let n = 0;
    return writeEach(command.documents, command.ordered, (document) => {
        if (!Object.hasOwn(document, '_id'))
            document = { _id: new database.bson.ObjectId(), ...document };
        const key = database.keyOf(document._id);
        if (database.documents(command).has(key))
            throw new Failure(11000, 'E11000 duplicate key error');
        database.keep(command, key, document);
        return { n: ++n };
    });
}

function update(database, command) {
    const sum = { n: 0, nModified: 0 };
    return writeEach(command.updates, command.ordered, (step, index) => {
        const { q: filter, u: changes, upsert, multi } = step;
        const found = select(database, command, filter);
        for (const [key, old] of multi ? found : found.slice(0, 1)) {
            const renewed = change(old, changes, false);
            const same = database.keyOf(old) === database.keyOf(renewed);
            database.keep(command, key, renewed);
            sum.n++;
            if (!same) sum.nModified++;
        }
        if (found.length > 0 || !upsert) return sum;
        const made = change(seed(filter), changes, true);
        made._id ??= new database.bson.ObjectId();
        database.keep(command, database.keyOf(made._id), made);
        sum.n++;
        sum.upserted = [...(sum.upserted ?? []), { index, _id: made._id }];
        return sum;
    });
}

// What an upsert starts from: the filter's plain equalities.
function seed(filter) {
    const plain = ([path, value]) =>
        !path.startsWith('$') &&
        !Object.keys(Object(value)).some((key) => key.startsWith('$'));
    const start = {};
    for (const [path, value] of Object.entries(filter).filter(plain))
        copyPath({ [path]: value }, start, path);
    return start;
}

function remove(database, command) {
    let n = 0;
    return writeEach(command.deletes, command.ordered, (step) => {
        const found = select(database, command, step.q);
        const doomed = Number(step.limit) ? found.slice(0, 1) : found;
        for (const [key] of doomed) database.documents(command).delete(key);
        return { n: (n += doomed.length) };
    });
}

// Does `step` for each, until one fails where they are ordered. The sums of
// the last are those of all.
function writeEach(steps, ordered = true, step) {
    const writeErrors = [];
    let sums = { n: 0 };
    for (const [index, item] of steps.entries()) {
        try {
            sums = step(item, index);
        } catch (err) {
            if (!(err instanceof Failure)) throw err;
            const { code, message: errmsg } = err;
            writeErrors.push({ index, code, errmsg });
            if (ordered) break;
        }
    }
    return writeErrors.length ? { ...sums, writeErrors } : sums;
}

function drop(database, command) {
    if (!database.collections.delete(nameOf(command)))
        throw new Failure(26, 'ns not found');
    return {};
}

function dropDatabase(database, command) {
    for (const name of [...database.collections.keys()])
        if (name.startsWith(`${command.$db}.`))
            database.collections.delete(name);
    return {};
}

// Made and forgotten: see mongo.mjs.
function createIndexes() {
    return { numIndexesBefore: 1, numIndexesAfter: 2 };
}

function listIndexes(database, command) {
    return cursor(command, [{ v: 2, key: { _id: 1 }, name: '_id_' }]);
}

function listCollections(database, command) {
    const prefix = `${command.$db}.`;
    const names = [...database.collections.keys()]
        .filter((name) => name.startsWith(prefix))
        .map((name) => ({
            name: name.slice(prefix.length),
            type: 'collection',
        }))
        .filter((entry) => matches(entry, command.filter ?? {}));
    return cursor(command, names);
}

// The server's failCommand, one for each namespace, which must be named; and
// `off` turns off that of the namespace, or all.
function configureFailPoint(database, command) {
    const { mode, data = {} } = command;
    if (command.configureFailPoint !== 'failCommand')
        throw new Failure(2, 'the only fail point here is failCommand');
    if (mode === 'off' && data.namespace === undefined)
        database.failures.clear();
    else if (mode === 'off') database.failures.delete(data.namespace);
    else if (mode === 'alwaysOn' && typeof data.namespace === 'string')
        database.failures.set(data.namespace, {
            commands: data.failCommands,
            code: data.errorCode,
        });
    else throw new Failure(2, 'wants alwaysOn and a namespace, or off');
    return {};
}
