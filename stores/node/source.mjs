// source.mjs: where stores come from: a package of the catalogue or a factory
// of the user's, with its backend, opened once an app.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBackend } from './backends.mjs';
import { loadEntry } from './catalogue.mjs';
import { makeFolder } from './folder.mjs';
import { installEntry, nodeMajor, tell } from './install.mjs';
import { parseSpec } from './spec.mjs';

const OPEN_MS = 60 * 1000; // connect and open may take that long
const CLOSE_MS = 3 * 1000; // the backend may be gone
const METHODS = ['get', 'set', 'destroy', 'touch', 'all', 'length', 'clear'];
// ms: no document says what holds at the very millisecond of expiry.
const AN_INSTANT = 1;
const A_SECOND = 1000; // which is what most backends count in
// Codes of what `require` cannot load and `import` can.
const IMPORTED = [
    'ERR_REQUIRE_ESM',
    'ERR_REQUIRE_ASYNC_MODULE',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
];
const TRIAL = 'sessionspec-trial';
const TRIAL_MS = 5 * 1000; // for one call
const LIFE_MS = 60 * 1000;
const HOOKS = ['spoil', 'break', 'mend'];

// `session` is the express-session module that goes with the stores; `at(ms,
// act)` runs a function at another time. Throws an Error of one line.
export async function openSource(text, { session, at, say = tell }) {
    const spec = parseSpec(text);
    const plan =
        spec.kind === 'npm'
            ? await planPackage(spec, say)
            : await planFactory(spec);
    const source = new Source(spec, plan, session);
    try {
        await source.begin(say, at);
    } catch (err) {
        await source.end();
        throw err;
    }
    return source;
}

// ---- The two kinds ---------------------------------------------------------

async function planPackage(spec, say) {
    const entry = await loadEntry(spec.name, spec.options);
    const address = takeUrl(spec, entry) ?? namedAddress(entry, say);
    refuse(entry, address);
    const { folder, version } = await installEntry(entry, spec.version, say);
    const load = loaderFor(folder);
    return { entry, address, version, packages: folder, load };
}

// `?url=` is the address of a backend, where the store has one, and no option
// of its constructor's.
function takeUrl(spec, { backend, address }) {
    const { url, ...options } = spec.options;
    if (url === undefined || !(backend || address)) return undefined;
    spec.options = options;
    return String(url);
}

function namedAddress({ name, address: variable }, say) {
    const address = variable && process.env[variable];
    if (!address) return undefined;
    say(`npm:${name} is on what ${variable} names`);
    return address;
}

function refuse({ name, missing, node, address: variable }, address) {
    const or = variable ? `; ?url= or ${variable} can name one` : '';
    if (missing && !address) throw new Error(`npm:${name}: ${missing}${or}`);
    if (nodeMajor() < node)
        throw new Error(
            `npm:${name}: needs Node ${node}, found ${process.version}`,
        );
}

// Gives the packages of a folder: by require, or by import where that alone
// works.
function loaderFor(folder) {
    const require = createRequire(join(folder, 'package.json'));
    const helper = join(folder, 'import.mjs');
    return async (name) => {
        try {
            return require(name);
        } catch (err) {
            if (!IMPORTED.includes(err.code)) throw err;
            const { default: load } = await import(pathToFileURL(helper));
            return load(name);
        }
    };
}

// A factory is an entry whose `open` says the rest.
async function planFactory(spec) {
    const file = resolve(spec.file);
    if (!existsSync(file)) throw new Error(`${spec.text}: no such file`);
    const { default: factory } = await import(pathToFileURL(file)).catch(
        (err) => {
            throw new Error(`${spec.text}: ${oneLine(err)}`);
        },
    );
    if (typeof factory !== 'function')
        throw new Error(`${spec.text}: its default export is no function`);
    const made = new WeakMap();
    const entry = {
        name: basename(spec.file, '.mjs').toLowerCase(),
        version: '0',
        async open(given) {
            const result = await factory(given);
            const whole = isStore(result) ? { store: result } : (result ?? {});
            const { name, version, clock, capabilities, resolution } = whole;
            const { spoil, break: fail, mend, licence } = whole;
            const told = { name, version, clock, capabilities, resolution };
            for (const [key, value] of Object.entries({ ...told, licence }))
                if (value !== undefined) entry[key] = value;
            Object.assign(entry, spoil && { spoil: hook('spoil') });
            Object.assign(entry, fail && { break: hook('break') });
            Object.assign(entry, mend && { mend: hook('mend') });
            if (isStore(whole.store)) made.set(whole.store, whole);
            return whole.store;
        },
        close: (given) => made.get(given.store)?.close?.(),
    };
    const hook = (name) => (given) => made.get(given.store)[name](given.sid);
    return { entry };
}

function isStore(value) {
    return typeof value?.get === 'function' && typeof value.set === 'function';
}

// ---- The source ------------------------------------------------------------

class Source {
    #spec;
    #entry;
    #given; // what `connect` and `open` have in common
    #version;
    #folder;
    #backend;
    #shared;
    #open = new Set();
    #operations = [];

    constructor(spec, plan, session) {
        const { entry, version, address, packages, load } = plan;
        this.#spec = spec;
        this.#entry = entry;
        this.#version = version;
        const { options } = spec;
        const had = { load, packages, session, version, address, options };
        this.#given = had;
    }

