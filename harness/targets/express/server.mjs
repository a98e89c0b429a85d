// server.mjs: the process: its arguments, its listeners, its life and end.
//
//   node server.mjs --modules DIR [--port N] [--tls-port N] [--store SPEC]
//
// Started by start.sh, which installs the packages in DIR.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { parseArgs } from 'node:util';
import { Apps } from './apps.mjs';
import { refuseSpec } from './backend.mjs';
import { installClock } from './clock.mjs';
import { context } from './context.mjs';
import { READ_HEAD, serve } from './control.mjs';
import { Release } from './release.mjs';
import { Schedules } from './schedule.mjs';

const USAGE = 2; // exit codes of the project
const UNREACHABLE = 3;

const HTTP_OPTIONS = {
    maxHeaderSize: READ_HEAD,
    keepAliveTimeout: 10 * 60 * 1000, // ms: clients keep their connections
};
const PARENT_CHECK_MS = 250;

async function main() {
    const args = readArgs();
    outlive();
    const release = new Release(args.modules);
    installClock();
    listenForWarnings();
    const target = {
        apps: new Apps(release),
        schedules: new Schedules(),
        about: describe(release),
    };
    const handler = (req, res) => serve(target, req, res);
    if (args['tls-port'] !== undefined)
        await openTls(target.about, handler, args['tls-port']);
    const port = await listen(
        http.createServer(HTTP_OPTIONS, handler),
        args.port ?? 0,
    );
    process.stdout.write(`http://127.0.0.1:${port}\n`);
}

function readArgs() {
    const text = { type: 'string' };
    const options = {
        modules: text,
        port: text,
        'tls-port': text,
        store: text,
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

function describe(release) {
    const own = new URL('package.json', import.meta.url);
    return {
        protocol: 1,
        target: 'express',
        version: JSON.parse(readFileSync(own, 'utf8')).version,
        implements: `express-session ${release.version}`,
        abilities: [
            ...['virtual-clock', 'schedule', 'fault'],
            ...['debug', 'no-callback'],
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

// Warnings of express-session (depd) and of MemoryStore (console.warn) belong
// to the app whose code runs.
function listenForWarnings() {
    const print = console.warn;
    const warn = (text, otherwise) => {
        const who = context.getStore();
        if (who) who.app.warn(text);
        else otherwise();
    };
    process.on('deprecation', (err) =>
        warn(err.message, () => complain(err.message)),
    );
    console.warn = (...args) =>
        warn(args.map(String).join(' '), () => print(...args));
}

// What would end a Node process ends one request at most.
function outlive() {
    process.on('uncaughtException', (err) => {
        const who = context.getStore();
        if (who?.broken) who.broken(err);
        else if (who) who.app.trace.note('error', String(err?.message ?? err));
        else complain(err?.stack ?? String(err));
    });
    process.on('unhandledRejection', (err) => {
        const who = context.getStore();
        const text = String(err?.message ?? err);
        if (who) who.app.trace.note('unhandled-rejection', text);
        else complain(err?.stack ?? text);
    });
    for (const stream of [process.stdout, process.stderr])
        stream.on('error', () => {}); // nobody reads any more
}

// Ends with the one who started it: stdin may be shared or closed, so it is
// the parent's id that tells. start.sh names it, since it may be gone before
// this line is reached.
function endWithParent() {
    const parent = Number(process.env.SESSIONSPEC_PARENT ?? process.ppid);
    const check = () => {
        if (process.ppid !== parent) process.exit(0);
    };
    setInterval(check, PARENT_CHECK_MS).unref();
}

function complain(text) {
    process.stderr.write(`sessionspec express target: ${text}\n`);
}

function end(code, text) {
    complain(text);
    process.exit(code);
}

for (const signal of ['SIGTERM', 'SIGINT'])
    process.on(signal, () => process.exit(0));
endWithParent();
main().catch((err) => end(UNREACHABLE, err.stack));
