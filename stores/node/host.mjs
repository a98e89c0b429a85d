// host.mjs: the host of stores of Node's for `exec:`: requests on stdin,
// answers on stdout, an object a line; stores/README.md has the protocol.
//
//   node host.mjs SPEC

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { atTime, installClock } from '../../harness/targets/express/clock.mjs';
import { context } from '../../harness/targets/express/context.mjs';
import { errorCoded } from '../../harness/targets/express/http.mjs';
import { loadEntry } from './catalogue.mjs';
import { installEntry, nodeOf, tell } from './install.mjs';
import { openSource } from './source.mjs';
import { parseSpec } from './spec.mjs';

const USAGE = 2; // exit codes of the project
const UNREACHABLE = 3;
const END_MS = 1000; // for the stores to close; what is left ends with us
const EVENTS = ['connect', 'disconnect'];

// What a store's method takes after the sid, and how its answer is shown.
const METHODS = {
    get: { sid: true, show: (value) => ({ session: value ?? null }) },
    set: { sid: true, session: true },
    destroy: { sid: true },
    touch: { sid: true, session: true },
    all: { show: (value) => ({ sessions: showAll(value) }) },
    length: { show: (length = null) => ({ length }) },
    clear: {},
};
const HOOKS = ['spoil', 'break', 'mend']; // the entry's, not the store's

// As the documents have it.
function isMiss(op, err) {
    return op === 'get' && err.code === 'ENOENT';
}

// An array does not say whose the sessions are.
function showAll(value) {
    if (Array.isArray(value)) return value.map((session) => ({ session }));
    const pairs = Object.entries(value ?? {});
    return pairs.map(([sid, session]) => ({ sid, session }));
}

class Host {
    #source;
    #module;
    #clock;
    #write;
    #instances = new Map();

    constructor(source, module, clock, write) {
        this.#source = source;
        this.#module = module;
        this.#clock = clock;
        this.#write = write;
    }

    hello() {
        const about = this.#source.describe();
        const { name, version, capabilities, resolution, licence } = about;
        this.#write({
            protocol: 1,
            name,
            version,
            operations: [
                ...['open', 'close', ...about.operations],
                ...HOOKS.filter((name) => about.hooks.includes(name)),
            ],
            clock: about.clock === 'real' ? 'real' : 'host',
            ...{ capabilities, resolution, licence },
        });
    }

    // One line of stdin.
    async obey(line) {
        let request;
        try {
            request = JSON.parse(line);
        } catch (err) {
            return this.#write({ event: 'error', message: err.message });
        }
        this.#clock.set(request?.now);
        try {
            if (Object.hasOwn(METHODS, request.op)) this.#call(request);
            else
                this.#write({ id: request.id, ...(await this.#care(request)) });
        } catch (err) {
            this.#fail(request?.id, err);
        }
    }

    #fail(id, err) {
        this.#write({ id, error: errorCoded(err) });
    }

    // What is done to a store rather than with it.
    async #care({ op, instance, namespace, sid }) {
        if (op === 'open') return this.#open(instance, namespace);
        const handle = this.#handle(instance);
        if (op === 'close') {
            this.#instances.delete(instance);
            await handle.close();
            return {};
        }
        if (!HOOKS.includes(op) || !handle[op]) throw lacking(op);
        await handle[op](sid);
        return {};
    }

    #handle(instance) {
        const handle = this.#instances.get(instance);
        if (!handle) throw coded('EINVAL', `no instance "${instance}"`);
        return handle;
    }

    // Its options stand in the SPEC already, where numbers are such.
    async #open(instance, namespace = instance) {
        if (typeof instance !== 'string' || this.#instances.has(instance))
            throw coded('EINVAL', 'no name for a new instance');
        this.#instances.set(instance, null);
        try {
            const handle = await this.#source.open({ namespace });
            this.#instances.set(instance, handle);
            for (const event of EVENTS)
                handle.store.on?.(event, () =>
                    this.#write({ event, instance }),
                );
            return {};
        } catch (err) {
            this.#instances.delete(instance);
            throw err;
        }
    }

    // The store works at the time of its request. What it hands out is shown
    // at once: it may change under its hands.
    #call({ id, op, instance, sid, session, now }) {
        const { store } = this.#handle(instance);
        const method = METHODS[op];
        if (typeof store[op] !== 'function') throw lacking(op);
        const args = method.sid ? [sid] : [];
        if (method.session) args.push(this.#asHandedOver(session));
        let done = false;
        const answer = (err, value) => {
            if (done) {
                this.#write({ event: 'callback-twice', op, instance });
                return;
            }
            done = true;
            try {
                if (err && !isMiss(op, err)) this.#fail(id, err);
                else this.#write({ id, ...method.show?.(value) });
            } catch (unseen) {
                this.#fail(id, unseen);
            }
        };
        const who = { app: { clock: this.#clock.at(now) }, instance };
        try {
            context.run(who, () => store[op](...args, answer));
        } catch (err) {
            if (!done) throw err;
            const { message } = errorCoded(err);
            this.#write({ event: 'error', op, instance, message });
        }
    }

    // What express-session hands to a store: a Cookie with a Date.
    #asHandedOver(session) {
        if (typeof session?.cookie !== 'object' || !session.cookie)
            return session;
        const fields = { ...session.cookie };
        if (typeof fields.expires === 'string')
            fields.expires = new Date(fields.expires);
        const cookie = new this.#module.Cookie(fields);
        if ('originalMaxAge' in fields)
            cookie.originalMaxAge = fields.originalMaxAge;
        return { ...session, cookie };
    }
}

