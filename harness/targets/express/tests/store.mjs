// store.mjs: operations straight on the store

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOW } from './client.mjs';
import { target } from './target.mjs';

const equal = assert.deepEqual;

describe('straight on the store', () => {
    const cookie = { maxAge: 5000, path: '/' };

    test('set, get, touch, all, length, destroy, clear', async () => {
        const app = await target.app({ store: { hide: ['get', 'set'] } });
        await app.post('fault', { op: 'set', error: { message: 'x' } });
        equal(await app.store({ op: 'get', sid: 'a' }), { session: null });
        const set = { op: 'set', sid: 'a', session: { cookie, b: [1] } };
        equal(await app.store(set), {});
        const { session } = await app.store({ op: 'get', sid: 'a' });
        equal(session.b, [1]);
        equal(session.cookie.originalMaxAge, 5000);
        equal(session.cookie.expires, new Date(NOW + 5000).toISOString());
        const later = new Date(NOW + 9000).toISOString();
        const touched = { expires: later, originalMaxAge: 7 };
        await app.store({
            op: 'touch',
            sid: 'a',
            session: { cookie: touched },
        });
        const all = await app.store({ op: 'all' });
        equal(all.shape, 'object');
        equal(all.sessions[0].sid, 'a');
        equal(all.sessions[0].session.b, [1]);
        equal(all.sessions[0].session.cookie.expires, later);
        equal(all.sessions[0].session.cookie.originalMaxAge, 7);
        equal(await app.store({ op: 'length' }), { length: 1 });
        equal(await app.store({ op: 'destroy', sid: 'a' }), {});
        equal(await app.store({ ...set, raw: true, callback: false }), {});
        const raw = await app.store({ op: 'get', sid: 'a' });
        equal(raw.session.cookie, cookie);
        equal(await app.store({ op: 'clear' }), {});
        equal(await app.store({ op: 'length' }), { length: 0 });
        equal(await app.events(), []);
    });

    test('what the store lacks is 501', async () => {
        const app = await target.app();
        for (const op of ['reap', 'break', 'mend'])
            equal((await app.post('store', { op })).status, 501);
    });

    test('a spoilt record is an error each time, and set replaces it', async () => {
        const app = await target.app();
        const set = { op: 'set', sid: 'a', session: { cookie, b: 1 } };
        await app.store(set);
        equal(await app.store({ op: 'spoil', sid: 'a' }), {});
        equal(await app.store({ op: 'spoil', sid: 'nobody' }), {});
        for (let i = 0; i < 2; i++)
            assert.ok((await app.store({ op: 'get', sid: 'a' })).error.message);
        await app.store(set);
        equal((await app.store({ op: 'get', sid: 'a' })).session.b, 1);
        equal(await app.store({ op: 'length' }), { length: 1 });
    });

    test('a store opened anew is what the middleware calls', async () => {
        const app = await target.app();
        await app.get([['set', 'a', 1]]);
        const { alive } = await app.store({ op: 'reopen' });
        assert.ok(Number.isInteger(alive));
        equal((await app.get([['set', 'a', 2]])).json.session, { a: 2 });
        equal(await app.store({ op: 'length' }), { length: 1 });
        await app.store({ op: 'emit', event: 'disconnect' });
        equal((await app.get()).json.session, null);
    });

    test('a failure of the store is an answer', async () => {
        const app = await target.app();
        const reply = await app.post('store', {
            ...{ op: 'get', sid: 'a', callback: false },
        });
        equal(reply.status, 200);
        assert.ok(reply.json.error.message);
    });
});
