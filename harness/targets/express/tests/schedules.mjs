// schedules.mjs: the order of the moves, by choices and by hand

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { target } from './target.mjs';

const equal = assert.deepEqual;

describe('schedules', () => {
    // Writer and reader on one session, in the order that `choices` says.
    async function race(choices, then = 'first') {
        const app = await target.app({ options: { resave: true } });
        await app.get([['set', 'n', 0]]);
        const path = `/schedules/${app.id}`;
        const labels = ['writer', 'reader'];
        const body = { apps: [app.id], labels, choices, then };
        equal((await target.call('PUT', path, body)).status, 201);
        const cookie = app.cookie;
        const send = (actions, label) =>
            app.get(actions, { 'Spec-Label': label });
        const both = Promise.all([
            send([['add', 'n', 1]], 'writer'),
            send([['point', 'here']], 'reader'),
        ]);
        const show = async (wait = 20_000) =>
            (await target.call('GET', `${path}?wait=${wait}`)).json;
        const go = (label) => target.call('POST', path, { go: label });
        const value = async () => {
            app.cookie = cookie;
            return (await app.get([['read', 'n']])).json.log[0].value;
        };
        return { app, path, both, show, go, value };
    }

    test('choices decide, every move is told', async () => {
        const { both, show, value } = await race('AAB');
        await both;
        const { parked, done, decisions } = await show();
        equal(parked, {});
        equal(done, ['writer', 'reader']);
        const all = ['writer', 'reader'];
        equal(decisions, [
            { enabled: all, chose: 'writer' },
            { enabled: all, chose: 'writer' },
            { enabled: ['reader'], chose: 'reader' },
            { enabled: ['reader'], chose: 'reader' },
            { enabled: ['reader'], chose: 'reader' },
        ]);
        equal(await value(), 1);
    });

    test('a reader that ends last undoes the change', async () => {
        const { both, value } = await race('BAAB');
        await both;
        equal(await value(), 0);
    });

    test('the trace is in the order of the moves', async () => {
        const { app, both } = await race('BABBA');
        await both;
        const order = (await app.events(1)).map(({ request, op }) => [
            request,
            op,
        ]);
        equal(order, [
            ['reader', 'get'],
            ['writer', 'get'],
            ['reader', 'set'],
            ['writer', 'set'],
        ]);
    });

    test('stop waits for go, GET tells who is parked where', async () => {
        const { app, both, show, go, value } = await race('', 'stop');
        const first = await show();
        const sid = (await app.store({ op: 'all' })).sessions[0].sid;
        const get = { op: 'get', sid };
        equal(first, {
            ...{ parked: { writer: get, reader: get } },
            ...{ done: [], decisions: [] },
        });
        equal((await go('reader')).status, 200);
        equal((await show()).parked.reader, { op: 'point', name: 'here' });
        await go('writer');
        equal((await show()).parked.writer, { op: 'set', sid });
        await go('writer');
        equal((await show()).done, ['writer']);
        equal((await go('writer')).status, 409);
        await go('reader');
        await show();
        await go('reader');
        await both;
        equal((await show()).done, ['writer', 'reader']);
        equal(await value(), 0);
    });

    test('nobody moves until every label is there', async () => {
        const app = await target.app();
        const path = `/schedules/${app.id}`;
        const body = { apps: [app.id], labels: ['a', 'b'] };
        await target.call('PUT', path, body);
        const one = app.get([['set', 'x', 1]], { 'Spec-Label': 'a' });
        const early = await target.call('GET', `${path}?wait=100`);
        equal(Object.keys(early.json.parked), ['a']);
        equal(early.json.decisions, []);
        await app.get([], { 'Spec-Label': 'b' });
        equal((await one).status, 200);
        const { json } = await target.call('GET', `${path}?wait=20000`);
        equal(json.done, ['a', 'b']);
        equal(json.decisions, [{ enabled: ['a'], chose: 'a' }]);
    });

    test('DELETE of schedule or app releases everybody', async () => {
        const first = await race('', 'stop');
        await first.show();
        await target.call('DELETE', first.path);
        await first.both;
        equal((await target.call('GET', first.path)).status, 404);
        const second = await race('', 'stop');
        await second.show();
        await target.call('DELETE', `/apps/${second.app.id}`);
        await second.both;
    });

    test('what a schedule cannot mean is 400, an unknown app 404', async () => {
        const app = await target.app();
        const put = async (body) =>
            (await target.call('PUT', '/schedules/s', body)).status;
        const apps = [app.id];
        equal(await put({ apps }), 400);
        equal(await put({ apps, labels: ['a', 'a'] }), 400);
        equal(await put({ apps, labels: ['a'], choices: 'AB' }), 400);
        equal(await put({ apps, labels: ['a'], then: 'last' }), 400);
        equal(await put({ apps: ['none'], labels: ['a'] }), 404);
    });
});
