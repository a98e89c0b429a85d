// backends.mjs: throwaway servers for stores: the real ones that
// stores/backends/start makes, and the emulators of this folder.
//
// Both are child processes that print their address as their first line, obey
// the lines "stop" and "start", and end with their stdin, however this
// process ends.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const REAL = ['redis', 'memcached', 'postgres', 'mariadb'];
// A stop would lose what these hold.
const FLEETING = ['firestore', 'datastore'];
const START = join(HERE, '..', 'backends', 'start');
const READY_MS = 120 * 1000; // a slow disk, or packages to install

// Gives { address, canRestart, stop(), start(), end() }.
export async function startBackend(name, say = () => {}) {
    const backend = new Backend(name, commandOf(name), say);
    await backend.ready();
    return backend;
}

function commandOf(name) {
    if (REAL.includes(name)) return [START, name];
    const file = join(HERE, 'emulators', `${name}.mjs`);
    if (!existsSync(file)) throw new Error(`there is no backend "${name}"`);
    return [process.execPath, file];
}

class Backend {
    #name;
    #child;
    #lines = []; // said, and not yet waited for
    #waiting; // what is called with the next line; null: there is none
    #complaint = '';
    #isGone = false;
    #orders = Promise.resolve(); // one after the other

    constructor(name, [command, ...args], say) {
        this.#name = name;
        this.canRestart = !FLEETING.includes(name);
        this.#child = spawn(command, args, {
            stdio: ['pipe', 'pipe', 'pipe'],
            detached: true, // a Ctrl-C is ours: it ends with its stdin
        });
        const { stdin, stdout, stderr } = this.#child;
        stdin.on('error', () => {}); // it is gone, as is heard below
        createInterface(stdout).on('line', (line) => this.#hear(line));
        createInterface(stderr).on('line', (line) => {
            if (/\binstalling /.test(line)) say(bare(line));
            else this.#complaint = bare(line);
        });
        this.ended = new Promise((resolve) => {
            this.#child.on('close', resolve);
            this.#child.on('error', (err) => {
                this.#complaint = err.message;
                resolve();
            });
        }).then(() => {
            this.#isGone = true;
            this.#waiting?.(null);
        });
    }

    async ready() {
        this.address = await this.#nextLine();
        if (this.address !== null) return;
        await this.end();
        const why = this.#complaint || 'does not start';
        throw new Error(`backend ${this.#name}: ${why}`);
    }

    // Kills the server, as a crash would.
    stop() {
        return this.#order('stop', 'stopped');
    }

    // The same port and data again.
    start() {
        return this.#order('start', 'started');
    }

    async end() {
        this.#keepAwake(true);
        this.#child.stdin.end();
        await this.ended;
    }

    #order(word, answer) {
        const order = this.#orders.then(async () => {
            this.#child.stdin.write(`${word}\n`);
            const line = await this.#nextLine();
            if (line !== answer)
                throw new Error(`backend ${this.#name}: ${line ?? 'is gone'}`);
        });
        this.#orders = order.catch(() => {});
        return order;
    }

    // It keeps this process alive only while it is waited for.
    #keepAwake(awake) {
        const { stdin, stdout, stderr } = this.#child;
        for (const one of [this.#child, stdin, stdout, stderr])
            if (awake) one.ref?.();
            else one.unref?.();
    }

    #hear(line) {
        if (this.#waiting) this.#waiting(line);
        else this.#lines.push(line);
    }

    // Null where there will be none.
    #nextLine() {
        if (this.#lines.length) return this.#lines.shift();
        if (this.#isGone) return null;
        this.#keepAwake(true);
        return new Promise((resolve) => {
            const timer = setTimeout(() => this.#waiting(null), READY_MS);
            this.#waiting = (line) => {
                clearTimeout(timer);
                this.#waiting = undefined;
                this.#keepAwake(false);
                resolve(line);
            };
        });
    }
}

// What it says without saying who says it.
function bare(line) {
    return line.replace(/^sessionspec(?: backend \S+)?: /, '');
}
