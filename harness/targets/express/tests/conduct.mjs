// conduct.mjs: what a store of --store may do wrong, and what is told of it

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { NOW } from './client.mjs';
import { start } from './target.mjs';

const equal = assert.deepEqual;
const factory = new URL('faulty.mjs', import.meta.url).pathname;
const session = { cookie: { maxAge: 60_000 }, a: 1 };
const set = { op: 'set', sid: 'a', session };
const get = { op: 'get', sid: 'a' };

describe('the conduct of a store', () => {
    let target;

    before(async () => {
        target = await start('--store', `node:${factory}`);
    });

    after(async () => {
        assert.equal(await target.stop(), 0);
    });

    // What came of it: the answers, and the events in short.
    async function play(id, ...operations) {
        const app = await target.app({}, id);
        const answers = [];
        for (const operation of operations)
            answers.push(await app.store(operation));
        await new Promise((resolve) => setTimeout(resolve, 20));
        const events = (await app.events()).map(
            ({ event, op, text }) => `${event} ${op}: ${text}`,
        );
        return { app, answers, events };
    }

    async function events(id, ...operations) {
        return (await play(id, ...operations)).events;
    }

    test('what it says of itself is in the 201', async () => {
        const app = await target.app({}, 'good');
        const { operations, capabilities, ...store } = app.made.store;
        equal(operations.length, 7);
        equal(capabilities, ['host-clock', 'namespace', 'emit', 'reopen']);
        equal(store, {
            name: 'faulty',
            version: '1.2.3',
            resolution: 10,
            licence: [
                { checks: 'STO-31', why: 'it says so', source: 'README' },
            ],
        });
    });

    test('a good one has no event, whatever is called', async () => {
        const operations = [
            ...[set, get, { ...set, op: 'touch' }],
            ...[{ op: 'all' }, { op: 'length' }, { op: 'reopen' }],
            ...[set, { op: 'destroy', sid: 'a' }, set, { op: 'clear' }],
            ...[{ ...set, callback: false }, { ...get, callback: 'throws' }],
            { op: 'clear', callback: false },
            { ...set, circular: true },
        ];
        const { answers, events } = await play('good', ...operations);
        equal(events, ['thrown set: ' + answers.at(-1).error.message]);
        equal(answers[11], { called: 1 });
    });

    test('a callback that comes twice', async () => {
        equal(await events('twice', set), [
            'callback-twice set: called back again',
        ]);
        const app = await target.app({}, 'twice');
        equal((await app.get([['set', 'a', 1]])).status, 200);
        equal(await app.calls(), ['set:ok', 'callback-twice']);
    });

    test('a callback that is called again as it throws', async () => {
        const throwing = { ...get, callback: 'throws' };
        const name = 'twice-when-thrown';
        const { answers, events } = await play(name, set, throwing, get);
        equal(answers[1], { called: 2 });
        equal(answers[2].session.a, 1);
        equal(events, []);
    });

    test('a callback that never comes', async () => {
        const app = await target.app({}, 'never');
        const silence = (s) => ({
            error: { message: `no callback within ${s} s` },
        });
        const asked = ['a', 'b', 'c'].map((sid) => app.store({ ...get, sid }));
        equal(await Promise.all(asked), [silence(6), silence(6), silence(6)]);
        equal(await app.store(get), silence(1));
        equal(await app.events(), []);
    });

    test('a callback that comes again is waited for again', async () => {
        const { answers } = await play('good', set, get);
        equal(answers[1].session.a, 1);
        const app = await target.app({}, 'never');
        const message = 'no callback within 6 s';
        equal(await app.store(get), { error: { message } });
    });

    test('a callback that comes before the effect', async () => {
        const text = 'called back before the effect could be seen';
        const destroy = { op: 'destroy', sid: 'a' };
        equal(await events('early', set, destroy, set, { op: 'clear' }), [
            `callback-early set: ${text}`,
            `callback-early destroy: ${text}`,
            `callback-early set: ${text}`,
            `callback-early clear: ${text}`,
        ]);
    });

    test('an exception where a callback was due', async () => {
        const { app, answers, events } = await play('throws', get);
        equal(answers[0], { error: { message: 'no connection' } });
        equal(events, ['thrown get: no connection']);
        app.cookie = 'connect.sid=s%3Ax';
        equal((await app.get()).status, 200);
    });

    test('an exception later', async () => {
        const { answers, events } = await play('throws-later', get);
        const message = 'no callback: no connection';
        equal(answers[0], { error: { message } });
        equal(events, ['uncaught-exception get: no connection']);
    });

    test('an exception of what stores share is the caller\'s', async () => {
        const other = await target.app({}, 'good');
        const parts = [
            ['throws-outside', get],
            ['throws-from-a-pool', set, { ...get, sid: 'b' }],
        ];
        for (const [name, ...operations] of parts) {
            const { answers, events } = await play(name, ...operations);
            const message = 'no callback: cut off';
            equal(answers.at(-1), { error: { message } });
            equal(events, ['uncaught-exception get: cut off']);
        }
        equal(await other.events(), []);
    });

    test('an exception on a link is not its opener\'s', async () => {
        const opener = await play('throws-on-a-link', set);
        equal(opener.answers, [{}]);
        await target.call('DELETE', `/apps/${opener.app.id}`);
        const { answers, events } = await play('throws-on-a-link', get);
        equal(answers, [{ error: { message: 'no callback: cut off' } }]);
        equal(events, ['uncaught-exception get: cut off']);
    });

    test('an exception of one that is gone is nobody\'s', async () => {
        const { app } = await play('throws-when-gone', get);
        const other = await target.app({}, 'good');
        await target.call('DELETE', `/apps/${app.id}`);
        await new Promise((resolve) => setTimeout(resolve, 80));
        equal(await other.events(), []);
    });

    test('a rejection, without a callback and beside one', async () => {
        const { answers, events: told } = await play('rejects', {
            ...{ ...set, op: 'touch' },
        });
        const message = 'no callback: no connection';
        equal(answers[0], { error: { message } });
        equal(told, ['unhandled-rejection touch: no connection']);
        const both = await play('rejects-and-calls', set, get);
        equal(both.answers[1].session.a, 1);
        assert.ok(
            both.events.includes('unhandled-rejection get: no connection'),
        );
    });

    test('a rejection in a request ends its wait', async () => {
        const app = await target.app(
            { options: { cookie: { maxAge: 60_000 } } },
            'rejects',
        );
        await app.get([['set', 'a', 1]]);
        app.get().catch(() => {}); // its end waits for touch
        await new Promise((resolve) => setTimeout(resolve, 50));
        equal((await app.calls(1)).slice(-1), ['unhandled-rejection']);
    });

    test('the session that is handed in changed, then or later', async () => {
        const text = 'the session handed over changed';
        equal(await events('mutates', set), [`argument-mutated set: ${text}`]);
        equal(await events('mutates-later', set), [
            `argument-mutated set: ${text} after the callback`,
        ]);
    });

    test('a live object handed out is told once', async () => {
        const { answers, events } = await play('live', set, get, get);
        equal(events, [
            'live-object get: what get gave is what the store holds',
        ]);
        equal(answers[2], answers[1]);
        equal(Object.keys(answers[2].session).sort(), ['a', 'cookie']);
    });

    test('the ids that all writes on sessions are no data', async () => {
        const { answers } = await play('all-with-ids', set, { op: 'all' }, get);
        const [{ sid, session: found }] = answers[1].sessions;
        equal([sid, found.a, 'id' in found], ['a', 1, false]);
        equal(answers[2], { session: null }); // its ENOENT says so
    });

    test('a missing callback that it calls', async () => {
        equal(await events('callback', { op: 'clear', callback: false }), [
            'uncaught-exception clear: done is not a function',
        ]);
    });

    test("a warning of Node's", async () => {
        const { made } = await target.app({}, 'overflow');
        assert.match(made.warnings[0], /^TimeoutOverflowWarning: /);
    });

    test('one that does not open is 503, in one line', async () => {
        const path = '/apps/unopened';
        const reply = await target.call('PUT', path, {
            options: { secret: 'cat' },
        });
        equal(reply.status, 503);
        assert.match(reply.json.error.message, /no connection at all$/);
    });

    test('break and mend are those of its maker', async () => {
        const parts = [{ op: 'break' }, get, { op: 'mend' }, get];
        const { app, answers } = await play('breaks', { op: 'mend' }, ...parts);
        assert.ok(app.made.store.capabilities.includes('break'));
        equal(answers, [
            {},
            {},
            { error: { message: 'gone' } },
            {},
            { session: null },
        ]);
    });

    test('DELETE closes it, and with it what it stored', async () => {
        const app = await target.app({}, 'good');
        await app.store(set);
        equal((await target.call('DELETE', '/apps/good')).status, 200);
        const again = await target.app({}, 'good');
        equal(await again.store(get), { session: null });
    });

    test('many at once are made and dropped in their order', async () => {
        const path = '/apps/many';
        const body = { options: { secret: 'cat' } };
        const replies = await Promise.all([
            ...[target.call('PUT', path, body), target.call('DELETE', path)],
            ...[target.call('PUT', path, body), target.call('PUT', path, body)],
        ]);
        for (const { status } of replies) assert.ok(status <= 404);
    });

    test('a store with a clock of its own has the real time', async () => {
        const real = await start('--store', `node:${factory}?clock=real`);
        for (const [url, isReal] of [
            [real, true],
            [target, false],
        ]) {
            const app = await url.app({}, 'tells-time');
            const clock = isReal ? 'real-clock' : 'host-clock';
            assert.ok(app.made.store.capabilities.includes(clock));
            const { now } = (await app.store(get)).session;
            equal(now, isReal ? now : NOW);
            assert.ok(!isReal || Math.abs(now - Date.now()) < 60_000);
        }
        await real.stop();
    });

    test('one that ends the process is named by its last words', async () => {
        const child = await start('--store', `node:${factory}`);
        const app = await child.app({}, 'exits');
        const ended = once(child.child, 'exit');
        await assert.rejects(app.store({ op: 'destroy', sid: 'a' }));
        equal((await ended)[0], 7);
    });
});
