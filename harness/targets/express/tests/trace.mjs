// trace.mjs: trace, faults, clock

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOW } from './client.mjs';
import { release, sign, target } from './target.mjs';

const equal = assert.deepEqual;

describe('trace, faults and clock', () => {
    test('an event holds what was handed over, as it was', async () => {
        const app = await target.app();
        const { json } = await app.get(
            [['set', 'a', 1], ['save'], ['set', 'a', 2]],
            { 'Spec-Label': 'me' },
        );
        const cookie = {
            ...{ originalMaxAge: null, expires: null },
            ...{ httpOnly: true, path: '/' },
        };
        const event = (n) => ({
            ...{ n, request: 'me', op: 'set', sid: json.sessionID },
            ...{ session: { cookie, a: n }, outcome: 'ok' },
        });
        equal(await app.events(), [event(1), event(2)]);
        equal(await app.events(1), [event(2)]);
        await app.get();
        equal(await app.calls(2), ['get:hit', 'touch:ok']);
        equal((await app.events(2))[0].request, null);
    });

    test('what debug prints is an event, where it is asked for', async () => {
        const app = await target.app({ settings: { debug: true } });
        const quiet = await target.app({ settings: { debug: false } });
        await app.get([['set', 'a', 1]]);
        await quiet.get([['set', 'a', 1]]);
        const { sid } = (await app.events()).find((event) => event.op);
        const told = (await app.events()).filter((event) => event.event);
        const cookie = `connect.sid=${sign(sid, 'cat')}; Path=/; HttpOnly`;
        equal(
            // Which of the last two comes first is a matter of the release.
            told.map(({ event, text }) => `${event}: ${text}`).sort(),
            [
                'debug: no SID sent, generating session',
                `debug: saving ${sid}`,
                `debug: set-cookie ${cookie}`,
                'debug: split response',
            ],
        );
        equal((await quiet.events()).length, 1);
    });

    test('a fault replaces the call, and is counted down', async () => {
        const app = await target.app();
        await app.get([['set', 'a', 1]]);
        const error = { message: 'boom', code: 'EIO' };
        await app.post('fault', { op: 'get', error, times: 2 });
        for (let i = 0; i < 2; i++) {
            const reply = await app.get([['set', 'a', 2]]);
            equal(reply.status, 500);
            equal(reply.json, { error: { name: 'Error', message: 'boom' } });
        }
        equal((await app.get()).json.session, { a: 1 });
        await app.post('fault', { op: 'set', error });
        const { json } = await app.get([['set', 'a', 3], ['save']]);
        equal(json.log[1], { do: 'save', error });
        equal(await app.store({ op: 'length' }), { length: 1 });
    });

    test('ENOENT from get is a miss for the request', async () => {
        const app = await target.app();
        const { json } = await app.get([['set', 'a', 1]]);
        const error = { message: 'x', code: 'ENOENT' };
        await app.post('fault', { op: 'get', error });
        assert.notEqual((await app.get()).json.sessionID, json.sessionID);
        equal((await app.calls())[1], 'get:error');
    });

    test('an error at the end is an event, and the answer comes', async () => {
        const app = await target.app();
        await app.post('fault', { op: 'set', error: { message: 'late' } });
        equal((await app.get([['set', 'a', 1]])).status, 200);
        const [call, event] = await app.events();
        equal(call.outcome, 'error');
        equal(event, { n: 2, event: 'error', text: 'late' });
    });

    test('a delayed call is done before the answer ends', async () => {
        const app = await target.app();
        await app.post('fault', { op: 'set', delay: 30 });
        const { json } = await app.get([['set', 'a', 1]]);
        const { session } = await app.store({ op: 'get', sid: json.sessionID });
        equal(session.a, 1);
    });

    test('a frozen clock moves by advance alone', async () => {
        const app = await target.app({ options: { cookie: { maxAge: 1000 } } });
        await app.get([['set', 'a', 1]]);
        const moved = await app.post('clock', { advance: 999 });
        equal(moved.json, { now: NOW + 999 });
        equal((await app.get()).json.now, NOW + 999);
        await app.post('clock', { advance: 1000 });
        equal((await app.get()).json.session, {});
        const real = await target.app({ clock: undefined });
        equal((await real.post('clock', { advance: 1 })).status, 409);
        assert.ok(Math.abs((await real.get()).json.now - Date.now()) < 60_000);
    });

    test('a warning of a request is an event, once an app', async () => {
        for (let i = 0; i < 2; i++) {
            const app = await target.app({ settings: { cookieParser: 'dog' } });
            const session = { cookie: {}, a: 1 };
            await app.store({ op: 'set', sid: 'me', session });
            app.cookie = `connect.sid=${sign('me', 'dog')}`;
            equal((await app.get()).json.session, { a: 1 });
            await app.get();
            equal(
                (await app.events()).filter(({ event }) => event === 'warning'),
                [
                    {
                        ...{ n: 1, event: 'warning' },
                        text: 'cookie should be available in req.headers.cookie',
                    },
                ],
            );
        }
    });

    test('an exception in a callback is the error of the action', async (t) => {
        if (release < 117) return t.skip('its MemoryStore throws at once');
        const app = await target.app();
        const { json } = await app.get([['set', 'a', 1]]);
        const path = `/schedules/${app.id}`;
        const body = { apps: [app.id], labels: ['me'], then: 'stop' };
        await target.call('PUT', path, body);
        const show = () => target.call('GET', `${path}?wait=20000`);
        const go = async () => {
            await show();
            await target.call('POST', path, { go: 'me' });
        };
        const reply = app.get([['point', 'p'], ['reload'], ['read', 'a']], {
            'Spec-Label': 'me',
        });
        await go();
        await show();
        await app.store({ op: 'set', sid: json.sessionID, session: { a: 1 } });
        for (let i = 0; i < 3; i++) await go();
        const { log } = (await reply).json;
        assert.match(log[1].error.message, /undefined/);
        equal(log[2], { do: 'read', value: 1 });
        equal(await app.calls(), [
            ...['set:ok', 'get:hit', 'get:hit'],
            ...['uncaught-exception', 'touch:ok'],
        ]);
    });
});
