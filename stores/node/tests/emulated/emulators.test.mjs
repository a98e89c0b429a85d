// emulators.test.mjs: the emulators live as long as their stdin, and our
// MongoDB keeps to what MongoDB does

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBackend } from '../../backends.mjs';
import { openGate } from '../../gate.mjs';
import { installFolder } from '../../install.mjs';
import { change, matches } from '../../emulators/mongo/documents.mjs';

const MONGO = fileURLToPath(new URL('../../emulators/mongo', import.meta.url));
const equal = assert.deepEqual;

// The port of an address, whatever its form.
function portOf(address) {
    return Number(/:(\d+)(?=\/|;|$)/.exec(address)[1]);
}

function serves(port) {
    return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket
            .on('connect', () => {
                resolve(true);
                socket.destroy();
            })
            .on('error', () => resolve(false));
    });
}

// Offline, with nothing in the cache, there is nothing to be tried.
async function start(t, name) {
    try {
        return await startBackend(name);
    } catch (err) {
        if (!/cannot reach its registry|needs /.test(err.message)) throw err;
        t.skip(err.message);
        return null;
    }
}

for (const name of ['mongo', 'dynalite', 'pouchdb', 'azurite', 'firebase'])
    test(`${name} stops and starts, and ends with its stdin`, async (t) => {
        const backend = await start(t, name);
        if (!backend) return;
        const port = portOf(backend.address);
        assert.ok(await serves(port));
        await backend.stop();
        assert.ok(!(await serves(port)));
        await backend.start();
        assert.ok(await serves(port));
        await backend.end();
        assert.ok(!(await serves(port)));
    });

for (const name of ['firestore', 'datastore'])
    test(`${name} cannot be restarted, and ends with its stdin`, async (t) => {
        const backend = await start(t, name);
        if (!backend) return;
        assert.equal(backend.canRestart, false);
        const port = portOf(backend.address);
        assert.ok(await serves(port));
        await assert.rejects(backend.stop(), /its data would be lost/);
        assert.ok(await serves(port));
        await backend.end();
        assert.ok(!(await serves(port)));
    });

// One command to our MongoDB, by the wire.
async function converse(t) {
    const backend = await start(t, 'mongo');
    if (!backend) return null;
    t.after(() => backend.end());
    const folder = await installFolder(MONGO);
    const bson = createRequire(path.join(folder, 'package.json'))('bson');
    const socket = net.connect(portOf(backend.address), '127.0.0.1');
    t.after(() => socket.destroy());
    const replies = socket[Symbol.asyncIterator]();
    return async (command) => {
        const body = bson.serialize({ ...command, $db: 'd' });
        const head = Buffer.alloc(21);
        head.writeInt32LE(head.length + body.length, 0);
        head.writeInt32LE(2013, 12);
        // In two pieces, as a network may.
        socket.write(head);
        setImmediate(() => socket.write(body));
        const { value } = await replies.next();
        return bson.deserialize(value.subarray(21));
    };
}

test('what is set in MongoDB is found, counted and deleted', async (t) => {
    const send = await converse(t);
    if (!send) return;
    const set = { q: { _id: 'a' }, u: { $set: { n: 1 } }, upsert: true };
    const first = await send({ update: 'c', updates: [set] });
    equal(first, {
        n: 1,
        nModified: 0,
        upserted: [{ index: 0, _id: 'a' }],
        ok: 1,
    });
    const again = await send({ update: 'c', updates: [set] });
    equal(again, { n: 1, nModified: 0, ok: 1 });
    const found = await send({ find: 'c', filter: { n: { $gt: 0 } } });
    equal(found.cursor.firstBatch, [{ _id: 'a', n: 1 }]);
    const counted = await send({
        aggregate: 'c',
        pipeline: [{ $match: {} }, { $group: { _id: 1, n: { $sum: 1 } } }],
    });
    equal(counted.cursor.firstBatch, [{ _id: 1, n: 1 }]);
    equal(await send({ delete: 'c', deletes: [{ q: {}, limit: 0 }] }), {
        n: 1,
        ok: 1,
    });
    equal(await send({ count: 'c' }), { n: 0, ok: 1 });
});

