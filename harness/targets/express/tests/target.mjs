// target.mjs: the target that all tests share, started as the harness does.

import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Target } from './client.mjs';

export const START = new URL('../start.sh', import.meta.url).pathname;

export const target = await start('--port', '0', '--tls-port', '0');

// Of express-session, as a number: 119 is 1.19.
export const release = await askRelease();

// The value of a session's cookie.
export function sign(sid, secret) {
    const hmac = createHmac('sha256', secret).update(sid).digest('base64');
    return encodeURIComponent(`s:${sid}.${hmac.replace(/=+$/, '')}`);
}

// EXPRESS_SESSION=1.15.6 in the environment tests that release.
export async function start(...args) {
    const version = process.env.EXPRESS_SESSION;
    const release = version ? ['--version', version] : [];
    const child = spawn(START, [...release, '--', ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout);
    const ended = once(child, 'exit').then(([code]) => {
        throw new Error(`the target ended with ${code}`);
    });
    const [url] = await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => {}); // from now on its end is no surprise
    return new Target(child, url);
}

async function askRelease() {
    const { json } = await target.call('GET', '');
    const [major, minor] = json.implements.match(/\d+/g).map(Number);
    return major * 100 + minor;
}
