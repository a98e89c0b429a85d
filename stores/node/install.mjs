// install.mjs: the packages of stores, each set installed once into a cache,
// and the Node that a store needs.
//
//   node install.mjs SPEC…                install them, print the folders
//   node install.mjs --which-node SPEC    print the node to run it with
//
// Exit code 2: bad usage; 3, with one line on stderr: it cannot be had.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folderName, loadEntry } from './catalogue.mjs';
import { parseSpec } from './spec.mjs';

const OLDEST_NODE = 18;
const NEWER_NODE = '22.23.3'; // for the entries that need one
const STALE_MS = 60 * 60 * 1000; // a scratch folder that is left over
const SEAL = '.sessionspec'; // a file in a folder that is complete
// For packages that cannot be required: a name is looked up from the file that
// the import stands in.
const IMPORTER = 'export default (name) => import(name);\n';
// The last four: how long a registry that cannot be reached is tried.
const OFTEN = [
    ...['--no-audit', '--no-fund', '--no-update-notifier'],
    ...['--fetch-retries=2', '--fetch-timeout=60000'],
    ...['--fetch-retry-mintimeout=500', '--fetch-retry-maxtimeout=2000'],
];

export function tell(text) {
    process.stderr.write(`sessionspec: ${text}\n`);
}

// The packages of a catalogue entry. Gives { folder, version }, the folder
// being the one that holds node_modules.
export async function installEntry(entry, version, say = tell) {
    const { name, tested, manifest, home, gone } = entry;
    if (gone) throw new Error(`npm:${name}: npm has no such package any more`);
    if (!manifest) throw new Error(`npm:${name}: its entry pins no version`);
    const exact = await exactVersion(entry, version);
    const plan = {
        label: `${name} ${exact}`,
        place: `${folderName(name)}@${exact}`,
        builds: entry.builds ?? [],
        manifest,
        say,
    };
    const lock = join(home, 'package-lock.json');
    if (exact === tested && existsSync(lock))
        plan.lock = await fs.readFile(lock, 'utf8');
    else plan.manifest = manifestFor(entry, exact);
    return { folder: await install(plan), version: exact };
}

// The packages that `home`/package.json names, with the lock beside it.
export async function installFolder(home, say = tell) {
    const read = (name) => fs.readFile(join(home, name), 'utf8');
    const manifest = JSON.parse(await read('package.json'));
    const place = manifest.name ?? home.split('/').pop();
    return install({
        ...{
            label: place,
            place: folderName(place),
            builds: [],
            manifest,
            say,
        },
        lock: await read('package-lock.json'),
    });
}

// The node to run `entry` with: this one, or a newer one from npm.
export async function whichNode(entry, say = tell) {
    if (nodeMajor() >= (entry.node ?? OLDEST_NODE)) return process.execPath;
    const name = `node-${process.platform}-${process.arch}`;
    const folder = await install({
        label: `Node ${NEWER_NODE}`,
        place: `node@${NEWER_NODE}`,
        builds: [],
        manifest: { private: true, dependencies: { [name]: NEWER_NODE } },
        say,
    });
    return join(folder, 'node_modules', name, 'bin', 'node');
}

export async function nodeOf(spec) {
    if (spec.kind !== 'npm') return process.execPath;
    return whichNode(await loadEntry(spec.name));
}

export function nodeMajor() {
    return Number(process.versions.node.split('.')[0]);
}

// Where all of this lies.
export function cacheFolder() {
    const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
    return join(cache, 'sessionspec', 'npm');
}

// ---- Versions --------------------------------------------------------------

// A tag or a part of a version, such as "9", is npm's to resolve.
async function exactVersion({ name, package: wanted, tested }, version) {
    if (version === undefined) return tested;
    if (/^\d+\.\d+\.\d+/.test(version)) return version;
    const text = await npm(
        ['view', `${wanted}@${version}`, 'version', '--json'],
        { label: `npm:${name}@${version}` },
    );
    const found = text.trim() === '' ? [] : [JSON.parse(text)].flat();
    if (found.length) return found.at(-1);
    throw new Error(`npm:${name}@${version}: npm has no such version`);
}

