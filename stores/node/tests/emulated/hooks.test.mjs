// hooks.test.mjs: what the entries of stores on emulators say that they can do
// is so: a namespace of one's own, spoiling a record, breaking and mending

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { catalogueNames, loadEntry } from '../../catalogue.mjs';
import { openSource } from '../../source.mjs';

const EXPRESS = '../../../../harness/targets/express/package.json';
const PATIENCE_MS = 10 * 1000;
// It parses in a callback of its client's: a spoilt record is the end of the
// process.
const FATAL = ['connect-azuretables'];

function emulated({ backend }) {
    if (typeof backend !== 'string') return false;
    return existsSync(new URL(`../../emulators/${backend}.mjs`, import.meta.url));
}

function findSession() {
    const require = createRequire(new URL(EXPRESS, import.meta.url));
    return require('express-session');
}

// Offline, with nothing in the cache, there is nothing to be tried.
async function open(t, name) {
    try {
        const source = await openSource(`npm:${name}`, {
            session: findSession(),
            say() {},
        });
        t.after(() => source.end());
        return source;
    } catch (err) {
        const reason = /cannot reach|needs |Cannot find module/;
        if (!reason.test(err.message)) throw err;
        t.skip(err.message);
        return null;
    }
}

// Gives { error, value }, whatever the store calls an answer.
function call(store, op, ...args) {
    return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${op}: no callback`));
        const timer = setTimeout(late, PATIENCE_MS);
        store[op](...args, (error, value) => {
            clearTimeout(timer);
            resolve({ error, value });
        });
    });
}

function makeSession(user) {
    const { Cookie } = findSession();
    return { cookie: new Cookie({ maxAge: 60000 }), user };
}

for (const name of catalogueNames()) {
    const entry = await loadEntry(name);
    if (!emulated(entry)) continue;
    test(`${name} opens, and its hooks do what they say`, async (t) => {
        const source = await open(t, name);
        if (!source) return;
        const { store, ...own } = await source.open({ namespace: 'a/%"x' });
        const other = await source.open({ namespace: 'a/%"X' });
        await call(store, 'set', 'sid', makeSession('tobi'));
        await call(store, 'set', 'well', makeSession('loki'));
        assert.equal((await call(store, 'get', 'sid')).value.user, 'tobi');
        assert.ok(!(await call(other.store, 'get', 'sid')).value);

        if (own.spoil && !FATAL.includes(name)) {
            await own.spoil('nobody');
            assert.ok(!(await call(store, 'get', 'nobody')).value);
            await own.spoil('sid');
            const { value } = await call(store, 'get', 'sid');
            assert.notEqual(value?.user, 'tobi');
        }
        if (own.break) {
            await own.break();
            assert.ok((await call(store, 'get', 'well')).error);
            await call(other.store, 'set', 'his', makeSession('jane'));
            const { value } = await call(other.store, 'get', 'his');
            assert.equal(value.user, 'jane');
            await own.mend();
        }
        assert.equal((await call(store, 'get', 'well')).value.user, 'loki');
        await own.close();
        await other.close();
    });
}

// Some leave timers behind, which nothing can stop; what failed is in the exit
// code all the same.
test('the process ends, whatever the stores left alive', () => {
    setTimeout(() => process.exit(), 100);
});
