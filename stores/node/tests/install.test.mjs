// install.test.mjs: packages come into the cache once, and whole; an npm of
// our own stands in for the real one

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makePlace, until } from './places.mjs';

const INSTALL = fileURLToPath(new URL('../install.mjs', import.meta.url));
const equal = assert.deepEqual;

// It makes what it is asked for, or fails with what NPM_SAYS; a line in the
// log for each call, which then waits for the gate, where there is one.
const NPM = `#!/bin/sh
echo "$*" >>"$PLACE/log"
while [ -e "$PLACE/gate" ]; do sleep 0.02; done
if [ "$1" = view ]; then echo "$NPM_VIEWS"; exit; fi
[ -z "$NPM_SAYS" ] || { printf '%s\\n' "$NPM_SAYS" >&2; exit 1; }
mkdir -p node_modules/memorystore && cp package.json node_modules
`;

async function makeNpm(t) {
    const place = await makePlace(t);
    await fs.mkdir(join(place, 'bin'));
    await fs.writeFile(join(place, 'bin', 'npm'), NPM, { mode: 0o755 });
    const run = async (env, ...args) => {
        const child = spawn(process.execPath, [INSTALL, ...args], {
            env: {
                PATH: `${place}/bin${delimiter}${process.env.PATH}`,
                ...{ PLACE: place, XDG_CACHE_HOME: place, ...env },
            },
        });
        const said = { out: '', err: '' };
        child.stdout.on('data', (text) => (said.out += text));
        child.stderr.on('data', (text) => (said.err += text));
        const [code] = await once(child, 'close');
        return { code, ...said };
    };
    const cache = join(place, 'sessionspec', 'npm');
    const log = async () => {
        const text = await fs
            .readFile(join(place, 'log'), 'utf8')
            .catch(() => '');
        return text.split('\n').filter(Boolean);
    };
    return { place, run, cache, log };
}

async function visible(folder) {
    return (await fs.readdir(folder)).filter((name) => name !== '.locks');
}

test('a package is installed once, by its lock', async (t) => {
    const { run, cache, log } = await makeNpm(t);
    const first = await run({}, 'npm:memorystore');
    equal(first, {
        code: 0,
        out: `${cache}/memorystore@1.6.8\n`,
        err: 'sessionspec: installing memorystore 1.6.8 (once)\n',
    });
    equal(await run({}, 'npm:memorystore'), { ...first, err: '' });
    equal(await run({}, 'npm:memorystore@1.6.8'), { ...first, err: '' });
    const calls = await log();
    assert.equal(calls.length, 1);
    assert.match(calls[0], /^ci .*--ignore-scripts/);
    equal(await visible(cache), ['memorystore@1.6.8']);
});

test('of several at once one installs, and all have it', async (t) => {
    const { place, run, log } = await makeNpm(t);
    await fs.writeFile(join(place, 'gate'), '');
    const all = [1, 2, 3].map(() => run({}, 'npm:memorystore'));
    await until(async () => (await log()).length > 0, 'npm is called');
    await fs.rm(join(place, 'gate'));
    for (const { code } of await Promise.all(all)) assert.equal(code, 0);
    assert.equal((await log()).length, 1);
});

test('another version is installed beside it, without the lock', async (t) => {
    const { run, cache, log } = await makeNpm(t);
    await run({}, 'npm:memorystore', 'npm:memorystore@1.6.1');
    assert.match((await log())[1], /^install .*--ignore-scripts/);
    equal(await visible(cache), ['memorystore@1.6.1', 'memorystore@1.6.8']);
    const made = join(cache, 'memorystore@1.6.1', 'package.json');
    const { dependencies } = JSON.parse(await fs.readFile(made, 'utf8'));
    equal(dependencies, { memorystore: '1.6.1' });
});

test('a part of a version is the newest that it fits', async (t) => {
    const { run, cache } = await makeNpm(t);
    const env = { NPM_VIEWS: '["1.5.0","1.5.1"]' };
    const { out } = await run(env, 'npm:memorystore@1.5');
    assert.equal(out, `${cache}/memorystore@1.5.1\n`);
    equal(await run({ NPM_VIEWS: '' }, 'npm:memorystore@7'), {
        ...{ code: 3, out: '' },
        err: 'sessionspec: npm:memorystore@7: npm has no such version\n',
    });
});