    async begin(say, at) {
        const { backend: name, connect } = this.#entry;
        this.#folder = await makeFolder();
        this.#given.folder = this.#folder.path;
        if (name && !this.#given.address) {
            this.#backend = await startBackend(name, say).catch((err) => {
                throw new Error(`${this.#spec.text}: ${err.message}`);
            });
            this.#given.address = this.#backend.address;
        }
        if (connect)
            this.#shared = await this.#do('connect', () =>
                this.#entry.connect(this.#given),
            );
        const trial = await this.open({ namespace: TRIAL });
        const isThere = await warmUp(trial.store);
        if (isThere && at && !this.#entry.clock)
            await this.#findClock(trial.store, at);
        this.#operations = METHODS.filter(
            (name) => typeof trial.store[name] === 'function',
        );
        await trial.close();
    }

    describe() {
        const { name, version, clock, resolution, licence } = this.#entry;
        const { capabilities = [], spoil, break: fail } = this.#entry;
        return {
            name,
            version: this.#version ?? version,
            clock: clock ?? 'virtual',
            resolution: resolution ?? AN_INSTANT,
            capabilities: [
                ...capabilities,
                ...(spoil ? ['spoil'] : []),
                ...(fail ? ['break'] : []),
            ],
            licence: licence ?? [],
            hooks: HOOKS.filter((name) => this.#entry[name]),
            operations: this.#operations,
        };
    }

    // Where nothing is said of the clock: a session that has outlived itself by
    // a Date moved on is gone, or a backend judges that.
    async #findClock(store, at) {
        const { Cookie } = this.#given.session;
        const begun = Date.now();
        const cookie = at(begun, () => new Cookie({ maxAge: LIFE_MS }));
        const ask = (ms, op, ...args) =>
            at(ms, () => answerOf(store, op, args));
        await ask(begun, 'set', TRIAL, { cookie });
        const outlived = await ask(begun + 2 * LIFE_MS, 'get', TRIAL);
        await ask(begun, 'destroy', TRIAL);
        this.#entry.clock = outlived?.value ? 'real' : 'virtual';
        if (outlived?.value) this.#entry.resolution ??= A_SECOND;
    }

    // A store for one app; `options` go over those of the SPEC.
    async open({ namespace, options = {} }) {
        const given = { ...this.#given, shared: this.#shared, namespace };
        given.options = { ...given.options, ...options };
        given.key = safeName(namespace);
        const store = await this.#do('open', () => this.#entry.open(given));
        if (!isStore(store))
            throw new Error(`${this.#spec.text}: open gave no store`);
        const handle = this.#handle(store, { ...given, store });
        this.#open.add(handle);
        return handle;
    }

    get canRestart() {
        return this.#backend?.canRestart === true;
    }

    stop() {
        return this.#backend.stop();
    }

    start() {
        return this.#backend.start();
    }

    async end() {
        const quietly = (work) => Promise.resolve(work).catch(() => {});
        await Promise.all([...this.#open].map((one) => quietly(one.close())));
        if (this.#shared !== undefined && this.#entry.disconnect)
            await quietly(
                this.#do(
                    'disconnect',
                    () => this.#entry.disconnect(this.#shared),
                    CLOSE_MS,
                ),
            );
        await this.#backend?.end();
        await this.#folder?.remove();
    }

    #handle(store, given) {
        const handle = { store };
        handle.close = async () => {
            if (!this.#open.delete(handle)) return;
            const close = () => this.#entry.close?.(given);
            await this.#do('close', close, CLOSE_MS);
        };
        for (const name of HOOKS)
            if (this.#entry[name])
                handle[name] = (sid) =>
                    this.#do(name, () => this.#entry[name]({ ...given, sid }));
        return handle;
    }

    // One step of the entry's: its error says where it comes from, and it
    // comes to an end.
    async #do(step, work, ms = OPEN_MS) {
        let timer;
        const late = new Promise((_, reject) => {
            const why = `not done in ${ms / 1000} s`;
            timer = setTimeout(() => reject(new Error(why)), ms);
        });
        try {
            return await Promise.race([work(), late]);
        } catch (err) {
            throw Object.assign(
                new Error(`${this.#spec.text}: ${step}: ${oneLine(err)}`),
                { cause: err },
            );
        } finally {
            clearTimeout(timer);
        }
    }
}

// Connections that are made with the first call are not to begin within an
// app, whose clock may be another's. Gives whether the store answers.
async function warmUp(store) {
    return (await answerOf(store, 'get', [TRIAL])) !== undefined;
}

// { value }, or undefined where none came: what is wrong shows in the cases.
async function answerOf(store, op, args) {
    let timer;
    const answer = await new Promise((resolve) => {
        timer = setTimeout(resolve, TRIAL_MS);
        Promise.resolve()
            .then(() => store[op](...args, (_, value) => resolve({ value })))
            .catch(() => resolve());
    });
    clearTimeout(timer);
    return answer;
}

// A name that any backend takes for a table, a file or a prefix.
export function safeName(namespace) {
    const hash = createHash('sha256').update(namespace).digest('hex');
    return `s${hash.slice(0, 15)}`;
}

function oneLine(err) {
    return String(err?.message || err?.code || err).replace(/\s*\n\s*/g, ' ');
}
