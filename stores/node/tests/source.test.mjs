// source.test.mjs: stores are opened by namespace, on what is theirs, and all
// of it goes with the source

import assert from 'node:assert/strict';
import * as fs from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
    atTime,
    installClock,
} from '../../../harness/targets/express/clock.mjs';
import { openSource } from '../source.mjs';
import { makePlace, withEnvironment } from './places.mjs';

const equal = assert.deepEqual;
const STORES = fileURLToPath(new URL('stores/', import.meta.url));
const EXPRESS = new URL(
    '../../../harness/targets/express/package.json',
    import.meta.url,
);
const ODD = `node:${STORES}odd.mjs`;

// A source whose folder is below one of the test's.
async function open(t, text, session = {}) {
    const place = await makePlace(t);
    const act = () => openSource(text, { session });
    const source = await withEnvironment({ TMPDIR: place }, act);
    t.after(() => source.end());
    return { source, place };
}

function call(store, op, ...args) {
    return new Promise((resolve, reject) => {
        const answer = (err, value) => (err ? reject(err) : resolve(value));
        store[op](...args, answer);
    });
}

test('a factory says what its store is', async (t) => {
    const { source } = await open(t, `${ODD}?clock=real`);
    equal(source.describe(), {
        ...{ name: 'odd', version: '1.2.3', clock: 'real', resolution: 5 },
        capabilities: ['namespace', 'spoil'],
        licence: [],
        hooks: ['spoil'],
        operations: ['get', 'set', 'destroy', 'all'],
    });
    assert.equal(source.canRestart, false);
});

test('what a factory does not say is what most stores are', async (t) => {
    const { source } = await open(t, `node:${STORES}plain.mjs`);
    const { name, clock, resolution, capabilities } = source.describe();
    equal(
        { name, clock, resolution, capabilities },
        { name: 'plain', clock: 'virtual', resolution: 1, capabilities: [] },
    );
});

test('whose clock it is, where a factory does not say', async (t) => {
    installClock();
    const session = createRequire(EXPRESS)('express-session');
    for (const [judge, clock, resolution] of [
        ['date', 'virtual', 1],
        ['timer', 'real', 1000],
        ['nobody', 'real', 1000],
        ['thrown', 'virtual', 1],
    ]) {
        const text = `node:${STORES}judged.mjs?by=${judge}`;
        const source = await openSource(text, { session, at: atTime });
        t.after(() => source.end());
        const said = source.describe();
        equal([said.clock, said.resolution], [clock, resolution], judge);
        const { store } = await source.open({ namespace: 'a' });
        equal(store.held.size, 0, 'nothing of the trial is left');
    }
});

test('several namespaces stand side by side', async (t) => {
    const { source, place } = await open(t, ODD);
    const [a, b] = await Promise.all(
        ['a', '../b\n'].map((namespace) => source.open({ namespace })),
    );
    await call(a.store, 'set', 's', { cookie: {}, n: 1 });
    await a.spoil('t');
    await b.spoil('t');
    await a.close();
    await a.close(); // twice does no harm
    assert.equal((await call(b.store, 'get', 't')).spoilt, true);
    assert.equal(await call(b.store, 'get', 's'), undefined);
    const [folder] = await fs.readdir(place);
    const files = await fs.readdir(join(place, folder));
    assert.equal(files.length, 3); // with the trial's
    assert.ok(files.every((name) => /^[a-z][a-z0-9]{15}$/.test(name)));
});

test('what a source made goes with it', async (t) => {
    const { source, place } = await open(t, ODD);
    const { store } = await source.open({ namespace: 'a' });
    equal((await fs.readdir(place)).length, 1);
    await source.end();
    equal(await fs.readdir(place), []);
    assert.ok(await call(store, 'get', 'closed'));
});

test('a TMPDIR that is none is said', async () => {
    const act = () => openSource(ODD, { session: {} });
    const opening = withEnvironment({ TMPDIR: '/dev/null' }, act);
    const text = 'cannot make a folder in /dev/null: ENOTDIR';
    await assert.rejects(opening, { message: text });
});

test('what cannot be opened is one line, and leaves nothing', async (t) => {
    const wrong = {
        'npm:foo': /^npm:foo: not in the catalogue/,
        'npm:fortune-session': /^npm:fortune-session: npm has no /,
        'npm:connect-mssql-v2': /^npm:connect-mssql-v2: needs /,
        [`${ODD}?fails=x`]: /odd\.mjs\?fails=x: open: cannot be: x$/,
        [`${ODD}?none=1`]: /odd\.mjs\?none=1: open gave no store$/,
        [`node:${STORES}none.mjs`]: /its default export is no function$/,
        [`node:${STORES}nowhere.mjs`]: /nowhere\.mjs: no such file$/,
    };
    for (const [text, why] of Object.entries(wrong)) {
        const place = await makePlace(t);
        const act = () => openSource(text, { session: {} });
        const opening = withEnvironment({ TMPDIR: place }, act);
        await assert.rejects(opening, (err) => {
            assert.match(err.message, why);
            assert.doesNotMatch(err.message, /\n/);
            return true;
        });
        equal(await fs.readdir(place), []);
    }
});

test('the option url is the address of the backend', async (t) => {
    const session = createRequire(EXPRESS)('express-session');
    const nobody = 'postgres://nobody@127.0.0.1:1/none';
    const text = `npm:connect-pg-simple?url=${nobody}`;
    const said = /ECONNREFUSED 127\.0\.0\.1:1\b/;
    await assert.rejects(open(t, text, session), said);
});
