// endpoints.mjs: what each endpoint takes and refuses

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { target } from './target.mjs';

const equal = assert.deepEqual;

describe('the endpoints', () => {
    test('GET /_spec says what the target is', async () => {
        const { json } = await target.call('GET', '');
        assert.equal(json.protocol, 1);
        assert.equal(json.target, 'express');
        assert.match(json.implements, /^express-session \d+\.\d+\.\d+$/);
        for (const ability of ['virtual-clock', 'schedule', 'fault', 'tls'])
            assert.ok(json.abilities.includes(ability), ability);
        assert.match(json.tls, /^https:\/\/127\.0\.0\.1:\d+$/);
    });

    test('what is not there is 404, a wrong method 405', async () => {
        const app = await target.app();
        const of = async (...call) => (await target.call(...call)).status;
        equal(await of('GET', '/nothing'), 404);
        equal(await of('POST', ''), 405);
        equal(await of('GET', `/apps/${app.id}`), 405);
        equal(await of('DELETE', '/apps/none'), 404);
        equal(await of('GET', '/apps/none/trace'), 404);
        equal(await of('GET', '/schedules/none'), 404);
        equal(await of('PUT', '/apps/x%E0%A4', {}), 400);
        equal((await target.send('GET', '/')).status, 404);
        app.id = 'none';
        equal((await app.get()).status, 404);
    });

    test('bad bodies are 400 and change nothing', async () => {
        const app = await target.app();
        const path = `/_spec/apps/${app.id}`;
        const bad = async (method, at, body) =>
            equal((await target.send(method, at, { body })).status, 400, body);
        for (const body of ['', '{', '[]', '{"optoins":{}}', '{"clock":"x"}'])
            await bad('PUT', path, body);
        await bad('PUT', path, '{"options":[]}');
        await bad('PUT', path, '{"store":{"hide":["tuoch"]}}');
        await bad('PUT', path, '{"store":{"keep":true,"use":"memory"}}');
        await bad('PUT', path, '{"settings":{"mounted":"/"}}');
        await bad('POST', `${path}/clock`, '{"advance":"1s"}');
        await bad('POST', `${path}/clock`, '{"advance":-1}');
        await bad('POST', `${path}/fault`, '{"op":"get"}');
        await bad('POST', `${path}/fault`, '{"op":"git","delay":1}');
        await bad('POST', `${path}/store`, '{"op":"jump"}');
        await bad('POST', `${path}/store`, '{"op":"get"}');
        await bad('POST', `${path}/store`, '{"op":"set","sid":"a"}');
        await bad('GET', `${path}/trace?since=x`);
        equal((await app.get()).status, 200);
        equal(await app.events(), []);
    });

    test('a body cut short gets 400 and harms nobody', async () => {
        const { hostname, port } = new URL(target.url);
        const socket = connect({ host: hostname, port });
        const head = 'PUT /_spec/apps/cut HTTP/1.1\r\nHost: x\r\n';
        socket.end(`${head}Content-Length: 100\r\n\r\n{"opt`);
        const [data] = await once(socket, 'data');
        assert.match(String(data), /^HTTP\/1\.1 400 /);
        socket.destroy();
        equal((await (await target.app()).get()).status, 200);
    });

    test('a header over the limit is refused', async () => {
        const app = await target.app();
        const reply = await app.get([], { 'X-Long': 'x'.repeat(100_000) });
        equal(reply.status, 431);
    });

    test('a PUT that session() refuses is 422, the old app stays', async () => {
        const app = await target.app();
        await app.get([['set', 'a', 1]]);
        const refused = await target.call('PUT', `/apps/${app.id}`, {
            options: { secret: [] },
        });
        equal(refused.status, 422);
        equal(refused.json, {
            error: {
                name: 'TypeError',
                message: 'secret option array must contain one or more strings',
            },
        });
        equal((await app.get()).json.session, { a: 1 });
    });

    test('a store that is neither built in nor named is 503', async () => {
        const refusals = {
            'npm:connect-redis': /not named by --store/,
            './x.so': /the express target has memory, npm:/,
            'memory?x=1': /the express target has memory, npm:/,
        };
        for (const [use, text] of Object.entries(refusals)) {
            const path = '/apps/elsewhere';
            const reply = await target.call('PUT', path, { store: { use } });
            equal(reply.status, 503);
            assert.match(reply.json.error.message, text);
        }
    });

    test('DELETE drops the app and what it stored', async () => {
        const app = await target.app();
        await app.get([['set', 'a', 1]]);
        equal((await target.call('DELETE', `/apps/${app.id}`)).status, 200);
        equal((await app.get()).status, 404);
        await app.put();
        equal(await app.store({ op: 'length' }), { length: 0 });
    });
});
