// names.test.mjs: all stores of the documents are in the catalogue, with a
// reason where one cannot run, and the emulators are pinned as they are

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { catalogueNames, loadEntry } from '../catalogue.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const README = join(
    HERE,
    '../../../harness/targets/express/node_modules/express-session/README.md',
);
const EMULATORS = join(HERE, '../emulators');
const HEADING = '## Compatible Session Stores';
const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

// The stores that express-session's documents name or have named, whatever
// has become of them.
const NAMED = `
    @databunker/session-store
    @google-cloud/connect-datastore
    @google-cloud/connect-firestore
    @quixo3/prisma-session-store
    aerospike-session-store
    better-sqlite3-session-store
    cassandra-store
    cluster-store
    connect-arango
    connect-azuretables
    connect-cloudant-store
    connect-couchbase
    connect-datacache
    connect-db2
    connect-dynamodb
    connect-hazelcast
    connect-loki
    connect-lowdb
    connect-memcached
    connect-memjs
    connect-ml
    connect-monetdb
    connect-mongo
    connect-mongodb-session
    connect-mssql
    connect-mssql-v2
    connect-neo4j
    connect-pg-simple
    connect-redis
    connect-session-firebase
    connect-session-knex
    connect-session-sequelize
    connect-sqlite3
    connect-typeorm
    couchdb-expression
    dynamodb-store
    express-etcd
    express-mysql-session
    express-nedb-session
    express-oracle-session
    express-session-cache-manager
    express-session-etcd3
    express-session-level
    express-session-rsdb
    express-sessions
    firestore-store
    fortune-session
    hazelcast-store
    level-session-store
    lowdb-session-store
    medea-session-store
    memorystore
    mssql-session-store
    nedb-session-store
    restsession
    sequelstore-connect
    session-file-store
    session-pouchdb-store
    session-rethinkdb
    sessionstore
    tch-nedb-session
`
    .trim()
    .split(/\s+/);

test('all stores of the documents are in the catalogue', () => {
    assert.equal(new Set(NAMED).size, 61);
    const missing = NAMED.filter((name) => !catalogueNames().includes(name));
    assert.deepEqual(missing, []);
});

test('so are those that the newest README names', (t) => {
    if (!existsSync(README)) return t.skip('npm ci in harness/targets/express');
    const [, section] = readFileSync(README, 'utf8').split(HEADING);
    const list = section.split('\n## ')[0];
    const names = [...list.matchAll(/^\[!\[★\]\[\S+\] ([^\]\s]+)\]/gm)];
    assert.ok(names.length > 50);
    const there = catalogueNames();
    const missing = names.filter(([, name]) => !there.includes(name));
    assert.deepEqual(missing, []);
});

for (const name of catalogueNames())
    test(`${name} runs, or says why not`, async () => {
        const entry = await loadEntry(name);
        const { address, missing, gone, home } = entry;
        assert.equal(entry.package, name);
        if (missing !== undefined) assert.match(missing, /^\S.*\S$/);
        if (typeof address === 'string')
            assert.match(address, /^[A-Z][A-Z0-9_]*$/);
        if (gone) {
            assert.ok(missing);
            assert.ok(!existsSync(join(home, 'package.json')));
        } else {
            assert.ok(!missing || address, 'nothing could make it run');
            assert.ok(['virtual', 'real'].includes(entry.clock));
            assert.equal(Boolean(entry.break), Boolean(entry.mend));
        }
        for (const { checks, why, source } of entry.licence ?? []) {
            assert.match(checks, /^[A-Z]{3}-\d\d$/);
            assert.ok(why && source);
        }
    });

function isFolder(name) {
    return existsSync(join(EMULATORS, name, 'package.json'));
}

for (const name of readdirSync(EMULATORS).filter(isFolder))
    test(`the packages of the emulator ${name} are pinned`, () => {
        const home = join(EMULATORS, name);
        const read = (file) => JSON.parse(readFileSync(join(home, file)));
        const { dependencies } = read('package.json');
        for (const version of Object.values(dependencies))
            assert.match(version, EXACT);
        const { packages } = read('package-lock.json');
        assert.deepEqual(packages[''].dependencies, dependencies);
        for (const [path, entry] of Object.entries(packages)) {
            assert.equal(entry.resolved, undefined, path);
            assert.ok(path === '' || entry.integrity, path);
        }
    });
