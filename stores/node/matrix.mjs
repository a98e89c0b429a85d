// matrix.mjs: the whole suite on every store of the catalogue that can run
// here, natively in the express target, and a page that compares them. A store
// that express-session itself refuses is tried under the reference.
//
//   node matrix.mjs BUILD-FOLDER [--fresh] [NAME…]
//
// Says a line a store when it ends. What was tried already with this build and
// these cases is kept, unless --fresh; so what was cut short can go on. A store
// that hangs, or ends its process, costs its own row. Exit code 1 where a
// control (express-session's own MemoryStore, memorystore) could not be tried,
// 2: bad usage.

import * as fs from 'node:fs/promises';
import { basename, join } from 'node:path';
import { catalogueNames, folderName, loadEntry } from './catalogue.mjs';
import { installEntry } from './install.mjs';
import { TOP, eachOf, keptReport, playTool, stampOf } from './plays.mjs';

const CONTROLS = ['express-session', 'memorystore']; // tried first
const AT_ONCE = 3; // they wait more than they work
const LIMIT_MS = 6 * 60 * 1000; // of one store's run
// As the run says it where express-session throws.
const REFUSED = /makes no app: .*\bstatus 422: (?:status 422: )?(.*)$/;
const REPORTS = join(TOP, 'reports/out/npm');

// ---- One store -------------------------------------------------------------

// Gives { name, file }, or { name, why } where it could not be tried.
async function tryStore(name, build, isFresh) {
    const begun = Date.now();
    try {
        const entry = await loadEntry(name);
        const why = whyNot(entry);
        if (why) return say(name, `not run: ${why}`, { why });
        const report = await reportOf(entry, build, isFresh);
        const { file } = report;
        if (await report.isKept())
            return say(name, `kept: ${await tell(file)}`, { file });
        await installEntry(entry, undefined, () => {});
        const refused = await runSuite(name, build, report);
        const seconds = Math.round((Date.now() - begun) / 1000);
        const how = refused ? `; under the reference, since ${refused}` : '';
        return say(name, `${await tell(file)}, ${seconds} s${how}`, { file });
    } catch (err) {
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

async function reportOf({ name, home }, build, isFresh) {
    const file = join(REPORTS, `${folderName(name)}.json`);
    const report = keptReport(file, await stampOf(build, [home]));
    if (isFresh) await report.drop();
    return report;
}

// Gives why express-session refused it, if it did.
async function runSuite(name, build, report) {
    await report.drop();
    const args = ['--store', `npm:${name}`, ...reportArgs(report.file)];
    const natively = ['run', '--target', 'express', '--restart-backend'];
    const first = await playTool(build, [...natively, ...args], LIMIT_MS);
    const [, refused] = REFUSED.exec(first.words) ?? [];
    const { code, words } = refused
        ? await playTool(build, ['run', ...args], LIMIT_MS)
        : first;
    if (code > 1) throw new Error(words || `exit code ${code}`);
    await report.keep();
    return refused;
}

function reportArgs(file) {
    const page = file.replace(/json$/, 'html');
    return ['--report', `json:${file}`, '--report', `html:${page}`];
}

// One fault may fail many cases: the requirements tell more of a store.
async function tell(file) {
    const { totals, requirements } = JSON.parse(await fs.readFile(file, 'utf8'));
    const bad = totals.failed + totals.errors + totals.crashed;
    const fails = requirements.filter(({ verdict }) => verdict === 'fails');
    return (
        `${fails.length} requirements fail, in ${bad} cases; ` +
        `${totals.passed} passed, ${totals.skipped} skipped`
    );
}

// ---- All of them -----------------------------------------------------------

async function compare(results, build) {
    const files = results.filter(({ file }) => file).map(({ file }) => file);
    if (files.length === 0) throw new Error('no store could be tried');
    const absent = results
        .filter(({ why }) => why)
        .flatMap(({ name, why }) => ['--absent', `${name}=${why}`]);
    const index = join(REPORTS, 'index');
    const args = [
        ...['compare', ...files, ...absent, '--report', `html:${index}.html`],
        ...['--report', `json:${index}.json`],
        ...['--report', `markdown:${index}.md`],
    ];
    const { code, words } = await playTool(build, args, LIMIT_MS);
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
    const results = await eachOf(names, AT_ONCE, (name) =>
        tryStore(name, build, fresh),
    );
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
