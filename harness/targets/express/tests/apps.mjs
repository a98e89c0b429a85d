// apps.mjs: what PUT makes: options, settings, stores that are kept or shared

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOW } from './client.mjs';
import { release, sign, target } from './target.mjs';

const equal = assert.deepEqual;

describe('the making of an app', () => {
    test('201 tells the store and the warnings of construction', async () => {
        const options = { resave: undefined, saveUninitialized: undefined };
        for (let i = 0; i < 2; i++) {
            const { made } = await target.app({ options });
            equal(made.store.name, 'memory');
            assert.ok(made.store.operations.includes('touch'));
            equal(made.warnings, [
                'undefined resave option; provide resave option',
                'undefined saveUninitialized option; ' +
                    'provide saveUninitialized option',
            ]);
        }
    });

    test('in production MemoryStore warns', async () => {
        const { made } = await target.app({ settings: { env: 'production' } });
        equal(made.warnings.length, 1);
        assert.match(made.warnings[0], /^Warning: .*\n.*\n.*single process\.$/);
        equal((await target.app()).made.warnings, []);
    });

    test('a secret may be a Buffer', async (t) => {
        if (release < 118) return t.skip('since 1.18');
        const options = { secret: ['cat', { base64: 'AAEC' }] };
        const app = await target.app({ options });
        app.cookie = `connect.sid=${sign('me', Buffer.from([0, 1, 2]))}`;
        const session = { cookie: {}, a: 1 };
        await app.store({ op: 'set', sid: 'me', session });
        equal((await app.get()).json.session, { a: 1 });
    });

    test('genid may be a list, cookie.expires an ISO date', async () => {
        const app = await target.app({
            options: {
                genid: { fixed: ['a', 'b'] },
                cookie: { expires: new Date(NOW + 5000).toISOString() },
            },
        });
        const ids = [];
        for (let i = 0; i < 3; i++) {
            app.cookie = undefined;
            ids.push((await app.get()).json.sessionID);
        }
        equal(ids, ['a', 'b', 'a']);
        equal((await app.get([['set', 'a', 1]])).json.cookie.maxAge, 5000);
        equal((await app.get()).json.session, { a: 1 });
    });

    test('genid may read a header, and must be a function', async () => {
        const app = await target.app({
            options: { genid: { header: 'X-Id' } },
        });
        equal((await app.get([], { 'x-id': 'me' })).json.sessionID, 'me');
        const options = { genid: 'not-a-function' };
        const refused = await target.call('PUT', '/apps/x', { options });
        equal(refused.json.error.message, 'genid option must be a function');
    });

    test('cookie may be a function of a header', async (t) => {
        const cookie = {
            'by-header': 'x-kind',
            cases: { a: { maxAge: 9000 } },
        };
        const app = await target.app({ options: { cookie } });
        if (release < 119) return t.skip('since 1.19');
        equal((await app.get([], { 'x-kind': 'a' })).json.cookie.maxAge, 9000);
        equal((await app.get([], { 'x-kind': 'b' })).json.cookie.maxAge, null);
        equal((await app.get()).json.cookie.maxAge, null);
    });

    test('trust proxy decides req.secure, as in Express', async () => {
        const https_ = { 'X-Forwarded-Proto': 'https' };
        const secure = async (settings) => {
            const app = await target.app({ settings });
            return (await app.get([], https_)).json.secure;
        };
        equal(await secure({ 'trust proxy': true }), true);
        equal(await secure({ 'trust proxy': 1 }), true);
        equal(await secure({ 'trust proxy': 'loopback' }), true);
        equal(await secure({ 'trust proxy': false }), false);
        equal(await secure({}), false);
        const { json } = await target.call('GET', '');
        const app = await target.app({});
        equal((await app.get([], { base: json.tls })).json.secure, true);
    });

    test('a mounted app is judged by the original path', async () => {
        const app = await target.app({
            options: { cookie: { path: '/foo' } },
            settings: { mount: '/foo' },
        });
        equal((await app.get([], { path: '/foo/bar' })).json.session, {});
        equal((await app.get([], { path: '/bar' })).json.session, null);
    });

    test('the cookie parser stands before the middleware', async () => {
        const app = await target.app({
            options: { secret: undefined },
            settings: { cookieParser: 'dog' },
        });
        equal(app.made.warnings, ['req.secret; provide secret option']);
        equal((await app.get([['set', 'a', 1]])).status, 200);
        equal((await app.get()).json.session, { a: 1 });
    });

    test('an app in the place of another begins anew', async () => {
        const app = await target.app();
        await app.get([['set', 'a', 1]]);
        await app.put();
        equal(await app.events(), []);
        equal((await app.get()).json.session, {});
    });

    test('keep goes on with all but the faults', async () => {
        const app = await target.app({ store: { hide: ['touch'] } });
        await app.get([['set', 'a', 1]]);
        await app.post('clock', { advance: 1000 });
        await app.post('fault', { op: 'get', error: { message: 'x' } });
        await app.store({ op: 'emit', event: 'disconnect' });
        const store = { keep: true };
        await app.put({ store, clock: undefined });
        const { json } = await app.get();
        equal(json.session, { a: 1 });
        equal(json.now, NOW + 1000);
        equal(await app.calls(), ['set:ok', 'disconnect', 'get:hit']);
        await app.put({ store, clock: 5 });
        equal((await app.get()).json.now, 5);
        const none = await target.call('PUT', '/apps/none', { store });
        equal(none.status, 404);
    });

    test('same-as shares the store, not the middleware', async () => {
        const one = await target.app();
        const two = await target.app({
            options: { secret: 'dog', resave: true },
            store: { 'same-as': one.id, hide: ['touch'] },
        });
        await one.get([['set', 'a', 1]]);
        equal(await two.store({ op: 'length' }), { length: 1 });
        equal(await two.events(), []);
        await one.store({ op: 'emit', event: 'disconnect' });
        equal((await two.get()).json.sessionID, null);
        await two.store({ op: 'emit', event: 'connect' });
        equal((await one.get()).json.session, { a: 1 });
        equal(await two.calls(), ['disconnect', 'connect']);
        await target.call('DELETE', `/apps/${one.id}`);
        equal(await two.store({ op: 'length' }), { length: 1 });
        const none = { store: { 'same-as': 'none' } };
        equal((await target.call('PUT', '/apps/none', none)).status, 404);
    });

    test('what is hidden is not there for the middleware', async () => {
        const app = await target.app({ store: { hide: ['touch'] } });
        await app.get([['set', 'a', 1]]);
        await app.get();
        equal(await app.calls(), ['set:ok', 'get:hit']);
        const lost = { op: 'touch', sid: 'none', session: { cookie: {} } };
        equal(await app.store(lost), {});
    });
});
