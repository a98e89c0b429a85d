// server.mjs: the process: its arguments, its listeners, its life and end.
//
//   node server.mjs --modules DIR [--port N] [--tls-port N] [--store SPEC]
//                   [--restart-backend]
//
// Started by start.sh, which installs the packages in DIR.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseArgs } from 'node:util';
import { Apps } from './apps.mjs';
import { installClock } from './clock.mjs';
import { READ_HEAD, serve } from './control.mjs';
import { limit } from './limit.mjs';
import { Release } from './release.mjs';
import { Schedules } from './schedule.mjs';
import { Sources, openSource, refuseSpec } from './sources.mjs';
import { Storage } from './storage.mjs';
import { complain, listenForWarnings, outlive } from './survival.mjs';

const USAGE = 2; // exit codes of the project
const UNREACHABLE = 3;
const STDOUT = 1;

const HTTP_OPTIONS = {
    maxHeaderSize: READ_HEAD,
    keepAliveTimeout: 10 * 60 * 1000, // ms: clients keep their connections
};
const PARENT_CHECK_MS = 250;
const END_MS = 2000; // for the stores, when the process is to end

let ending = false;
let target;
let sources;

async function main() {
    const args = readArgs();
    keepStdout();
    outlive();
    const release = new Release(args.modules);
    installClock();
    listenForWarnings();
    sources = await openSources(args, release);
    target = {
        apps: new Apps(release, sources),
        schedules: new Schedules(),
        storage: new Storage(sources),
        about: describe(release, sources),
    };
    const handler = (req, res) => serve(target, req, res);
    if (args['tls-port'] !== undefined)
        await openTls(target.about, handler, args['tls-port']);
    const port = await listen(
        http.createServer(HTTP_OPTIONS, handler),
        args.port ?? 0,
    );
    writeSync(STDOUT, `http://127.0.0.1:${port}\n`);
}

// It is for the address alone: what stores print goes to stderr.
function keepStdout() {
    process.stdout.write = (...args) => process.stderr.write(...args);
}

async function openSources(args, release) {
    const spec = args.store ?? 'memory';
    const restarts = args['restart-backend'];
    if (spec === 'memory') return new Sources(release, { restarts });
    try {
        const source = await openSource(spec, release);
        return new Sources(release, { spec, source, restarts });
    } catch (err) {
        return end(UNREACHABLE, String(err?.message ?? err));
    }
}

function readArgs() {
    const text = { type: 'string' };
    const options = {
        modules: text,
        port: text,
        'tls-port': text,
        store: text,
        'restart-backend': { type: 'boolean' },
    };
    try {
        const { values } = parseArgs({ options });
        if (values.modules === undefined)
            throw new Error('--modules is missing');
        for (const name of ['port', 'tls-port'])
            if (name in values) values[name] = readPort(values[name], name);
        const refusal = refuseSpec(values.store ?? 'memory');
        if (refusal) end(UNREACHABLE, refusal);
        return values;
    } catch (err) {
        return end(USAGE, err.message);
    }
}

function readPort(text, name) {
    if (!/^[0-9]{1,5}$/.test(text) || Number(text) > 65535)
        throw new Error(`--${name} ${text}: not a port`);
    return Number(text);
}

function describe(release, { canRestart }) {
    const own = new URL('package.json', import.meta.url);
    return {
        protocol: 1,
        target: 'express',
        version: JSON.parse(readFileSync(own, 'utf8')).version,
        implements: `express-session ${release.version}`,
        abilities: [
            ...['virtual-clock', 'schedule', 'fault'],
            ...['debug', 'no-callback', 'throwing-callback', 'circular'],
            ...(canRestart ? ['break-backend'] : []),
        ],
    };
}

// A certificate for this run alone. Without openssl there is no TLS, and
// GET /_spec does not claim it.
async function openTls(about, handler, port) {
    let pem;
    try {
        pem = makeCertificate();
    } catch (err) {
        complain(`no TLS: openssl made no certificate: ${err.message}`);
        return;
    }
    const server = https.createServer(
        { key: pem, cert: pem, ...HTTP_OPTIONS },
        handler,
    );
    about.tls = `https://127.0.0.1:${await listen(server, port)}`;
    about.abilities.push('tls');
}

function makeCertificate() {
    return execFileSync(
        'openssl',
        [
            ...[
                'req',
                '-x509',
                '-nodes',
                '-days',
                '2',
                '-subj',
                '/CN=localhost',
            ],
            ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
            ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
            ...['-keyout', '-', '-out', '-'],
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
    );
}

// Gives the port.
function listen(server, port) {
    return new Promise((resolve) => {
        server.on('error', (err) =>
            end(UNREACHABLE, `cannot listen on port ${port}: ${err.message}`),
        );
        server.listen(port, '127.0.0.1', () => resolve(server.address().port));
    });
}

// Ends with the one who started it: stdin may be shared or closed, so it is
// the parent's id that tells. start.sh names it, since it may be gone before
// this line is reached.
function endWithParent() {
    const parent = Number(process.env.SESSIONSPEC_PARENT ?? process.ppid);
    const check = () => {
        if (process.ppid !== parent) finish();
    };
    setInterval(check, PARENT_CHECK_MS).unref();
}

function end(code, text) {
    complain(text);
    ending = true;
    process.exit(code);
}

// Closes what stands open, and ends with it or without.
async function finish() {
    if (ending) process.exit(0);
    ending = true;
    const closed = (async () => {
        await target?.apps.dropAll();
        await sources?.end();
    })();
    await limit(END_MS, closed, 'late').catch(() => {});
    process.exit(0);
}

// A store that ends the process shall be known by it.
process.on('exit', (code) => {
    if (!ending) complain(`a store or its package ended the process: ${code}`);
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, finish);
endWithParent();
main().catch((err) => end(UNREACHABLE, err.stack));
