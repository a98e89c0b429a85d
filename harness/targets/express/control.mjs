// control.mjs: the protocol's endpoints, and the way of a request to its app.

import { checkActions } from './actions.mjs';
import { context } from './context.mjs';
import {
    Refusal,
    checkMembers,
    isObject,
    parseJson,
    readBody,
    sendJson,
    sendRefusal,
} from './http.mjs';
import { turn } from './limit.mjs';
import { Schedule } from './schedule.mjs';
import { Visit } from './visit.mjs';

// A request's head. Node's own limit is put far above it, since Node hangs up
// on what is over its limit and the client may never read the answer.
const LARGEST_HEAD = 16 * 1024; // bytes
export const READ_HEAD = 1024 * 1024;

// First match counts. A handler gets the target, the id in the path, and
// `{ body, query }`; it gives [status, JSON].
const ROUTES = [
    [/^\/_spec$/, { GET: about }],
    [/^\/_spec\/apps\/([^/]+)$/, { PUT: putApp, DELETE: deleteApp }],
    [/^\/_spec\/apps\/([^/]+)\/clock$/, { POST: moveClock }],
    [/^\/_spec\/apps\/([^/]+)\/store$/, { POST: operateStore }],
    [/^\/_spec\/apps\/([^/]+)\/fault$/, { POST: addFault }],
    [/^\/_spec\/apps\/([^/]+)\/trace$/, { GET: readTrace }],
    [
        /^\/_spec\/schedules\/([^/]+)$/,
        {
            PUT: putSchedule,
            GET: readSchedule,
            POST: steerSchedule,
            DELETE: deleteSchedule,
        },
    ],
];

// `target` is `{ apps, schedules, storage, about }`. Whatever a client sends,
// it gets an answer and nobody else is harmed.
export async function serve(target, req, res) {
    try {
        checkHead(req);
        const [path, query] = splitTarget(req.url);
        if (path === '/_spec' || path.startsWith('/_spec/'))
            await control(target, { req, res, path, query });
        else await visit(target, req, res);
    } catch (err) {
        sendRefusal(res, err);
    }
}

function checkHead({ url, rawHeaders }) {
    const length = rawHeaders.reduce((sum, part) => sum + part.length, 0);
    if (url.length + length > LARGEST_HEAD)
        throw new Refusal(431, `a head over ${LARGEST_HEAD} bytes`);
}

async function visit({ apps, schedules }, req, res) {
    const id = req.headers['spec-app'];
    if (id === undefined) throw new Refusal(404, 'no Spec-App header');
    apps.get(id);
    const actions = await readActions(req);
    const app = apps.get(id); // it may have been replaced meanwhile
    const label = req.headers['spec-label'] ?? null;
    const seat = label === null ? null : schedules.arrive(id, label);
    new Visit({ app, req, res, actions, label, seat }).run();
}

async function readActions(req) {
    const type = req.headers['content-type'] ?? '';
    const header = req.headers['spec-do'];
    const isBody = type.split(';')[0].trim() === 'application/spec+json';
    const body = isBody ? await readBody(req) : '';
    const text = header ?? body;
    if (header === undefined && !isBody) return [];
    if (header !== undefined && /[^\x20-\x7e\t]/.test(header))
        throw new Refusal(400, 'Spec-Do is not ASCII');
    return checkActions(parseJson(text, 'Spec-Do'));
}

async function control(target, { req, res, path, query }) {
    for (const [pattern, methods] of ROUTES) {
        const match = pattern.exec(path);
        if (!match) continue;
        const handler = Object.hasOwn(methods, req.method)
            ? methods[req.method]
            : undefined;
        if (!handler) {
            res.setHeader('Allow', Object.keys(methods).join(', '));
            throw new Refusal(405, `${path} has no ${req.method}`);
        }
        const id = match[1] === undefined ? undefined : decode(match[1]);
        const hasBody = req.method === 'PUT' || req.method === 'POST';
        const body = hasBody ? await readObject(req) : undefined;
        const [status, answer] = await handler(target, id, { body, query });
        return sendJson(res, status, answer);
    }
    throw new Refusal(404, `nothing at ${path}`);
}

function about({ about }) {
    return [200, about];
}

async function putApp({ apps }, id, { body }) {
    return [201, (await apps.put(id, body)).describe()];
}

async function deleteApp({ apps, schedules }, id) {
    apps.get(id);
    schedules.appGone(id); // whoever is parked goes on, on an open store
    await apps.drop(id);
    return [200, {}];
}

function moveClock({ apps }, id, { body }) {
    const { clock } = apps.get(id);
    checkMembers(body, ['advance'], 'a clock call');
    const { advance } = body;
    if (!Number.isInteger(advance) || advance < 0)
        throw new Refusal(400, '`advance` is not a number of ms');
    if (!clock.isFrozen) throw new Refusal(409, 'the clock is not frozen');
    if (!clock.advance(advance))
        throw new Refusal(400, '`advance` goes beyond the end of time');
    return [200, { now: clock.now() }];
}

async function operateStore({ apps, storage }, id, { body }) {
    const app = apps.get(id);
    return [200, await context.run({ app }, () => storage.operate(app, body))];
}

function addFault({ apps }, id, { body }) {
    apps.get(id).faults.add(body);
    return [200, {}];
}

// express-session hands errors of the end to next() a turn after the answer:
// what belongs to an answer that the client has read is in the trace.
async function readTrace({ apps }, id, { query }) {
    const app = apps.get(id);
    const since = readCount(query, 'since', 0);
    await turn();
    app.checkHanded();
    return [200, { events: app.trace.since(since) }];
}

function putSchedule({ apps, schedules }, id, { body }) {
    const schedule = new Schedule(body);
    for (const app of schedule.apps) apps.get(app);
    schedules.put(id, schedule);
    return [201, schedule.show()];
}

async function readSchedule({ schedules }, id, { query }) {
    const schedule = findSchedule(schedules, id);
    const wait = readCount(query, 'wait', 0);
    if (wait > 0) await schedule.wait(wait);
    return [200, schedule.show()];
}

function steerSchedule({ schedules }, id, { body }) {
    const schedule = findSchedule(schedules, id);
    checkMembers(body, ['go'], 'a schedule call');
    if (typeof body.go !== 'string') throw new Refusal(400, '`go` is no label');
    if (!schedule.go(body.go))
        throw new Refusal(409, `"${body.go}" cannot go now`);
    return [200, schedule.show()];
}

function deleteSchedule({ schedules }, id) {
    findSchedule(schedules, id);
    schedules.drop(id);
    return [200, {}];
}

function findSchedule(schedules, id) {
    const schedule = schedules.get(id);
    if (!schedule) throw new Refusal(404, `no schedule "${id}"`);
    return schedule;
}

async function readObject(req) {
    const body = parseJson(await readBody(req), 'the body');
    if (!isObject(body)) throw new Refusal(400, 'the body is not an object');
    return body;
}

function readCount(query, name, absent) {
    const text = query.get(name);
    if (text === null) return absent;
    if (!/^[0-9]{1,9}$/.test(text))
        throw new Refusal(400, `"${name}" is not a number`);
    return Number(text);
}

function splitTarget(url) {
    const at = url.indexOf('?');
    const path = at === -1 ? url : url.slice(0, at);
    return [path, new URLSearchParams(at === -1 ? '' : url.slice(at))];
}

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        throw new Refusal(400, 'a malformed escape in the path');
    }
}
