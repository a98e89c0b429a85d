// actions.mjs: what each action does, and what the answer says of it

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOW } from './client.mjs';
import { release, target } from './target.mjs';

const equal = assert.deepEqual;
const errors = (reply) => reply.json.log.map((entry) => entry.error?.message);

describe('the actions', () => {
    test('paths make what is missing, and end at a scalar', async () => {
        const app = await target.app();
        const reply = await app.get([
            ['set', 'user.name', 'tobi'],
            ['set', 'user.name.first', 1],
            ['add', 'views.n', 2],
            ['add', 'views.n', 0.5],
            ['add', 'user.name', 1],
            ['push', 'list.a', 1],
            ['push', 'list.a', [2]],
            ['push', 'user', 1],
            ['set', 'list.a.3', 'x'],
            ['set', 'list.a.x', 1],
            ['set', 'list.a.65536', 1],
            ['set', 'none', null],
            ['set', 'none.more', 1],
            ['delete', 'user.age.years'],
            ['delete', 'user.name.x'],
            ['delete', 'views'],
            ['set', '__proto__.x', 1],
            ['set', 'id', 'mine'],
            ['set', 'req.url', 'mine'],
        ]);
        equal(errors(reply), [
            ...[undefined, 'not an object', undefined, undefined],
            ...['not a number', undefined, undefined, 'not an array'],
            ...[undefined, 'not an object', 'not an object', undefined],
            ...[undefined, undefined, 'not an object', undefined],
            ...[undefined, undefined, undefined],
        ]);
        const expected = JSON.parse(`{"user":{"name":"tobi"},
            "list":{"a":[1,[2],null,"x"]},"none":{"more":1},
            "__proto__":{"x":1}}`);
        equal(reply.json.session, expected);
    });

    test('read gives what is there, null where nothing is', async () => {
        const app = await target.app({ options: { cookie: { maxAge: 500 } } });
        const { json } = await app.get([
            ['set', 'a', [{ b: false }]],
            ...[
                'a.0.b',
                'a.1',
                'x.y',
                'a.0.b.c',
                'toString',
                'save',
                'req',
            ].map((path) => ['read', path]),
            ['read', 'cookie.maxAge'],
            ['read', 'cookie.secure'],
            ['read', 'id'],
        ]);
        const shown = json.log
            .slice(1)
            .map(({ value, error }) => error ?? value);
        const message = 'not an object';
        equal(shown, [
            ...[false, null, null, { message }, null, null, null],
            ...[500, null, json.sessionID],
        ]);
        assert.ok(!('value' in json.log[4]));
        equal(json.log[0], { do: 'set' });
    });

    test('what was read does not change with the session', async () => {
        const app = await target.app();
        const { json } = await app.get([
            ['push', 'list', 1],
            ['read', 'list'],
            ['push', 'list', 2],
        ]);
        equal(json.log[1].value, [1]);
        equal(json.session.list, [1, 2]);
    });

    test('the methods of the session are called and awaited', async () => {
        const app = await target.app({
            options: { cookie: { maxAge: 60000 } },
        });
        const first = (await app.get([['set', 'a', 1], ['save']])).json;
        await app.post('clock', { advance: 1000 });
        const { json } = await app.get([
            ['set', 'a', 2],
            ['reload'],
            ['read', 'a'],
            ['read', 'cookie.maxAge'],
            ['touch'],
            ['read', 'cookie.maxAge'],
            ['regenerate'],
            ['read', 'a'],
            ['destroy'],
            ['save'],
            ['reload'],
            ['cookie', 'path', '/'],
        ]);
        const values = json.log.map((entry) => entry.value);
        equal(
            values.filter((value) => value !== undefined),
            [1, 59000, 60000, null],
        );
        const none = { message: 'no session' };
        equal(
            json.log.slice(-4).map((entry) => entry.error),
            [undefined, none, none, none],
        );
        equal([json.session, json.cookie], [null, null]);
        assert.notEqual(json.sessionID, first.sessionID);
        const calls = ['get:hit', 'get:hit', 'destroy:ok', 'destroy:ok'];
        equal((await app.calls()).slice(-4), calls);
    });

    test('unset and delete-session leave no session', async () => {
        const app = await target.app({ options: { unset: 'destroy' } });
        await app.get([['set', 'a', 1]]);
        equal((await app.get([['unset']])).json.session, null);
        await app.get([['set', 'a', 1]]);
        const { json } = await app.get([['delete-session'], ['unset']]);
        equal(
            [json.session, json.log],
            [null, [{ do: 'delete-session' }, { do: 'unset' }]],
        );
        equal(await app.store({ op: 'length' }), { length: 0 });
    });

    test('cookie sets any field of the cookie', async () => {
        const app = await target.app();
        const at = new Date(NOW + 9000).toISOString();
        const first = await app.get([
            ['set', 'a', 1],
            ['cookie', 'maxAge', 'soon'],
            ['cookie', 'expires', at],
            ['cookie', 'path', '/x'],
        ]);
        if (release >= 117)
            equal(errors(first)[1], 'maxAge must be a number or Date');
        equal(first.json.cookie, {
            ...{ originalMaxAge: 9000, expires: at, httpOnly: true },
            ...{ path: '/x', maxAge: 9000 },
        });
        const second = await app.get([['cookie', 'expires', false]]);
        equal(second.json.cookie.expires, false);
        equal(second.json.cookie.maxAge, false);
        const third = await app.get([['cookie', 'expires', null]]);
        equal(third.json.cookie.maxAge, null);
    });

    test('sessionID that is no string is shown as null', async () => {
        const app = await target.app();
        const { json } = await app.get([
            ['set', 'a', 1],
            ['sessionID', 5],
        ]);
        equal(json.sessionID, null);
        equal(await app.events(), []);
    });

    test('status, header and redirect keep the answer', async () => {
        const app = await target.app();
        const reply = await app.get([
            ['header', 'X-One', 'a'],
            ['header', 'Set-Cookie', ['a=b', 'c=d']],
            ['header', 'bad name', 'x'],
            ['set', 'a', 1],
            ['redirect', '/next'],
        ]);
        equal(reply.status, 302);
        equal(reply.headers.location, '/next');
        equal(reply.headers['x-one'], 'a');
        equal(reply.headers['set-cookie'].length, 3);
        equal(reply.json.log[2].error.code, 'ERR_INVALID_HTTP_TOKEN');
        equal((await app.get([['status', 418]])).status, 418);
        const empty = await app.get([['status', 204]]);
        equal([empty.status, empty.text], [204, '']);
        const head = await app.get([], { method: 'HEAD' });
        equal([head.status, head.text], [200, '']);
    });

    test('write and end give the body', async () => {
        const app = await target.app();
        const body = async (actions) => (await app.get(actions)).text;
        equal(
            await body([
                ['set', 'a', 1],
                ['end', 'x'],
            ]),
            'x',
        );
        equal(
            await body([
                ['write', 'a'],
                ['write', 'b'],
            ]),
            'ab',
        );
        equal(
            await body([
                ['write', 'a'],
                ['end', 'b'],
                ['read', 'a'],
            ]),
            'ab',
        );
        equal(
            await body([
                ['end', 'a'],
                ['end', 'b'],
            ]),
            'a',
        );
        const length = ['header', 'Content-Length', 3];
        const reply = await app.get([length, ['add', 'a', 1], ['end', 'abc']]);
        equal([reply.text, reply.headers['content-length']], ['abc', '3']);
        equal((await app.get()).json.session, { a: 2 });
    });

    test('throw ends the actions, as in an Express app', async () => {
        const app = await target.app();
        const reply = await app.get([
            ['set', 'a', 1],
            ['throw', 'ouch'],
            ['unset'],
        ]);
        equal(reply.status, 500);
        equal(reply.json, { error: { name: 'Error', message: 'ouch' } });
        equal((await app.get()).json.session, { a: 1 });
        const cut = app.get([
            ['write', 'x'],
            ['throw', 'late'],
        ]);
        await assert.rejects(cut);
        equal((await app.events()).at(-1).text, 'late');
    });

    test('an unknown action is 400 and nothing was run', async () => {
        const app = await target.app();
        const lists = [
            [['set', 'a', 1], ['jump']],
            [
                ['set', 'a', 1],
                ['set', 'a'],
            ],
            [
                ['set', 'a', 1],
                ['save', 1],
            ],
            [
                ['set', 'a', 1],
                ['add', 'a', '1'],
            ],
            [
                ['set', 'a', 1],
                ['status', 99],
            ],
            [
                ['set', 'a', 1],
                ['cookie', '__proto__', {}],
            ],
            [['set', 'a', 1], 'save'],
            [['toString']],
            { set: 1 },
        ];
        for (const list of lists)
            equal((await app.get(list)).status, 400, JSON.stringify(list));
        equal((await app.get(null, { 'Spec-Do': '[["save"]' })).status, 400);
        equal(await app.events(), []);
    });

    test('actions may stand in the body', async () => {
        const app = await target.app();
        const big = 'x'.repeat(1 << 20);
        const reply = await target.send('POST', '/', {
            headers: {
                'Spec-App': app.id,
                'Content-Type': 'application/spec+json',
            },
            body: JSON.stringify([['set', 'é', big]]),
        });
        equal(reply.json.session, { é: big });
    });
});
