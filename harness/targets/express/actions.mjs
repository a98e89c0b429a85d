// actions.mjs: what the handler of a request does, as `Spec-Do` lists it.
//
// All verbs stand in one table: what their arguments are, and what they do to
// a Visit. One that has a callback gives a promise.

import { Refusal } from './http.mjs';
import { makeExpires } from './options.mjs';
import {
    COOKIE_FIELDS,
    addAt,
    deleteAt,
    pushAt,
    readAt,
    setAt,
} from './paths.mjs';

const kinds = {
    any: () => true,
    text: (value) => typeof value === 'string',
    number: (value) => typeof value === 'number',
    status: (value) => Number.isInteger(value) && value >= 200 && value <= 599,
    field: (value) => COOKIE_FIELDS.includes(value),
    values: (value) =>
        ['string', 'number'].includes(typeof value) ||
        (Array.isArray(value) && value.every(kinds.text)),
};

const VERBS = {
    set: onSession(['text', 'any'], setAt),
    delete: onSession(['text'], deleteAt),
    add: onSession(['text', 'number'], addAt),
    push: onSession(['text', 'any'], pushAt),
    read: onSession(['text'], (session, path) => copy(readAt(session, path))),
    save: onSession([], (session) => called((done) => session.save(done))),
    reload: onSession([], (session) => called((done) => session.reload(done))),
    regenerate: onSession([], (session) =>
        called((done) => session.regenerate(done)),
    ),
    destroy: onSession([], (session) =>
        called((done) => session.destroy(done)),
    ),
    touch: onSession([], (session) => void session.touch()),
    cookie: onSession(['field', 'any'], (session, field, value) => {
        session.cookie[field] =
            field === 'expires' ? makeExpires(value) : value;
    }),
    unset: onVisit([], ({ req }) => {
        req.session = null;
    }),
    'delete-session': onVisit([], ({ req }) => {
        delete req.session;
    }),
    sessionID: onVisit(['any'], ({ req }, value) => {
        req.sessionID = value;
    }),
    header: onVisit(['text', 'values'], ({ res }, name, value) => {
        res.setHeader(name, value);
    }),
    status: onVisit(['status'], ({ res }, status) => {
        res.statusCode = status;
    }),
    redirect: onVisit(['text'], ({ res }, to) => {
        res.setHeader('Location', to);
        res.statusCode = 302;
    }),
    write: onVisit(['text'], ({ res }, text) => void res.write(text)),
    end: onVisit(['text'], (visit, text) => void visit.endings.push(text)),
    point: onVisit(['text'], (visit, name) => visit.reachPoint(name)),
    throw: onVisit(['text'], (visit, message) => {
        throw new HandlerError(message);
    }),
};

// An exception that the handler does not catch: it ends the actions.
export class HandlerError extends Error {
    name = 'Error';
}

// Refuses the whole list where any action of it is wrong.
export function checkActions(list) {
    if (!Array.isArray(list)) throw new Refusal(400, 'actions are a list');
    for (const [i, action] of list.entries()) {
        const [verb, ...args] = Array.isArray(action) ? action : [];
        if (!Object.hasOwn(VERBS, String(verb)))
            throw new Refusal(400, `action ${i + 1}: unknown: ${verb}`);
        const { args: wanted } = VERBS[verb];
        if (args.length !== wanted.length)
            throw new Refusal(
                400,
                `action ${i + 1}: "${verb}" takes ${wanted.length} argument(s)`,
            );
        const wrong = wanted.findIndex((kind, at) => !kinds[kind](args[at]));
        if (wrong !== -1)
            throw new Refusal(
                400,
                `action ${i + 1}: argument ${wrong + 1} of "${verb}" is wrong`,
            );
    }
    return list;
}

// What the action gives: a value from `read`, a promise from what has a
// callback, else undefined.
export function act(visit, [verb, ...args]) {
    return VERBS[verb].run(visit, ...args);
}

function onSession(args, run) {
    return {
        args,
        run: ({ req }, ...given) => {
            if (!req.session) throw new Error('no session');
            return run(req.session, ...given);
        },
    };
}

function onVisit(args, run) {
    return { args, run };
}

// As it is now: later actions change the session, not what was read.
function copy(value) {
    return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

// `start` is given a callback; the promise ends as that is called.
function called(start) {
    return new Promise((resolve, reject) => {
        start((err) => (err ? reject(err) : resolve()));
    });
}
