// known-bugs.test.mjs: what the benchmark makes of two reports

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { judge } from '../known-bugs/judge.mjs';
import { showPage, showTable } from '../known-bugs/show.mjs';

const ROW = {
    id: 'X1',
    package: 'mystore',
    buggy: '1.0.0',
    fixed: '1.0.1',
    reproduced: true,
    fails: ['STO-09'],
    cases: ['store-contract/touch-*'],
    symptom: 'touch | of nothing is an error',
    link: null,
};
const SIDES = { buggy: 'buggy', fixed: 'fixed' };

function one(outcome, more = {}) {
    return {
        id: 'store-contract/touch-unknown[how=1]',
        checks: ['STO-09', 'STO-14'],
        outcome,
        failures: outcome === 'fail' ? [{ line: 1 }] : [],
        reason: outcome === 'skip' ? 'no touch' : '',
        replay: 'sessionspec run',
        ...more,
    };
}

function judged(buggy, fixed, row = ROW) {
    const reports = { buggy, fixed };
    return judge(row, (side) => reports[side], SIDES);
}

const report = (...cases) => ({ cases });

test('a bug is found where its case fails and the mended one passes', () => {
    const found = judged(report(one('fail')), report(one('pass')));
    assert.equal(found.outcome, 'found');
    assert.equal(found.requirement, 'STO-09');
    assert.equal(found.test.id, 'store-contract/touch-unknown[how=1]');
    assert.equal(found.also, undefined);
});

test('a crash finds it too', () => {
    const found = judged(report(one('crash')), report(one('pass')));
    assert.equal(found.outcome, 'found');
});

test('a case that the mended release fails too is a false alarm', () => {
    const wrong = judged(report(one('fail')), report(one('fail')));
    assert.equal(wrong.outcome, 'false alarm');
});

test('another fault of the mended release is told, and no false alarm', () => {
    const other = one('fail', { id: 'store-ids/other' });
    const found = judged(report(one('fail')), report(one('pass'), other));
    assert.equal(found.outcome, 'found');
    assert.equal(found.also, 'store-ids/other');
});

test('a case of another row finds nothing', () => {
    const other = one('fail', { id: 'store-ids/other' });
    assert.equal(judged(report(other), report()).outcome, 'missed');
});

test('what is against another requirement finds nothing', () => {
    const other = one('fail', { failures: [{ line: 1, against: 'STO-42' }] });
    assert.equal(judged(report(other), report()).outcome, 'missed');
    const row = { ...ROW, fails: ['STO-42'] };
    assert.equal(judged(report(other), report(), row).outcome, 'found');
});

test('a skipped case says why the bug was missed', () => {
    const missed = judged(report(one('skip')), report());
    assert.equal(missed.outcome, 'missed');
    assert.match(missed.why, /no touch/);
});

test('a store that is not to be had is not run', () => {
    const gone = judged({ refused: 'npm could not install it' }, report());
    assert.equal(gone.outcome, 'not run');
});

test('a store that does not open is found by that', () => {
    const row = { ...ROW, fails: ['OPEN'], cases: [] };
    const refused = 'npm:mystore@1.0.0: open: path is no text';
    const found = judged({ refused }, report(), row);
    assert.equal(found.outcome, 'found');
    assert.equal(judged({ refused }, { refused }, row).outcome, 'false alarm');
});

test('a hazard is found where a case reached it', () => {
    const row = { ...ROW, verdict: 'reachable' };
    const shown = one('pass', { hazard_shown: true });
    assert.equal(judged(report(shown), null, row).outcome, 'found');
    assert.equal(judged(report(one('pass')), null, row).outcome, 'missed');
});

test('the table and the page say the same', () => {
    const counted = { reproduced: 3, found: 1, missed: 1, falseAlarms: 1 };
    const list = [judged(report(one('fail')), report(one('pass')))];
    const totals = '3 reproduced bugs: 1 found (33.3 %)';
    assert.ok(showTable(list, counted).includes(totals));
    assert.ok(showPage(list, counted).includes(totals));
    assert.ok(showPage(list, counted).includes('touch \\| of nothing'));
});

test('each row of the data says all that is asked of it', () => {
    const file = new URL('../known-bugs.json', import.meta.url);
    const rows = JSON.parse(readFileSync(file, 'utf8'));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const row of rows) {
        assert.match(row.id, /^[A-Z]\d+$/);
        assert.match(row.buggy, /^\d+\.\d+\.\d+$/, row.id);
        assert.ok(row.fixed === null || /^\d/.test(row.fixed), row.id);
        assert.ok(row.fails.length > 0, row.id);
        assert.ok(row.cases.length > 0 || row.fails[0] === 'OPEN', row.id);
        assert.ok(row.symptom && !row.symptom.endsWith('.'), row.id);
        assert.equal(typeof row.reproduced, 'boolean', row.id);
    }
});
