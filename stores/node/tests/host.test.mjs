// host.test.mjs: the host of exec: speaks the protocol, whatever a store does

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makePlace, untilEmpty } from './places.mjs';

const HOST = fileURLToPath(new URL('../host.mjs', import.meta.url));
const ODD = `node:${fileURLToPath(new URL('stores/odd.mjs', import.meta.url))}`;
const NOW = 1700000000000;
const equal = assert.deepEqual;

class Talk {
    #child;
    #lines;
    #next = 1;
    stderr = '';

    static async begin(t, place, spec) {
        const talk = new Talk();
        const child = spawn(process.execPath, [HOST, spec], {
            env: { ...process.env, TMPDIR: place },
        });
        t.after(() => child.kill('SIGKILL'));
        talk.#child = child;
        child.stderr.on('data', (text) => (talk.stderr += text));
        child.stdin.on('error', () => {});
        talk.ended = once(child, 'close');
        const lines = createInterface(child.stdout);
        talk.#lines = lines[Symbol.asyncIterator]();
        talk.hello = await talk.line();
        return talk;
    }

    // The next line, whatever it is.
    async line() {
        const { value } = await this.#lines.next();
        return value && JSON.parse(value);
    }

    // Gives the id.
    send(op, more = {}) {
        const id = this.#next++;
        const request = { id, op, instance: 'a', now: NOW, ...more };
        this.write(JSON.stringify(request));
        return id;
    }

    // What came back, without the id.
    async ask(op, more) {
        const id = this.send(op, more);
        const { id: same, ...answer } = await this.line();
        assert.equal(same, id);
        return answer;
    }

    write(line) {
        this.#child.stdin.write(`${line}\n`);
    }

    kill() {
        this.#child.kill('SIGKILL');
    }

    async end() {
        this.#child.stdin.end();
        const [code] = await this.ended;
        return code;
    }
}

async function begin(t, spec) {
    const place = await makePlace(t);
    const talk = await Talk.begin(t, place, spec);
    if (talk.hello) equal(await talk.ask('open', { namespace: 'n' }), {});
    return { talk, place };
}

const cookie = {
    ...{ originalMaxAge: 60000, httpOnly: true, path: '/' },
    expires: new Date(NOW + 60000).toISOString(),
};

test('the lifecycle of a store, from hello to the end of stdin', async (t) => {
    const { talk, place } = await begin(t, ODD);
    equal(talk.hello, {
        ...{ protocol: 1, name: 'odd', version: '1.2.3', clock: 'host' },
        operations: ['open', 'close', 'get', 'set', 'destroy', 'all', 'spoil'],
        ...{ capabilities: ['namespace', 'spoil'], resolution: 5, licence: [] },
    });
    const expires = NOW + 60000;
    const set = { sid: 's', session: { cookie, n: 1 }, expires };
    equal(await talk.ask('set', set), {});
    // What the store was handed had express-session's Cookie with a Date.
    const held = { serializes: true, expires: true, cookie, n: 1 };
    equal(await talk.ask('get', { sid: 's' }), { session: held });
    equal(await talk.ask('all'), { sessions: [{ session: held }] });
    equal(await talk.ask('destroy', { sid: 's' }), {});
    equal(await talk.ask('get', { sid: 's' }), { session: null });
    equal(await talk.ask('spoil', { sid: 's' }), {});
    equal((await talk.ask('get', { sid: 's' })).session.spoilt, true);
    equal(await talk.ask('close'), {});
    const gone = { error: { message: 'no instance "a"', code: 'EINVAL' } };
    equal(await talk.ask('get', { sid: 's' }), gone);
    equal(await talk.ask('open', { namespace: 'n' }), {});
    assert.equal(await talk.end(), 0);
    await untilEmpty(place);
    assert.equal(talk.stderr, '');
});

test('a store works at the time of its request', async (t) => {
    const { talk } = await begin(t, ODD);
    talk.send('get', { sid: 'time', now: 5 });
    talk.send('get', { sid: 'time', now: 7 });
    equal((await talk.line()).session, { at: 5 });
    equal((await talk.line()).session, { at: 7 });
});

test('a store with a clock of its own works at the real time', async (t) => {
    const before = Date.now();
    const { talk } = await begin(t, `${ODD}?clock=real`);
    assert.equal(talk.hello.clock, 'real');
    const { session } = await talk.ask('get', { sid: 'time', now: 5 });
    assert.ok(session.at >= before && session.at <= Date.now());
});

test('what a store does wrong is an error or an event', async (t) => {
    const { talk } = await begin(t, ODD);
    const get = (sid) => talk.ask('get', { sid });
    equal(await get('throws'), {
        error: { message: 'thrown', code: 'ETHROWN' },
    });
    equal(await get('fails'), { error: { message: 'a text' } });
    equal(await get('isNoFile'), { session: null }); // that is no fault
    assert.match((await get('circular')).error.message, /circular/i);
    equal(await get('twice'), { session: null });
    equal(await talk.line(), {
        ...{ event: 'callback-twice', op: 'get', instance: 'a' },
    });
    equal(await get('answersAndThrows'), { session: null });
    const thrown = { event: 'error', message: 'thrown', instance: 'a' };
    equal(await talk.line(), { ...thrown, op: 'get' });
    talk.send('get', { sid: 'throwsLater' });
    equal(await talk.line(), thrown);
    talk.send('get', { sid: 'rejects' });
    equal(await talk.line(), {
        ...{ event: 'unhandled-rejection', message: 'rejected' },
        instance: 'a',
    });
    talk.send('get', { sid: 'never' });
    equal(await get('else'), { session: null });
    assert.equal(await talk.end(), 0);
});

test('what a store prints goes to stderr', async (t) => {
    const { talk } = await begin(t, ODD);
    equal(await talk.ask('get', { sid: 'prints' }), { session: null });
    await talk.end();
    assert.equal(talk.stderr, 'not for the protocol\n');
});

test('requests that nobody can meet are answered', async (t) => {
    const { talk } = await begin(t, ODD);
    const lacking = (op) => ({
        error: { message: `the store has no "${op}"`, code: 'ENOSYS' },
    });
    for (const op of ['touch', 'break', 'frob', 'constructor'])
        equal(await talk.ask(op, { sid: 's' }), lacking(op));
    assert.ok((await talk.ask('open')).error);
    assert.ok((await talk.ask('get', { instance: 'b' })).error);
    assert.ok(
        (await talk.ask('set', { session: { cookie: { maxAge: 'x' } } })).error,
    );
    for (const line of ['{', 'null', '[]', '7']) {
        talk.write(line);
        const { event, error } = await talk.line();
        assert.ok(event === 'error' || error, line);
    }
    equal(await talk.ask('get', { sid: 's' }), { session: null });
});

test('a store that cannot be had is one line, exit code 3', async (t) => {
    const place = await makePlace(t);
    for (const spec of ['npm:foo', `${ODD}?fails=x`, 'memory']) {
        const talk = await Talk.begin(t, place, spec);
        assert.equal(talk.hello, undefined);
        equal(await talk.ended, [3, null]);
        assert.match(talk.stderr, /^sessionspec: .+\n$/);
    }
    equal(await fs.readdir(place), []);
});

test('nothing stays behind where the host is killed', async (t) => {
    const { talk, place } = await begin(t, ODD);
    equal((await fs.readdir(place)).length, 1);
    talk.kill();
    await talk.ended;
    await untilEmpty(place);
});
