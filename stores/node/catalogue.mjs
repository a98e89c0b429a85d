// catalogue.mjs: the stores that we know: one folder each below catalogue/.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), 'catalogue');

// The name of a package as that of a folder.
export function folderName(name) {
    return name.replace('/', '+');
}

export function catalogueNames() {
    return readdirSync(FOLDER)
        .filter((name) => existsSync(join(FOLDER, name, 'entry.mjs')))
        .map((name) => name.replace('+', '/'))
        .sort();
}

// Where they stand.
export function catalogueHomes() {
    return catalogueNames().map(homeOf);
}

function homeOf(name) {
    return join(FOLDER, folderName(name));
}

// The entry of `name` for these options, with the folder that it stands in,
// and what its package.json pins: { …entry, name, home, manifest, tested }.
export async function loadEntry(name, options = {}) {
    const home = homeOf(name);
    const file = join(home, 'entry.mjs');
    if (!existsSync(file))
        throw new Error(
            `npm:${name}: not in the catalogue (stores/node/catalogue); ` +
                `to try it, write a factory: node:./${name.split('/').pop()}.mjs`,
        );
    const { default: entry } = await import(pathToFileURL(file));
    const manifest = readManifest(home);
    const tested = manifest?.dependencies?.[entry.package];
    return { ...settle(entry, options), name, home, manifest, tested };
}

// Some of it may depend on the options: one that has the choice of backends.
function settle(entry, options) {
    const settled = { ...entry };
    for (const name of ['backend', 'address', 'clock', 'resolution'])
        if (typeof entry[name] === 'function')
            settled[name] = entry[name](options);
    return settled;
}

function readManifest(home) {
    const file = join(home, 'package.json');
    if (!existsSync(file)) return undefined;
    return JSON.parse(readFileSync(file, 'utf8'));
}