test('MongoDB says no to what it does not know', async (t) => {
    const send = await converse(t);
    if (!send) return;
    const unknown = await send({ shutdown: 1 });
    equal([unknown.ok, unknown.code], [0, 59]);
    const odd = await send({ find: 'c', filter: { $where: '1' } });
    equal([odd.ok, odd.code], [1, undefined]); // there is nothing to judge
    const documents = [{ _id: 'a' }, { _id: 'a' }];
    const twice = await send({ insert: 'c', documents });
    equal(twice.writeErrors[0].code, 11000);
    const where = await send({ find: 'c', filter: { $where: '1' } });
    equal([where.ok, where.code], [0, 2]);
});

test('a collection of MongoDB can be made to fail, and no other', async (t) => {
    const send = await converse(t);
    if (!send) return;
    const fail = (mode) =>
        send({
            configureFailPoint: 'failCommand',
            mode,
            data: { namespace: 'd.c', failCommands: ['find'], errorCode: 96 },
        });
    equal((await fail('alwaysOn')).ok, 1);
    equal((await send({ find: 'c', filter: {} })).code, 96);
    equal((await send({ count: 'c' })).ok, 1);
    equal((await send({ find: 'other', filter: {} })).ok, 1);
    await fail('off');
    equal((await send({ find: 'c', filter: {} })).ok, 1);
});

test('a filter chooses as MongoDB does', () => {
    const when = new Date(1000);
    const document = { _id: 'a', when, in: { deep: [1, 2] }, none: null };
    const yes = [
        {},
        { _id: 'a' },
        { when: { $gt: new Date(999), $lte: new Date(1000) } },
        { $or: [{ gone: { $exists: false } }, { _id: 'b' }] },
        { 'in.deep': [1, 2] },
        { gone: null, none: null },
        { _id: { $in: ['b', 'a'] }, gone: { $ne: 1 } },
    ];
    const no = [
        { _id: 'A' },
        { when: { $gt: when } },
        { when: { $lt: 5000 } }, // a number is no date
        { 'in.deep': [2, 1] },
        { gone: { $exists: true } },
        { _id: { $gt: 1 } },
        { constructor: { $exists: true } },
    ];
    for (const filter of yes) assert.ok(matches(document, filter));
    for (const filter of no) assert.ok(!matches(document, filter));
});

test('an update leaves the document that it is of as it was', () => {
    const old = { _id: 'a', in: { n: 1 }, keep: 1 };
    const changes = {
        $set: { 'in.m': 2, JSON: { 'a.b': 1 } },
        $unset: { keep: 1 },
        $setOnInsert: { born: 1 },
    };
    equal(change(old, changes, false), {
        _id: 'a',
        in: { n: 1, m: 2 },
        JSON: { 'a.b': 1 },
    });
    equal(old, { _id: 'a', in: { n: 1 }, keep: 1 });
    assert.equal(change({}, changes, true).born, 1);
    assert.throws(() => change(old, { $set: { _id: 'b' } }), { code: 66 });
    assert.throws(() => change(old, { $push: { n: 1 } }), { code: 9 });
    const odd = JSON.parse('{"__proto__":{"n":1}}');
    const kept = change({ _id: 'a' }, { $set: odd }, false);
    equal(Object.keys(kept), ['_id', '__proto__']);
    equal(change(kept, { $set: { m: 1 } }, false).n, undefined);
});

test('a gate shuts for those who come through it alone', async (t) => {
    const echo = net.createServer((socket) => socket.pipe(socket));
    await new Promise((resolve) => echo.listen(0, '127.0.0.1', resolve));
    t.after(() => echo.close());
    const direct = echo.address().port;
    const gate = await openGate(`http://user:p%40ss@127.0.0.1:${direct}/x`);
    const port = portOf(gate.address);
    assert.equal(gate.address, `http://user:p%40ss@127.0.0.1:${port}/x`);

    const socket = net.connect(port, '127.0.0.1');
    socket.write('there');
    const heard = await new Promise((resolve) => socket.once('data', resolve));
    assert.equal(heard.toString(), 'there');
    const cut = new Promise((resolve) => socket.once('close', resolve));
    await gate.break();
    await cut;
    assert.ok(!(await serves(port)));
    assert.ok(await serves(direct));
    await gate.mend();
    assert.ok(await serves(port));
    await gate.close();
    await gate.close();
    assert.ok(!(await serves(port)));
});
