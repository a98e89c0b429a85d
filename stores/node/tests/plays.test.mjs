// plays.test.mjs: runs of the tool: how they end, and when one is done already

import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eachOf, keptReport, playTool, stampOf } from '../plays.mjs';
import { makePlace } from './places.mjs';

// A build folder, whose tool is that script.
async function makeBuild(t, script) {
    const build = await makePlace(t);
    const tool = join(build, 'sessionspec');
    await writeFile(tool, `#!/bin/sh\n${script}\n`);
    await chmod(tool, 0o755);
    return build;
}

test('a run gives its code, and its last words', async (t) => {
    const build = await makeBuild(t, 'echo one >&2; echo "two $1" >&2; exit 3');
    const { code, words } = await playTool(build, ['run'], 5000);
    assert.deepEqual([code, words], [3, 'two run']);
});

test('a run that does not end is ended by SIGINT', async (t) => {
    const script = 'trap "echo over >&2; exit 1" INT; while :; do sleep 0.05; done';
    const build = await makeBuild(t, script);
    await assert.rejects(playTool(build, [], 200), /did not end within 0\.2 s/);
});

test('results stand in the order of their list, so many at a time', async () => {
    let [now, most] = [0, 0];
    const results = await eachOf([30, 10, 20, 5], 2, async (ms) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, ms));
        now--;
        return ms;
    });
    assert.deepEqual(results, [30, 10, 20, 5]);
    assert.equal(most, 2);
});

test('a report is kept until the tool or an entry changes', async (t) => {
    const build = await makeBuild(t, 'exit 0');
    const entry = join(await makePlace(t), 'entry');
    await mkdir(entry);
    await writeFile(join(entry, 'entry.mjs'), 'one');
    const file = join(build, 'report.json');
    const look = async () => keptReport(file, await stampOf(build, [entry]));

    const report = await look();
    assert.equal(await report.isKept(), false);
    await writeFile(file, '{}');
    await report.keep();
    assert.equal(await (await look()).isKept(), true);

    await writeFile(join(entry, 'README.md'), 'words');
    assert.equal(await (await look()).isKept(), true);
    await writeFile(join(entry, 'entry.mjs'), 'two');
    assert.equal(await (await look()).isKept(), false);

    await (await look()).keep();
    await writeFile(join(build, 'sessionspec'), 'another');
    assert.equal(await (await look()).isKept(), false);

    await (await look()).keep();
    await (await look()).drop();
    assert.equal(await (await look()).isKept(), false);
});
