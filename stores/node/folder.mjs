// folder.mjs: a folder for this process, gone when the process is, however
// that ends.

import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// A child waits for the end of its stdin, which this process holds; what still
// writes there is dying.
const CLEANER = `
cd /
cat >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
    rm -rf -- "$1" 2>/dev/null && exit
    sleep 0.1
done`;

export async function makeFolder() {
    const prefix = join(tmpdir(), 'sessionspec-node-');
    const path = await mkdtemp(prefix).catch((err) => {
        throw new Error(`cannot make a folder in ${tmpdir()}: ${err.code}`);
    });
    const cleaner = spawn('/bin/sh', ['-c', CLEANER, 'cleaner', path], {
        stdio: ['pipe', 'ignore', 'ignore'],
        detached: true, // a Ctrl-C shall not end it
    });
    const ended = new Promise((resolve) => cleaner.on('close', resolve));
    cleaner.unref();
    cleaner.stdin.unref();
    return {
        path,
        async remove() {
            cleaner.ref();
            cleaner.stdin.end();
            await ended;
        },
    };
}
