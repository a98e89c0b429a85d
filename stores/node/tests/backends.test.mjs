// backends.test.mjs: throwaway servers are there while they are wanted

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startBackend } from '../backends.mjs';
import { makePlace, until, untilEmpty } from './places.mjs';

function serves(address) {
    const { hostname, port } = new URL(address);
    return new Promise((resolve) => {
        const socket = connect(port, hostname);
        socket
            .on('connect', () => resolve(true))
            .on('error', () => resolve(false));
        socket.on('connect', () => socket.destroy());
    });
}

async function startMemcached(t) {
    try {
        return await startBackend('memcached');
    } catch (err) {
        if (!/needs the command/.test(err.message)) throw err;
        t.skip(err.message);
        return null;
    }
}

test('a backend stops and starts, and ends', async (t) => {
    const backend = await startMemcached(t);
    if (!backend) return;
    const { address } = backend;
    assert.ok(await serves(address));
    await backend.stop();
    assert.ok(!(await serves(address)));
    // Orders that come at once are done one after the other.
    await Promise.all([backend.start(), backend.stop(), backend.start()]);
    assert.ok(await serves(address));
    await backend.end();
    assert.ok(!(await serves(address)));
    await assert.rejects(backend.stop(), /memcached: is gone/);
});

test('what is none is said', async () => {
    await assert.rejects(startBackend('frob'), /there is no backend "frob"/);
});

test('nothing stays behind where this process is killed', async (t) => {
    const place = await makePlace(t);
    const home = new URL('..', import.meta.url);
    const script = `
        import { startBackend } from '${home}backends.mjs';
        import { makeFolder } from '${home}folder.mjs';
        import { writeFileSync } from 'node:fs';
        const { path } = await makeFolder();
        writeFileSync(path + '/file', '');
        const { address } = await startBackend('memcached');
        console.log(address);
        setInterval(() => {}, 1000);`;
    const child = spawn(
        process.execPath,
        ['--input-type=module', '-e', script],
        {
            env: { ...process.env, TMPDIR: place },
            stdio: ['ignore', 'pipe', 'pipe'],
        },
    );
    const said = Promise.race([
        once(child.stdout.setEncoding('utf8'), 'data'),
        once(child.stderr.setEncoding('utf8'), 'data'),
    ]);
    const [line] = await said;
    if (/needs the command/.test(line)) return t.skip('no memcached');
    const address = line.trim();
    assert.equal((await fs.readdir(place)).length, 2);
    child.kill('SIGKILL');
    await untilEmpty(place);
    await until(async () => !(await serves(address)), 'the server is gone');
});
