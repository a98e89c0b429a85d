// rest.test.mjs: the REST service that restsession is tried on

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBackend } from '../backends.mjs';

const HOUR_MS = 60 * 60 * 1000;

async function startRest(t) {
    const backend = await startBackend('rest');
    t.after(() => backend.end());
    return async (method, path, body) => {
        const url = `${backend.address}${path}`;
        const response = await fetch(url, { method, body });
        return { status: response.status, text: await response.text() };
    };
}

function session(members, life) {
    const expires = life && new Date(Date.now() + life).toISOString();
    return JSON.stringify({ ...members, cookie: { expires } });
}

test('a session is in its collection until it is deleted', async (t) => {
    const ask = await startRest(t);
    const text = session({ n: 1 });
    assert.equal((await ask('GET', '/a/sid')).status, 404);
    assert.equal((await ask('POST', '/a/sid', text)).text, text);
    assert.equal((await ask('GET', '/a/sid')).text, text);
    assert.equal((await ask('GET', '/b/sid')).status, 404);
    assert.equal((await ask('GET', '/a')).text, `[${text}]`);
    assert.equal((await ask('DELETE', '/a/sid')).status, 200);
    assert.equal((await ask('GET', '/a/sid')).status, 404);
    assert.equal((await ask('DELETE', '/a/sid')).status, 200);
});

test('all that follows the collection is the ID', async (t) => {
    const ask = await startRest(t);
    for (const id of ['x', 'x/y', 'x%20y', 'x%25', 'x%'])
        await ask('POST', `/a/${id}`, session({ id }));
    for (const id of ['x', 'x/y', 'x%20y'])
        assert.equal(JSON.parse((await ask('GET', `/a/${id}`)).text).id, id);
    assert.equal(JSON.parse((await ask('GET', '/a/x%')).text).id, 'x%');
    assert.equal((await ask('DELETE', '/a')).status, 200);
    assert.equal((await ask('GET', '/a')).text, '[]');
});

test('a session ends with its cookie', async (t) => {
    const ask = await startRest(t);
    await ask('POST', '/a/long', session({}, HOUR_MS));
    await ask('POST', '/a/over', session({}, -1));
    assert.equal((await ask('GET', '/a/long')).status, 200);
    assert.equal((await ask('GET', '/a/over')).status, 404);
    assert.equal(JSON.parse((await ask('GET', '/a')).text).length, 1);
});

test('a ping changes the cookie alone, and of a session alone', async (t) => {
    const ask = await startRest(t);
    await ask('POST', '/a/sid', session({ n: 1 }));
    const ping = session({ n: 2 }, HOUR_MS);
    assert.equal((await ask('POST', '/a/sid?ping', ping)).status, 200);
    const { n, cookie } = JSON.parse((await ask('GET', '/a/sid')).text);
    assert.equal(n, 1);
    assert.deepEqual(cookie, JSON.parse(ping).cookie);
    assert.equal((await ask('POST', '/a/none?ping', ping)).status, 200);
    assert.equal((await ask('GET', '/a/none')).status, 404);
    await ask('POST', '/a/over', session({}, -1));
    await ask('POST', '/a/over?ping', ping);
    assert.equal((await ask('GET', '/a/over')).status, 404);
});

test('a collection that is down answers 503, others do not', async (t) => {
    const ask = await startRest(t);
    await ask('POST', '/a/sid', session({ n: 1 }));
    await ask('PUT', '/a', 'down');
    assert.equal((await ask('GET', '/a/sid')).status, 503);
    assert.equal((await ask('POST', '/a/sid', '{}')).status, 503);
    assert.equal((await ask('DELETE', '/a/sid')).status, 503);
    assert.equal((await ask('GET', '/b')).status, 200);
    await ask('PUT', '/a', 'up');
    assert.equal((await ask('GET', '/a/sid')).status, 200);
});

test('what was spoilt is given as it is, and can be replaced', async (t) => {
    const ask = await startRest(t);
    assert.equal((await ask('PUT', '/a/sid', '{')).status, 404);
    await ask('POST', '/a/sid', session({}));
    await ask('PUT', '/a/sid', '{"cookie":{"orig');
    assert.equal((await ask('GET', '/a/sid')).text, '{"cookie":{"orig');
    await ask('POST', '/a/sid?ping', session({}));
    await ask('POST', '/a/sid', session({ n: 1 }));
    assert.equal(JSON.parse((await ask('GET', '/a/sid')).text).n, 1);
});

test('what is no verb of it is refused', async (t) => {
    const ask = await startRest(t);
    assert.equal((await ask('PATCH', '/a/sid')).status, 405);
    assert.equal((await ask('POST', '/a', '{}')).status, 405);
});
