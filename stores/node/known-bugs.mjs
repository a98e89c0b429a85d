#!/usr/bin/env node
// known-bugs.mjs: do the cases find what is known to be wrong with released
// stores? Plays, for each row of known-bugs.json, the cases of its
// requirements on the release that has the bug and on the one that mended it.
//
//   known-bugs.mjs [BUILD-FOLDER] [--out FOLDER] [--jobs N] [--again] [ID…]
//
// What was played already is taken from FOLDER, unless the tool, the cases or
// the stores are newer. Exit code 1: under nine tenths were found, or a
// release that mended a bug still shows it.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judge } from './known-bugs/judge.mjs';
import { showPage, showTable } from './known-bugs/show.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(HERE, '..', '..');
const ENOUGH = 0.9;
const ANY = 'STO-01'; // for a store of which we ask no more than to open

const options = readOptions(process.argv.slice(2));
const rows = JSON.parse(readFileSync(join(HERE, 'known-bugs.json'), 'utf8'));
const chosen = rows.filter(
    ({ id }) => options.ids.length === 0 || options.ids.includes(id),
);
const age = newest([
    options.tool,
    join(ROOT, 'cases'),
    join(HERE),
    join(ROOT, 'harness', 'targets', 'express'),
]);

process.exitCode = await main();

async function main() {
    mkdirSync(options.out, { recursive: true });
    const plays = gather(chosen);
    const left = [...plays.values()];
    const workers = Array.from({ length: options.jobs }, async () => {
        for (let play; (play = left.shift()); ) {
            play.report = await playOnce(play);
            const done = plays.size - left.length;
            process.stderr.write(`${done}/${plays.size} ${play.name}\n`);
        }
    });
    await Promise.all(workers);
    const judged = chosen.map((row) =>
        judge(row, ({ name }) => plays.get(name).report, sidesOf(row)),
    );
    const counted = count(judged);
    writeFileSync(`${options.out}.md`, showPage(judged, counted));
    process.stdout.write(showTable(judged, counted));
    const good = counted.found >= ENOUGH * counted.reproduced;
    return good && counted.falseAlarms === 0 ? 0 : 1;
}

function readOptions(args) {
    const read = {
        build: join(ROOT, 'build'),
        out: join(ROOT, 'reports', 'out', 'known-bugs'),
        jobs: 2,
        again: false,
        ids: [],
    };
    for (let arg; (arg = args.shift()) !== undefined; ) {
        if (arg === '--again') read.again = true;
        else if (['--out', '--jobs'].includes(arg))
            read[arg.slice(2)] = args.shift();
        else if (/^[A-Z]\d+$/.test(arg)) read.ids.push(arg);
        else if (arg.startsWith('-')) refuse(`unknown argument: ${arg}`);
        else read.build = resolve(arg);
    }
    read.jobs = Number(read.jobs);
    read.out = resolve(read.out);
    read.tool = join(read.build, 'sessionspec');
    if (!(read.jobs >= 1)) refuse('--jobs needs a number');
    if (!existsSync(read.tool)) refuse(`there is no ${read.tool}: make all`);
    return read;
}

function refuse(why) {
    process.stderr.write(`known-bugs.mjs: ${why}\n`);
    process.exit(2);
}

// ---- What is played --------------------------------------------------------

// One run a release and set of options, for all rows that ask for it.
function gather(list) {
    const plays = new Map();
    for (const row of list)
        for (const side of Object.values(sidesOf(row))) {
            const play = plays.get(side.name) ?? { ...side, checks: new Set() };
            for (const id of row.fails)
                play.checks.add(id === 'OPEN' ? ANY : id);
            plays.set(side.name, play);
        }
    return plays;
}

// { buggy, fixed?, control? }: each the arguments of a run, and a name for it.
function sidesOf(row) {
    const sides = { buggy: side(row, row.buggy, row.options) };
    if (row.fixed) sides.fixed = side(row, row.fixed, row.options);
    if (row.control) sides.control = side(row, row.buggy, row.control);
    return sides;
}

function side({ package: name, store, run: more = [] }, version, given) {
    const query = given ? `?${given}` : '';
    const isMiddleware = name === 'express-session';
    const target = isMiddleware ? `express@${version}` : 'express';
    const spec = isMiddleware ? store : `npm:${name}@${version}${query}`;
    const args = ['--target', target, ...more];
    if (spec) args.push('--store', spec);
    return { name: args.join(' '), args };
}

// ---- Playing ---------------------------------------------------------------

// The report of `sessionspec run`, or { refused } where there was none.
async function playOnce({ name, args, checks }) {
    const list = [...checks].sort().join(',');
    const all = ['run', ...args, '--checks', list];
    const key = createHash('sha256').update(all.join(' ')).digest('hex');
    const file = join(options.out, `${key.slice(0, 16)}.json`);
    const old = options.again ? null : readNewer(file);
    if (old) return old;
    const { code, said } = await run([...all, '--report', `json:${file}.new`]);
    if (code === 0 || code === 1) {
        renameSync(`${file}.new`, file);
        return JSON.parse(readFileSync(file, 'utf8'));
    }
    const refused = said.trim().split('\n').at(-1) ?? '';
    writeFileSync(file, JSON.stringify({ name, refused, code }));
    return { name, refused, code };
}

function readNewer(file) {
    try {
        if (statSync(file).mtimeMs < age) return null;
        return JSON.parse(readFileSync(file, 'utf8'));
    } catch {
        return null;
    }
}

function run(args) {
    return new Promise((resolve) => {
        const child = spawn(options.tool, args, {
            cwd: ROOT,
            stdio: ['ignore', 'ignore', 'pipe'],
        });
        let said = '';
        child.stderr.setEncoding('utf8');
        child.stderr.on('data', (text) => (said += text));
        child.on('error', (err) => resolve({ code: 2, said: err.message }));
        child.on('close', (code) => resolve({ code, said }));
    });
}

function newest(paths) {
    let time = 0;
    for (const path of paths) {
        const stat = statSync(path);
        const inside = stat.isDirectory() ? readdirSync(path) : [];
        time = Math.max(
            time,
            stat.isDirectory() ? 0 : stat.mtimeMs,
            newest(
                inside
                    .filter((name) => name !== 'node_modules')
                    .map((name) => join(path, name)),
            ),
        );
    }
    return time;
}

function count(judged) {
    const reproduced = judged.filter(({ row }) => row.reproduced);
    const of = (word) =>
        reproduced.filter(({ outcome }) => outcome === word).length;
    return {
        reproduced: reproduced.length,
        found: of('found'),
        missed: of('missed'),
        falseAlarms: of('false alarm'),
        notRun: of('not run'),
    };
}
