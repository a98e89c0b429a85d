// matrix.mjs: the whole suite on every store of the catalogue that can run
// here, natively in the express target, and a page that compares them.
//
//   node matrix.mjs BUILD-FOLDER [--fresh] [NAME…]
//
// Says a line a store when it ends. What was tried already with this build and
// these cases is kept, unless --fresh; so what was cut short can go on. A store
// that hangs, or ends its process, costs its own row. Exit code 1 where a
// control (express-session's own MemoryStore, memorystore) could not be tried,
// 2: bad usage.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogueNames, folderName, loadEntry } from './catalogue.mjs';
import { installEntry } from './install.mjs';

const CONTROLS = ['express-session', 'memorystore']; // tried first
const AT_ONCE = 2;
const LIMIT_MS = 6 * 60 * 1000; // of one store's run
const TOP = join(dirname(fileURLToPath(import.meta.url)), '../..');
const REPORTS = join(TOP, 'reports/out/npm');

// ---- One store -------------------------------------------------------------

// Gives { name, file }, or { name, why } where it could not be tried.
async function tryStore(name, build, key) {
    const file = join(REPORTS, `${folderName(name)}.json`);
    const begun = Date.now();
    try {
        const entry = await loadEntry(name);
        const why = whyNot(entry);
        if (why) return say(name, `not run: ${why}`, { why });
        const mark = await markOf(entry, key);
        if (await isKept(file, mark))
            return say(name, `kept: ${await counts(file)}`, { file });
        await installEntry(entry, undefined, () => {});
        await runSuite(name, build, file);
        await fs.writeFile(markFile(file), mark);
        const seconds = Math.round((Date.now() - begun) / 1000);
        return say(name, `${await counts(file)}, ${seconds} s`, { file });
    } catch (err) {
        await remove(file);
        return say(name, `broken: ${err.message}`, { why: err.message });
    }
}

function whyNot({ gone, missing, address }) {
    if (gone) return 'npm has no such package any more';
    if (!missing || process.env[address]) return undefined;
    return address ? `${missing}: set ${address}` : missing;
}

function say(name, text, result) {
    console.log(`${name.padEnd(36)} ${text}`);
    return { name, ...result };
}

async function runSuite(name, build, file) {
    await remove(file);
    const { code, signal, words } = await run(join(build, 'sessionspec'), [
        ...['run', '--target', 'express', '--store', `npm:${name}`],
        ...['--restart-backend', '--report', `json:${file}`],
        ...['--report', `html:${pageOf(file)}`],
    ]);
    if (signal) throw new Error(`did not end within ${LIMIT_MS / 1000} s`);
    if (code > 1) throw new Error(words || `exit code ${code}`);
}

// Ended by SIGINT, so that it ends what it has started.
function run(command, args) {
    const child = spawn(command, args, {
        env: { ...process.env, SESSIONSPEC_HOME: TOP },
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    let [text, late] = ['', false];
    const timer = setTimeout(() => {
        late = true;
        child.kill('SIGINT');
    }, LIMIT_MS);
    child.stderr.setEncoding('utf8').on('data', (more) => (text += more));
    return new Promise((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code) => {
            clearTimeout(timer);
            running.delete(child);
            const words = text.trim().split('\n').pop();
            resolve({ code, signal: late, words });
        });
    });
}

const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
        for (const child of running) child.kill('SIGINT');
        process.exit(130);
    });

async function counts(file) {
    const { totals } = JSON.parse(await fs.readFile(file, 'utf8'));
    const bad = totals.failed + totals.errors + totals.crashed;
    return `${totals.passed} passed, ${bad} failed, ${totals.skipped} skipped`;
}

// ---- What was tried already ------------------------------------------------

const pageOf = (file) => file.replace(/\.json$/, '.html');
const markFile = (file) => file.replace(/\.json$/, '.mark');

async function remove(file) {
    for (const path of [file, pageOf(file), markFile(file)])
        await fs.rm(path, { force: true });
}

async function isKept(file, mark) {
    const old = await fs.readFile(markFile(file), 'utf8').catch(() => '');
    return old === mark && existsSync(file);
}

// Changes with the entry, and with what all stores are tried by.
async function markOf({ home }, key) {
    const hash = createHash('sha256').update(key);
    for (const name of (await fs.readdir(home)).sort())
        hash.update(await fs.readFile(join(home, name)));
    return hash.digest('hex');
}

async function keyOf(build) {
    const hash = createHash('sha256');
    hash.update(await fs.readFile(join(build, 'sessionspec')));
    for (const folder of ['cases', 'harness/targets/express', 'stores/node'])
        for (const name of (await fs.readdir(join(TOP, folder))).sort())
            if (/\.(yml|mjs|sh|json)$/.test(name))
                hash.update(await fs.readFile(join(TOP, folder, name)));
    return hash.digest('hex');
}

// ---- All of them -----------------------------------------------------------

// The slow ones, behind a server, need not come last: names are in the order
// of the alphabet, which is as good as any.
async function tryAll(names, build, key) {
    const results = [];
    const left = [...names];
    const work = async () => {
        for (let name; (name = left.shift()); )
            results.push(await tryStore(name, build, key));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return results.sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

async function compare(results, build) {
    const files = results.filter(({ file }) => file).map(({ file }) => file);
    if (files.length === 0) throw new Error('no store could be tried');
    const absent = results
        .filter(({ why }) => why)
        .flatMap(({ name, why }) => ['--absent', `${name}=${why}`]);
    const index = join(REPORTS, 'index');
    const { code, words } = await run(join(build, 'sessionspec'), [
        ...['compare', ...files, ...absent, '--report', `html:${index}.html`],
        ...['--report', `json:${index}.json`],
        ...['--report', `markdown:${index}.md`],
    ]);
    if (code !== 0) throw new Error(words);
    return `${index}.html`;
}

function readArgs(args) {
    const options = args.filter((arg) => arg.startsWith('--'));
    const [build, ...names] = args.filter((arg) => !arg.startsWith('--'));
    const known = [...new Set([...CONTROLS, ...catalogueNames()])];
    const strange = names.find((name) => !known.includes(name));
    const wrong = options.find((option) => option !== '--fresh');
    if (!build || wrong || strange) {
        const what = wrong ?? strange ?? 'a build folder is missing';
        console.error(
            `${basename(process.argv[1])}: ${what}; usage: ` +
                'matrix.mjs BUILD-FOLDER [--fresh] [NAME…], ' +
                'names as in stores/node/catalogue',
        );
        process.exit(2);
    }
    return { build, fresh: options.length > 0, names: names.length ? names : known };
}

async function main({ build, fresh, names }) {
    const begun = Date.now();
    await fs.mkdir(REPORTS, { recursive: true });
    const key = fresh ? String(begun) : await keyOf(build);
    const results = await tryAll(names, build, key);
    const page = await compare(results, build);
    const tried = results.filter(({ file }) => file).length;
    const seconds = Math.round((Date.now() - begun) / 1000);
    console.log(`${tried} of ${names.length} stores in ${seconds} s: ${page}`);
    const lost = results.find(({ name, why }) => why && CONTROLS.includes(name));
    process.exitCode = lost ? 1 : 0;
}

main(readArgs(process.argv.slice(2))).catch((err) => {
    console.error(`matrix: ${err.message}`);
    process.exitCode = 1;
});