test('what npm could not install leaves nothing, and is one line', async (t) => {
    const { run, cache } = await makeNpm(t);
    const cases = {
        E404: 'npm has no such package',
        ETARGET: 'npm has no such version',
        ENOTFOUND: 'npm cannot reach its registry (ENOTFOUND)',
        ECONNREFUSED: 'npm cannot reach its registry (ECONNREFUSED)',
        EWHAT: 'npm failed: EWHAT: a reason',
    };
    for (const [code, why] of Object.entries(cases)) {
        const says = `npm error code ${code}\nnpm error a reason`;
        const { err, ...rest } = await run(
            { NPM_SAYS: says },
            'npm:memorystore',
        );
        equal(rest, { code: 3, out: '' });
        assert.equal(
            err.split('\n').slice(1).join('\n'),
            `sessionspec: memorystore 1.6.8: ${why}\n`,
        );
    }
    equal(await visible(cache), []);
    assert.equal((await run({}, 'npm:memorystore')).code, 0);
});

test('a folder that is not whole, or of another lock, is made anew', async (t) => {
    const { run, cache, log } = await makeNpm(t);
    const folder = join(cache, 'memorystore@1.6.8');
    await fs.mkdir(folder, { recursive: true });
    await run({}, 'npm:memorystore');
    await fs.writeFile(join(folder, '.sessionspec'), 'of another lock');
    await run({}, 'npm:memorystore');
    assert.equal((await log()).length, 2);
    equal(await visible(cache), ['memorystore@1.6.8']);
});

test('what was cut short an hour ago is swept away', async (t) => {
    const { run, cache } = await makeNpm(t);
    const old = join(cache, '.install-old');
    await fs.mkdir(old, { recursive: true });
    await fs.mkdir(join(cache, '.install-new'));
    await fs.utimes(old, 1, 1);
    await run({}, 'npm:memorystore');
    equal(await visible(cache), ['.install-new', 'memorystore@1.6.8']);
});

test('a link to the program is as good', async (t) => {
    const { place, cache } = await makeNpm(t);
    await fs.symlink(INSTALL, join(place, 'link.mjs'));
    const child = spawn(process.execPath, [join(place, 'link.mjs')], {
        env: { XDG_CACHE_HOME: cache },
    });
    assert.deepEqual(await once(child, 'close'), [2, null]);
});

test('this node is the one to run with, where it is new enough', async (t) => {
    const { run, log } = await makeNpm(t);
    for (const spec of ['npm:memorystore', 'node:./x.mjs'])
        equal(await run({}, '--which-node', spec), {
            ...{ code: 0, out: `${process.execPath}\n`, err: '' },
        });
    equal(await log(), []);
});

test('what cannot be is one line, and exit code 3, or 2 for bad usage', async (t) => {
    const { run, place } = await makeNpm(t);
    const fails = async (code, why, args, env = {}) => {
        const { err, ...rest } = await run(env, ...args);
        equal(rest, { code, out: '' });
        const lines = err.trimEnd().split('\n');
        assert.match(lines.at(-1), why);
        assert.ok(lines.slice(0, -1).every((line) => /installing/.test(line)));
    };
    await fails(2, /usage/, []);
    await fails(2, /usage/, ['--which-node']);
    await fails(2, /usage/, ['--frob', 'npm:memorystore']);
    await fails(3, /npm:NAME/, ['memory']);
    await fails(3, /npm:foo: not in the catalogue .*node:\.\/foo\.mjs$/m, [
        'npm:foo',
    ]);
    await fails(3, /npm has no such package/, ['npm:fortune-session']);
    const env = { PATH: join(place, 'nothing') };
    await fails(3, /needs npm \(Debian/, ['npm:memorystore'], env);
    await fails(3, /cannot write to the folder/, ['npm:memorystore'], {
        XDG_CACHE_HOME: '/dev/null/x',
    });
});
