// rest.mjs: the REST service that restsession asks for; sessions in memory.
//
//   GET    /COLLECTION        all sessions, an array
//   DELETE /COLLECTION        removes all
//   GET    /COLLECTION/SID    the session, or 404
//   POST   /COLLECTION/SID    stores it; with ?ping: its cookie alone, and only
//                             where there is a session
//   DELETE /COLLECTION/SID    removes it
//   PUT    /COLLECTION/SID    leaves the body's bytes in its place, or 404
//   PUT    /COLLECTION        "down": answers 503 from now on; "up": no more
//
// A session lives until its `cookie.expires`, by the clock of this process.
// All that follows /COLLECTION/ is the ID, also a further slash.

import http from 'node:http';
import { serve } from './serve.mjs';

const collections = new Map(); // of { down, records }: Map of SID to text

const WHOLE = { GET: list, DELETE: clear, PUT: order };
const ONE = { GET: get, POST: store, DELETE: remove, PUT: spoil };

async function answer(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    const [, name, slash, sid, query] =
        /^\/([^/?]*)(\/?)([^?]*)(.*)$/s.exec(request.url) ?? [];
    const verbs = slash ? ONE : WHOLE;
    const act = verbs[request.method];
    if (!act) return send(response, 405);
    const collection = collectionOf(name);
    if (collection.down && request.method !== 'PUT') return send(response, 503);
    const ping = query === '?ping';
    const text = act(collection, { sid: decode(sid), body, ping });
    send(response, text === undefined ? 404 : 200, text);
}

function send(response, status, text = '{}') {
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(text);
}

function decode(sid) {
    try {
        return decodeURIComponent(sid);
    } catch {
        return sid; // a "%" that stands for itself
    }
}

function collectionOf(name) {
    if (!collections.has(name))
        collections.set(name, { down: false, records: new Map() });
    return collections.get(name);
}

// ---- The verbs: each gives what is answered, or nothing for a 404 ----------

const DONE = '{"status":"OK"}';

function list(collection) {
    const texts = [...collection.records.keys()]
        .map((sid) => get(collection, { sid }))
        .filter((text) => text !== undefined);
    return `[${texts.join(',')}]`;
}

function clear({ records }) {
    records.clear();
    return DONE;
}

function order(collection, { body }) {
    collection.down = body === 'down';
    return DONE;
}

function get({ records }, { sid }) {
    const text = records.get(sid);
    if (text === undefined || !hasExpired(text)) return text;
    records.delete(sid);
    return undefined;
}

function store(collection, { sid, body, ping }) {
    const { records } = collection;
    if (!ping) {
        records.set(sid, body);
        return body;
    }
    const session = parse(get(collection, { sid }));
    if (session) {
        session.cookie = parse(body)?.cookie;
        records.set(sid, JSON.stringify(session));
    }
    return DONE;
}

function remove({ records }, { sid }) {
    records.delete(sid);
    return DONE;
}

function spoil({ records }, { sid, body }) {
    if (!records.has(sid)) return undefined;
    records.set(sid, body);
    return DONE;
}

function hasExpired(text) {
    const expires = parse(text)?.cookie?.expires;
    return expires ? Date.parse(expires) <= Date.now() : false;
}

function parse(text) {
    try {
        return JSON.parse(text);
    } catch {
        return undefined; // spoilt, or not there
    }
}

const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy()); // cut short
});
server.keepAliveTimeout = 0; // it shall not hang up as the next request comes
await serve(server, (port) => `http://127.0.0.1:${port}`);
