#!/usr/bin/env node
// known-bugs.mjs: do the cases find what is known to be wrong with released
// stores? Plays, for each row of known-bugs.json, the cases of its
// requirements on the release that has the bug and on the one that mended it.
//
//   known-bugs.mjs [BUILD-FOLDER] [--out FOLDER] [--jobs N] [--fresh] [ID…]
//
// What was played already is taken from FOLDER, unless the tool, the cases or
// the stores have changed since. Exit code 1: under nine tenths were found, or a
// release that mended a bug still shows it.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { catalogueHomes } from './catalogue.mjs';
import { judge } from './known-bugs/judge.mjs';
import { showPage, showTable } from './known-bugs/show.mjs';
import { TOP, eachOf, keptReport, playTool, stampOf } from './plays.mjs';

const ROWS = new URL('known-bugs.json', import.meta.url);
const ENOUGH = 0.9;
const ANY = 'STO-01'; // for a store of which we ask no more than to open
const LIMIT_MS = 6 * 60 * 1000; // of one release's run

const options = readOptions(process.argv.slice(2));
const rows = JSON.parse(readFileSync(ROWS, 'utf8'));
const chosen = rows.filter(
    ({ id }) => options.ids.length === 0 || options.ids.includes(id),
);
const stamp = await stampOf(options.build, catalogueHomes());

process.exitCode = await main();

async function main() {
    mkdirSync(options.out, { recursive: true });
    const plays = gather(chosen);
    let done = 0;
    await eachOf([...plays.values()], options.jobs, async (play) => {
        play.report = await playOnce(play);
        process.stderr.write(`${++done}/${plays.size} ${play.name}\n`);
    });
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
        build: join(TOP, 'build'),
        out: join(TOP, 'reports', 'out', 'known-bugs'),
        jobs: 2,
        fresh: false,
        ids: [],
    };
    for (let arg; (arg = args.shift()) !== undefined; ) {
        if (arg === '--fresh') read.fresh = true;
        else if (['--out', '--jobs'].includes(arg))
            read[arg.slice(2)] = args.shift();
        else if (/^[A-Z]\d+$/.test(arg)) read.ids.push(arg);
        else if (arg.startsWith('-')) refuse(`unknown argument: ${arg}`);
        else read.build = resolve(arg);
    }
    read.jobs = Number(read.jobs);
    read.out = resolve(read.out);
    if (!(read.jobs >= 1)) refuse('--jobs needs a number');
    if (!existsSync(join(read.build, 'sessionspec')))
        refuse(`there is no sessionspec in ${read.build}: make all`);
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
    const kept = keptReport(file, stamp);
    try {
        if (options.fresh || !(await kept.isKept())) {
            await kept.drop();
            const refused = await playInto(file, all);
            if (refused) writeFileSync(file, JSON.stringify({ name, refused }));
            await kept.keep();
        }
        return JSON.parse(readFileSync(file, 'utf8'));
    } catch (err) {
        return { name, refused: err.message };
    }
}

// Writes the report, or says why there is none.
async function playInto(file, args) {
    const all = [...args, '--report', `json:${file}`];
    const { code, words } = await playTool(options.build, all, LIMIT_MS);
    return code > 1 ? words || `exit code ${code}` : undefined;
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
