// places.mjs: folders for one test, its environment, and waiting.

import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DEADLINE_MS = 20 * 1000;

export async function makePlace(t) {
    const path = await mkdtemp(join(tmpdir(), 'sessionspec-test-'));
    await chmod(path, 0o755); // servers run as other users
    t.after(() => rm(path, { recursive: true, force: true }));
    return path;
}

// The environment is as before once `act` is done.
export async function withEnvironment(variables, act) {
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
        return await act();
    } finally {
        for (const name of Object.keys(variables))
            if (name in before) process.env[name] = before[name];
            else delete process.env[name];
    }
}

// Fails where `check` does not come true.
export async function until(check, what) {
    const deadline = Date.now() + DEADLINE_MS;
    while (!(await check())) {
        if (Date.now() > deadline) throw new Error(`never: ${what}`);
        await sleep(10);
    }
}

export function untilEmpty(folder) {
    const isEmpty = async () => (await readdir(folder)).length === 0;
    return until(isEmpty, `${folder} is empty`);
}