function lacking(op) {
    return coded('ENOSYS', `the store has no "${op}"`);
}

function coded(code, message) {
    return Object.assign(new Error(message), { code });
}

// ---- Time ------------------------------------------------------------------

// The time of the host: each request brings it along. What works for none,
// such as a timer, goes by the last that came.
class HostClock {
    #last;

    constructor(isReal) {
        this.isReal = isReal;
    }

    set(now) {
        if (!this.isReal && Number.isFinite(now)) this.#last = now;
    }

    now() {
        return this.#last ?? REAL_NOW();
    }

    // Stands still at the time of one request.
    at(now) {
        if (this.isReal || !Number.isFinite(now)) return this;
        return { now: () => now };
    }
}

const REAL_NOW = Date.now; // before the clock is installed

// ---- The process -----------------------------------------------------------

async function main([text, more]) {
    if (text === undefined || more !== undefined)
        end(USAGE, 'usage: host.mjs SPEC');
    const node = await nodeOf(parseSpec(text));
    if (node !== process.execPath) return becomeChild(node);
    const write = takeStdout();
    let isGreeted = false; // the first line is the hello
    outlive((event) => (isGreeted ? write(event) : tell(event.message)));
    const session = await loadSession();
    installClock();
    const clock = new HostClock(false);
    const who = { app: { clock } };
    const source = await context.run(who, () =>
        openSource(text, { session, at: atTime }),
    );
    clock.isReal = source.describe().clock === 'real';
    const host = new Host(source, session, clock, write);
    host.hello();
    isGreeted = true;
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => context.run(who, () => host.obey(line)));
    let ending;
    const finish = () => (ending ??= endWith(source));
    lines.on('close', finish);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
        process.on(signal, finish);
}

// The same again in another node.
function becomeChild(node) {
    const args = process.argv.slice(1);
    const child = spawn(node, args, { stdio: 'inherit' });
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'])
        process.on(signal, () => child.kill(signal));
    child.on('error', (err) => end(UNREACHABLE, `${node}: ${err.message}`));
    child.on('exit', (code) => process.exit(code ?? UNREACHABLE));
}

// stdout is the protocol's alone: what packages print goes to stderr.
function takeStdout() {
    const { stdout, stderr } = process;
    const write = stdout.write.bind(stdout);
    stdout.write = stderr.write.bind(stderr);
    stdout.on('error', () => process.exit(0)); // nobody reads any more
    stderr.on('error', () => {});
    return (message) => write(`${JSON.stringify(message)}\n`);
}

// What would end a Node process is an event: the host sees to what waits.
function outlive(write) {
    const say = (event) => (err) => {
        const { instance } = context.getStore() ?? {};
        write({ event, message: errorCoded(err).message, instance });
    };
    process.on('uncaughtException', say('error'));
    process.on('unhandledRejection', say('unhandled-rejection'));
}

// The express target's express-session, or one of our own.
async function loadSession() {
    const here = dirname(fileURLToPath(import.meta.url));
    let folder = join(here, '../../harness/targets/express');
    if (!existsSync(join(folder, 'node_modules', 'express-session'))) {
        const entry = await loadEntry('express-session');
        ({ folder } = await installEntry(entry));
    }
    return createRequire(join(folder, 'any.js'))('express-session');
}

async function endWith(source) {
    setTimeout(() => process.exit(0), END_MS);
    await source.end().catch((err) => tell(err.message));
    process.exit(0);
}

function end(code, text) {
    tell(text);
    process.exit(code);
}

main(process.argv.slice(2)).catch((err) => end(UNREACHABLE, err.message));
