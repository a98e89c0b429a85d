// process.mjs: how the process starts and ends

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { START } from './target.mjs';

const equal = assert.deepEqual;

describe('the process', () => {
    test('ends with the one who started it', async () => {
        const starter = spawn('sh', ['-c', `"${START}" & wait`], {
            stdio: ['ignore', 'pipe', 'inherit'],
        });
        const [url] = await once(createInterface(starter.stdout), 'line');
        assert.match(url, /^http:/);
        const gone = once(starter.stdout, 'close');
        starter.kill('SIGKILL');
        await gone;
    });

    test('says what it cannot do', async () => {
        const run = async (args, env) => {
            const child = spawn(START, args, {
                env: { ...process.env, ...env },
            });
            let text = '';
            child.stderr.on('data', (data) => (text += data));
            const [code] = await once(child, 'close');
            return [code, text.trim().split('\n').length];
        };
        equal(await run(['--', '--prot', '1']), [2, 1]);
        equal(await run(['--version', '../1']), [2, 1]);
        equal(await run(['--', '--store', 'npm:x']), [3, 1]);
    });
});
