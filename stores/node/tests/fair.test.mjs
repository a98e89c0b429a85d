// fair.test.mjs: a store that does nothing wrong fails nothing, whatever it
// lacks and however it does it

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TOP } from '../plays.mjs';
import { makePlace } from './places.mjs';

const TOOL = join(TOP, 'build/sessionspec');
const STORE = 'node:./stores/node/tests/stores/correct.mjs';
const ALL = 'ops=touch%2Ball%2Blength%2Bclear';
const NATIVELY = ['--target', 'express'];
// The documents recommend touch: without it, a session in use ends.
const WITHOUT_TOUCH = ['real-time/visited-often', 'store-use/visited-often'];

function run(args) {
    return new Promise((resolve) =>
        execFile(TOOL, args, { cwd: TOP }, (err) => resolve(err?.code ?? 0)),
    );
}

function fair(what, options, target, failing = []) {
    test(what, async (t) => {
        const file = join(await makePlace(t), 'report.json');
        const store = ['--store', `${STORE}?${options}`];
        const report = ['--report', `json:${file}`];
        const code = await run(['run', ...target, ...store, ...report]);
        assert.equal(code, failing.length ? 1 : 0);
        const { cases } = JSON.parse(readFileSync(file, 'utf8'));
        const bad = cases.filter(
            ({ outcome }) => !['pass', 'skip'].includes(outcome),
        );
        assert.deepEqual(bad.map(({ id }) => id).sort(), failing);
        assert.ok(cases.length - bad.length > 1000);
    });
}

fair('get, set, destroy, at once', 'back=sync', NATIVELY, WITHOUT_TOUCH);
fair('the same of another process', 'back=promise', [], WITHOUT_TOUCH);
fair(
    'all operations, slow, of 64 KiB at most, with dates and IDs',
    `${ALL}&back=slow&miss=undefined&most=65535&dates=1&ids=1`,
    NATIVELY,
);
fair('a clock of its own', `${ALL}&clock=real&late=1000`, NATIVELY);
fair(
    'an error for what is not there, and late, of another process',
    `${ALL}&late=1000&miss=enoent`,
    [],
);
fair('the same natively', `${ALL}&late=1000&miss=enoent`, NATIVELY);
