// confirmed.test.mjs: failures that our cases find in the newest releases are
// there without our tools: each script in confirmed/ is plain Node.
//
// A script's first line names requirement, package and version. It gets the
// folder of the packages and the backend's address, and ends with 0 where it
// has seen the failure.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startBackend } from '../backends.mjs';
import { loadEntry } from '../catalogue.mjs';
import { installEntry } from '../install.mjs';

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL('confirmed', import.meta.url));
// express-session is no package of the stores' own.
const EXPRESS = fileURLToPath(
    new URL('../../../harness/targets/express/node_modules', import.meta.url),
);
const MOST_LINES = 20;
const HEAD = /^\/\/ ([A-Z]{3}-\d\d), (\S+) (\S+): \S/;
const HANGS_MS = 60 * 1000;

const backends = new Map(); // name to the promise of one

function backendOf(name) {
    if (!name) return undefined;
    if (!backends.has(name)) backends.set(name, startBackend(name));
    return backends.get(name);
}

after(async () => {
    for (const backend of backends.values()) await (await backend).end();
});

for (const file of readdirSync(FOLDER)) {
    const path = join(FOLDER, file);
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    test(lines[0].slice('// '.length), async () => {
        const [, , name, version] = HEAD.exec(lines[0]);
        assert.ok(lines.length <= MOST_LINES, `${lines.length} lines`);
        const entry = await loadEntry(name);
        assert.equal(version, entry.tested, 'the newest that we tried');
        const { folder } = await installEntry(entry, version);
        const backend = await backendOf(entry.backend);
        await run(process.execPath, [path, folder, backend?.address ?? ''], {
            timeout: HANGS_MS,
            env: { ...process.env, NODE_PATH: EXPRESS },
        });
    });
}
