// @quixo3/prisma-session-store: a row a session in PostgreSQL, by Prisma.
//
// Prisma's client knows the tables from when it was generated: each app has
// one of them, until it is closed.

import { execFile } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { defaultTtl } from '../../licence.mjs';
import { SPOILT } from '../../spoilt.mjs';

const MOST_APPS = 128; // at once

export default {
    package: '@quixo3/prisma-session-store',
    backend: 'postgres',
    address: 'POSTGRES_URL',
    node: 20,
    clock: 'virtual', // it compares dates in JavaScript
    capabilities: ['namespace', 'durable'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, packages, address, folder }) {
        await generate(packages, folder);
        const { Pool } = await load('pg');
        const { PrismaPg } = await load('@prisma/adapter-pg');
        const require = createRequire(join(folder, 'schema.prisma'));
        const { PrismaClient } = require('./client');
        const pool = new Pool({ connectionString: address, max: 16 });
        pool.on('error', () => {}); // the next query says it too
        const client = new PrismaClient({ adapter: new PrismaPg(pool) });
        return { pool, client, places: new Places() };
    },
    async open({ load, shared, key, options }) {
        const module = await load('@quixo3/prisma-session-store');
        const { pool, client, places } = shared;
        const { name, isNew } = places.take(key);
        if (isNew) await pool.query(tableOf(name));
        return new module.PrismaSessionStore(client, {
            dbRecordIdIsSessionId: true,
            logger: false,
            sessionModelName: name,
            ...options,
        });
    },
    close({ store, shared, key }) {
        store.stopInterval();
        shared.places.leave(key);
    },
    async disconnect({ client, pool, places }) {
        for (const name of places.used) await pool.query(dropOf(name));
        await client.$disconnect();
        await pool.end();
    },
    spoil({ shared, key, sid }) {
        const { pool, places } = shared;
        const sql = `UPDATE ${places.find(key)} SET data = $1 WHERE sid = $2`;
        return pool.query(sql, [SPOILT, sid]);
    },
    break({ shared: { pool, places }, key }) {
        const name = places.find(key);
        return pool.query(`ALTER TABLE ${name} RENAME TO ${name}_away`);
    },
    mend({ shared: { pool, places }, key }) {
        const name = places.find(key);
        return pool.query(`ALTER TABLE ${name}_away RENAME TO ${name}`);
    },
};

// ---- The tables ------------------------------------------------------------

function names() {
    return Array.from({ length: MOST_APPS }, (_, i) => `session${i}`);
}

// Which app has which table. One that comes back to a table that no other has
// had since finds its sessions.
class Places {
    #free = names(); // the one that was left first is first
    #names = new Map(); // by app
    #users = new Map(); // by name

    used = new Set(); // names that there is a table of

    find(key) {
        return this.#names.get(key);
    }

    take(key) {
        const old = this.find(key);
        const name = old ?? this.#free[0];
        if (!name) throw new Error(`more than ${MOST_APPS} stores at once`);
        this.#free = this.#free.filter((one) => one !== name);
        if (old === undefined) this.#forget(name);
        this.#names.set(key, name);
        this.#users.set(name, (this.#users.get(name) ?? 0) + 1);
        this.used.add(name);
        return { name, isNew: old === undefined };
    }

    leave(key) {
        const name = this.find(key);
        const users = this.#users.get(name) - 1;
        this.#users.set(name, users);
        if (users === 0) this.#free.push(name);
    }

    // Whoever had it before has lost it.
    #forget(name) {
        for (const [key, one] of this.#names)
            if (one === name) this.#names.delete(key);
    }
}

function dropOf(name) {
    return `DROP TABLE IF EXISTS ${name}, ${name}_away`;
}

function tableOf(name) {
    return `${dropOf(name)};
    CREATE TABLE ${name} (
        id text NOT NULL PRIMARY KEY,
        sid text NOT NULL,
        data text NOT NULL,
        "expiresAt" timestamp(3) NOT NULL
    );
    CREATE UNIQUE INDEX ON ${name} (sid)`;
}

// ---- The client ------------------------------------------------------------

function modelOf(name) {
    return `model ${name} {
        id String @id
        sid String @unique
        data String
        expiresAt DateTime
    }`;
}

const SCHEMA = `generator client {
    provider = "prisma-client-js"
    output = "./client"
}
datasource db {
    provider = "postgresql"
}
${names().map(modelOf).join('\n')}`;

// Into `folder`. The engine is not needed for this; unless it is told of one,
// Prisma downloads it.
async function generate(packages, folder) {
    const modules = join(packages, 'node_modules');
    await symlink(modules, join(folder, 'node_modules'));
    const schema = join(folder, 'schema.prisma');
    await writeFile(schema, SCHEMA);
    const command = join(modules, 'prisma', 'build', 'index.js');
    const args = [command, 'generate', '--no-hints', '--schema', schema];
    const env = {
        ...process.env,
        PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1', // no telemetry
    };
    await promisify(execFile)(process.execPath, args, { cwd: folder, env });
}