function manifestFor(entry, version) {
    const dependencies = {
        ...entry.manifest.dependencies,
        ...entry.dependencies?.(version),
        [entry.package]: version,
    };
    for (const [name, range] of Object.entries(dependencies))
        if (range === null) delete dependencies[name];
    return { ...entry.manifest, dependencies };
}

// ---- Folders ---------------------------------------------------------------

// In a folder of its own first, then moved into place at once: two that start
// together do no harm, and what is cut short leaves nothing that counts.
async function install(plan) {
    const cache = cacheFolder();
    const abi = plan.builds.length ? `-abi${process.versions.modules}` : '';
    const folder = join(cache, plan.place + abi);
    const seal = sealOf(plan);
    if (await isSealed(folder, seal)) return folder;
    await makeCache(cache);
    const leave = await takeTurn(join(cache, '.locks', plan.place));
    try {
        if (await isSealed(folder, seal)) return folder;
        plan.say(`installing ${plan.label} (once)`);
        await sweep(cache);
        await installAt(folder, seal, plan);
        return folder;
    } finally {
        leave();
    }
}

async function installAt(folder, seal, plan) {
    const scratch = await fs.mkdtemp(join(dirname(folder), '.install-'));
    try {
        await fill(scratch, plan);
        await fs.writeFile(join(scratch, SEAL), seal);
        await putInPlace(scratch, folder, seal);
    } finally {
        await fs.rm(scratch, { recursive: true, force: true });
    }
}

// Another that installs the same is waited for. The lock is a child's, which
// ends with this process; where there is no flock, the work is done twice.
async function takeTurn(file) {
    const hold = ['sh', '-c', 'echo locked; exec cat'];
    const child = spawn('flock', [file, ...hold], {
        stdio: ['pipe', 'pipe', 'ignore'],
        detached: true,
    });
    await new Promise((resolve) => {
        child.on('error', resolve);
        child.on('close', resolve);
        child.stdin.on('error', () => {});
        child.stdout.once('data', resolve);
    });
    return () => child.stdin.end();
}

async function makeCache(cache) {
    try {
        await fs.mkdir(join(cache, '.locks'), { recursive: true });
        await fs.access(cache, fs.constants.W_OK);
    } catch (err) {
        throw new Error(`cannot write to the folder ${cache}: ${err.code}`);
    }
}

async function fill(scratch, { label, manifest, lock, builds }) {
    const pretty = JSON.stringify({ private: true, ...manifest }, null, 2);
    await fs.writeFile(join(scratch, 'package.json'), pretty);
    await fs.writeFile(join(scratch, 'import.mjs'), IMPORTER);
    if (lock) await fs.writeFile(join(scratch, 'package-lock.json'), lock);
    const options = { label, cwd: scratch };
    const verb = lock ? ['ci', '--prefer-offline'] : ['install'];
    const args = [...verb, '--ignore-scripts', '--omit=dev'];
    try {
        await npm(args, options);
    } catch (err) {
        if (err.npmCode !== 'ERESOLVE') throw err;
        await npm([...args, '--force'], options); // peers of old releases
    }
    if (builds.length)
        await npm(['rebuild', ...builds, '--foreground-scripts'], options);
}

// What a folder was made from: it is made anew where that is another.
function sealOf({ manifest, lock, builds }) {
    const { dependencies, overrides } = manifest;
    const text = JSON.stringify([dependencies, overrides, lock, builds]);
    return createHash('sha256').update(text).digest('hex');
}

async function isSealed(folder, seal) {
    try {
        return (await fs.readFile(join(folder, SEAL), 'utf8')) === seal;
    } catch {
        return false;
    }
}

// The move fails where something stands there: another's that came first, or
// what was made from an older lock.
async function putInPlace(scratch, folder, seal) {
    const move = (from, to) => fs.rename(from, to).then(yes, no);
    if (await move(scratch, folder)) return;
    if (await isSealed(folder, seal)) return;
    const old = `${scratch}-old`;
    await move(folder, old);
    const moved = await move(scratch, folder);
    await fs.rm(old, { recursive: true, force: true });
    if (!moved && !(await isSealed(folder, seal)))
        throw new Error(`cannot write to the folder ${folder}`);
}

const yes = () => true;
const no = () => false;

