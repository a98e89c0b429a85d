// Tests of tables.mjs: which tables are made and dropped, and when.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tables } from '../tables.mjs';

const MOST_LEFT = 64; // tables without a store that it keeps

function scene() {
    const log = [];
    const tables = new Tables(async (sql) => void log.push(sql));
    const make = async (key) => void log.push(`CREATE ${key}`);
    return { log, open: (key) => tables.open(key, make), tables };
}

test('a table is made by the first store on it alone', async () => {
    const { log, open } = scene();
    await open('a');
    await open('a');
    await open('b');
    assert.deepEqual(log, ['CREATE a', 'CREATE b']);
});

test('a store that is opened anew finds its table', async () => {
    const { log, open, tables } = scene();
    await open('a');
    await tables.close('a');
    await open('a');
    assert.deepEqual(log, ['CREATE a']);
});

test('the table that was left first is dropped when many are', async () => {
    const { log, open, tables } = scene();
    const keys = Array.from({ length: MOST_LEFT + 1 }, (_, i) => `t${i}`);
    for (const key of keys) await open(key);
    log.length = 0;
    for (const key of keys) await tables.close(key);
    assert.deepEqual(log, ['DROP TABLE IF EXISTS t0, t0_away']);
    await open('t0');
    assert.equal(log.at(-1), 'CREATE t0');
});

test('a table with a store on it is not dropped', async () => {
    const { log, open, tables } = scene();
    await open('a');
    await open('a');
    await tables.close('a');
    await tables.end();
    assert.deepEqual(log, ['CREATE a']);
});

test('at the end all that were left are dropped, once', async () => {
    const { log, open, tables } = scene();
    for (const key of ['a', 'b']) {
        await open(key);
        await tables.close(key);
    }
    log.length = 0;
    await tables.end();
    await tables.end();
    assert.deepEqual(log, [
        'DROP TABLE IF EXISTS a, a_away',
        'DROP TABLE IF EXISTS b, b_away',
    ]);
});

test('what was broken is mended by the name it had', async () => {
    const { log, tables } = scene();
    await tables.break('a');
    await tables.mend('a');
    assert.deepEqual(log, [
        'ALTER TABLE a RENAME TO a_away',
        'ALTER TABLE a_away RENAME TO a',
    ]);
});
