// catalogue.test.mjs: every entry is whole

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogueNames, loadEntry } from '../catalogue.mjs';

const MEMBERS = [
    ...['package', 'backend', 'address', 'missing', 'gone', 'clock'],
    ...['resolution', 'capabilities', 'node', 'builds', 'licence'],
    ...['dependencies', 'connect', 'open', 'close', 'disconnect', 'spoil'],
    ...['break', 'mend'],
    ...['name', 'home', 'manifest', 'tested'], // loadEntry's own
];
const CAPABILITIES = ['namespace', 'alone', 'durable', 'binary-sid'];

const entries = await Promise.all(catalogueNames().map((name) => loadEntry(name)));
const present = entries.filter((entry) => !entry.gone);

for (const entry of entries)
    test(`${entry.name} says nothing that nobody knows`, () => {
        for (const name of Object.keys(entry))
            assert.ok(MEMBERS.includes(name), name);
        for (const word of entry.capabilities ?? [])
            assert.ok(CAPABILITIES.includes(word), word);
        assert.ok([undefined, true].includes(entry.gone));
    });

for (const entry of present)
    test(`${entry.name} can be opened and is pinned`, async () => {
        assert.equal(typeof entry.open, 'function');
        assert.match(entry.tested ?? 'nothing', /^\d+\.\d+\.\d+/);
        const { dependencies } = entry.manifest;
        for (const [name, version] of Object.entries(dependencies))
            assert.match(version, /^\d+\.\d+\.\d+/, name);
        for (const name of entry.builds ?? [])
            assert.ok(await isLocked(entry, name), `${name} is to be built`);
    });

for (const entry of present)
    test(`${entry.name} has a lock that names no registry`, async () => {
        const lock = await lockOf(entry);
        const { dependencies } = lock.packages[''];
        assert.deepEqual(dependencies, entry.manifest.dependencies);
        for (const [name, one] of Object.entries(lock.packages))
            assert.equal(one.resolved, undefined, name);
    });

async function lockOf({ home }) {
    const file = join(home, 'package-lock.json');
    assert.ok(existsSync(file), 'package-lock.json');
    return JSON.parse(await readFile(file, 'utf8'));
}

async function isLocked(entry, name) {
    const { packages } = await lockOf(entry);
    return `node_modules/${name}` in packages;
}