async function sweep(cache) {
    for (const name of await fs.readdir(cache)) {
        if (!name.startsWith('.install-')) continue;
        const path = join(cache, name);
        const { mtimeMs } = await fs.stat(path).catch(() => ({}));
        if (mtimeMs < Date.now() - STALE_MS)
            await fs.rm(path, { recursive: true, force: true });
    }
}

// ---- npm -------------------------------------------------------------------

// What npm says when it fails, and what we say then.
const FAILURES = [
    [/^E404$/, () => 'npm has no such package'],
    [/^ETARGET$/, () => 'npm has no such version'],
    [
        /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ERR_SOCKET_\w+|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)$/,
        (code) => `npm cannot reach its registry (${code})`,
    ],
    [/^ENOSPC$/, () => 'the disk is full'],
];

// Gives what it printed.
async function npm(args, { label, cwd }) {
    const { code, out, log } = await run('npm', [...args, ...OFTEN], cwd);
    if (code === 0) return out;
    const npmCode = /^npm (?:error|ERR!) code (\S+)/m.exec(log)?.[1];
    const [, explain] = FAILURES.find(([form]) => form.test(npmCode)) ?? [];
    const why = explain?.(npmCode) ?? `npm failed: ${lastWords(log, code)}`;
    throw Object.assign(new Error(`${label}: ${why}`), { npmCode, log });
}

function run(command, args, cwd) {
    const env = { ...process.env, ...ownNode() };
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            ...{ cwd, env, stdio: ['ignore', 'pipe', 'pipe'] },
        });
        let [out, log] = ['', ''];
        child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
        child.stderr.setEncoding('utf8').on('data', (text) => (log += text));
        child.on('error', (err) =>
            reject(
                err.code === 'ENOENT'
                    ? new Error('needs npm (Debian: apt install npm)')
                    : err,
            ),
        );
        child.on('close', (code) => resolve({ code, out, log: log + out }));
    });
}

// npm runs on this node and builds for it, be it one of our cache; node-gyp
// downloads the headers unless it is told where they are.
function ownNode() {
    const bin = dirname(process.execPath);
    const own = {};
    if (bin.startsWith(cacheFolder()))
        own.PATH = `${bin}${delimiter}${process.env.PATH}`;
    const folder = [dirname(bin), '/usr'].find(hasHeaders);
    if (folder) own.npm_config_nodedir = folder;
    return own;
}

function hasHeaders(folder) {
    const file = join(folder, 'include', 'node', 'node_version.h');
    if (!existsSync(file)) return false;
    const abi = /^#define NODE_(?:EMBEDDER_)?MODULE_VERSION (\d+)$/m;
    return (
        abi.exec(readFileSync(file, 'utf8'))?.[1] === process.versions.modules
    );
}

function lastWords(log, code) {
    const lines = log.match(/^npm (?:error|ERR!) .*$/gm) ?? [];
    const said = lines
        .map((line) => line.replace(/^npm (error|ERR!) (code )?/, '').trim())
        .filter((line) => line && !/complete log|^A complete/.test(line));
    return said.slice(0, 2).join(': ') || `exit code ${code}`;
}

// ---- The command -----------------------------------------------------------

async function main(args) {
    const asks = args[0] === '--which-node';
    const specs = asks ? args.slice(1) : args;
    if (!specs.length || specs[0].startsWith('--') || (asks && specs[1]))
        throw Object.assign(
            new Error('usage: install.mjs SPEC… | --which-node SPEC'),
            { exitCode: 2 },
        );
    for (const text of specs) {
        const spec = parseSpec(text);
        if (asks) console.log(await nodeOf(spec));
        else if (spec.kind === 'npm') {
            const entry = await loadEntry(spec.name);
            console.log((await installEntry(entry, spec.version)).folder);
        }
    }
}

// Rather than imported; a link may have led here.
function isRun() {
    const [, script] = process.argv;
    const own = fileURLToPath(import.meta.url);
    return existsSync(script ?? '') && realpathSync(script) === own;
}

if (isRun())
    main(process.argv.slice(2)).catch((err) => {
        tell(err.message);
        process.exitCode = err.exitCode ?? 3;
    });
