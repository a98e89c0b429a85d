// sources.mjs: where stores come from: MemoryStore, which anyone may have, and
// the one that --store names when the process starts.
//
// A Source is what stores/node/source.mjs gives: describe(), open({namespace})
// for a handle {store, close(), spoil(sid)?, break()?, mend()?}, and stop(),
// start(), end() for what all its stores stand on.

import { atTime } from './clock.mjs';
import { Refusal } from './http.mjs';
import { limit } from './limit.mjs';

const SPOILT = '{"cookie":{"orig'; // no set wrote that
const OPEN_MS = 8000; // less than a client waits for an answer

// Why a SPEC is none of this target's, or null.
export function refuseSpec(spec) {
    if (spec === 'memory' || /^(npm|node):/.test(spec)) return null;
    return (
        `cannot open the store "${spec}": the express target has memory, ` +
        'npm:NAME and node:./factory.mjs'
    );
}

export class Sources {
    #release;
    #spec;
    #source;
    #restarts;

    constructor(release, { spec = 'memory', source, restarts = false } = {}) {
        this.#release = release;
        this.#spec = spec;
        this.#source = source;
        this.#restarts = restarts;
    }

    get canRestart() {
        return this.#restarts && this.#source?.canRestart === true;
    }

    find(spec = this.#spec, settings = {}) {
        const refusal = refuseSpec(spec);
        if (refusal) throw new Refusal(503, refusal);
        if (spec === 'memory') return new Memory(this.#release, settings);
        if (spec === this.#spec) return this.#source;
        throw new Refusal(
            503,
            `store "${spec}" runs code of its own, and was not named by ` +
                '--store when the server was started',
        );
    }

    stop() {
        return this.#source.stop();
    }

    start() {
        return this.#source.start();
    }

    async end() {
        await this.#source?.end();
    }
}

// Loads what --store names. Throws an Error of one line.
export async function openSource(spec, release) {
    const home = new URL('../../../stores/node/source.mjs', import.meta.url);
    const source = await import(home);
    return source.openSource(spec, {
        session: release.session({}),
        version: release.version,
        at: atTime,
    });
}

// A handle, or a Refusal. One that comes too late is closed.
export async function openStore(source, namespace) {
    const opened = source.open({ namespace });
    try {
        const text = `it did not open within ${OPEN_MS / 1000} s`;
        return await limit(OPEN_MS, opened, text);
    } catch (err) {
        opened.then((handle) => handle.close()).catch(() => {});
        throw new Refusal(503, `the store cannot be opened: ${err.message}`);
    }
}

// The store of express-session itself. It is left to the garbage collector,
// and with it what it held.
class Memory {
    isVolatile = true;
    #release;
    #module;

    constructor(release, settings) {
        this.#release = release;
        this.#module = release.session(settings);
    }

    describe() {
        return {
            name: 'memory',
            version: this.#release.version,
            clock: 'virtual',
            capabilities: ['namespace', 'binary-sid'],
        };
    }

    async open() {
        const store = new this.#module.MemoryStore();
        return {
            store,
            close() {},
            spoil(sid) {
                const { sessions } = store;
                if (Object.hasOwn(sessions, sid)) sessions[sid] = SPOILT;
            },
        };
    }
}
