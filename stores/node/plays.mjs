// plays.mjs: runs of the tool, some at a time, none that was done already.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));

// What every run goes by, besides the tool and what is opened.
const COMMON = ['cases', 'harness/targets/express', 'stores/node'];

const running = new Set();

for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => {
        for (const child of running) child.kill('SIGINT');
        process.exit(130);
    });

// The tool of a build folder. Gives { code, words }, the last line that it
// said; throws where it did not end in time. It is ended by SIGINT, so that it
// ends what it has started.
export async function playTool(build, args, limitMs) {
    const child = spawn(join(build, 'sessionspec'), args, {
        env: { ...process.env, SESSIONSPEC_HOME: TOP },
        stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    let [text, late] = ['', false];
    const timer = setTimeout(() => {
        late = true;
        child.kill('SIGINT');
    }, limitMs);
    child.stderr.setEncoding('utf8').on('data', (more) => (text += more));
    try {
        const code = await new Promise((resolve, reject) => {
            child.on('error', reject);
            child.on('close', resolve);
        });
        if (late) throw new Error(`did not end within ${limitMs / 1000} s`);
        return { code, words: text.trim().split('\n').pop() };
    } finally {
        clearTimeout(timer);
        running.delete(child);
    }
}

// Does `work` on each, so many at a time; gives what it gave, in their order.
export async function eachOf(list, atOnce, work) {
    const results = [];
    let next = 0;
    const worker = async () => {
        for (let i; (i = next++) < list.length; )
            results[i] = await work(list[i]);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return results;
}

// ---- What was done already -------------------------------------------------

// Changes with the tool, the cases, and all that the stores are opened by.
// `more` are files, and folders whose files count.
export async function stampOf(build, more) {
    const hash = createHash('sha256');
    const folders = COMMON.map((name) => join(TOP, name));
    for (const path of [join(build, 'sessionspec'), ...folders, ...more])
        for (const file of await filesOf(path)) {
            hash.update(relative(TOP, file));
            hash.update(await fs.readFile(file));
        }
    return hash.digest('hex');
}

async function filesOf(path) {
    if (!(await fs.stat(path)).isDirectory()) return [path];
    const all = await fs.readdir(path, { withFileTypes: true });
    return all
        .filter((one) => one.isFile() && !one.name.endsWith('.md'))
        .map(({ name }) => join(path, name))
        .sort();
}

// A report that bears the stamp beside it: { file, isKept(), keep(), drop() }.
export function keptReport(file, stamp) {
    const mark = file.replace(/\.json$/, '.stamp');
    const read = (path) => fs.readFile(path, 'utf8').catch(() => undefined);
    return {
        file,
        async isKept() {
            return (await read(mark)) === stamp && (await read(file)) !== undefined;
        },
        keep: () => fs.writeFile(mark, stamp),
        async drop() {
            await fs.rm(mark, { force: true });
            await fs.rm(file, { force: true });
        },
    };
}
