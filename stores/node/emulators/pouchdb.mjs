// pouchdb.mjs: CouchDB, played by npm's express-pouchdb; data in memory.
//
// Everybody is its admin, with any password. What Cloudant's client wants
// besides is added here: a login, and a document's revision as the ETag of a
// HEAD.

import http from 'node:http';
import { requireOf } from './packages.mjs';
import { serve } from './serve.mjs';

const require = await requireOf('pouchdb');
const PouchDB = require('pouchdb-core')
    .plugin(require('pouchdb-adapter-memory'))
    .plugin(require('pouchdb-mapreduce'))
    .defaults({ adapter: 'memory' });
const app = require('express-pouchdb')(PouchDB, {
    mode: 'minimumForPouchDB', // no log, no configuration: both are files
});

// The revision of the document of a HEAD, if that is what is asked for.
async function findRevision({ method, url }) {
    const [database, id, more] = url.split('?')[0].slice(1).split('/');
    if (method !== 'HEAD' || !id || more !== undefined) return undefined;
    if (id.startsWith('_')) return undefined;
    const db = new PouchDB(decodeURIComponent(database), { skip_setup: true });
    const document = await db.get(decodeURIComponent(id)).catch(() => null);
    return document?._rev;
}

function logIn(res) {
    res.writeHead(200, {
        'Content-Type': 'application/json',
        'Set-Cookie': 'AuthSession=sessionspec; Version=1; Path=/; HttpOnly',
    });
    res.end('{"ok":true,"name":"admin","roles":["_admin"]}\n');
}

const server = http.createServer(async (req, res) => {
    if (req.method === 'POST' && req.url === '/_session') return logIn(res);
    try {
        const revision = await findRevision(req);
        if (revision) res.setHeader('ETag', `"${revision}"`);
        app(req, res);
    } catch {
        res.writeHead(400).end(); // a URL that cannot be decoded
    }
});
await serve(server, (port) => `http://admin:password@127.0.0.1:${port}`);
