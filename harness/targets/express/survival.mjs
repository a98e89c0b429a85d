// survival.mjs: what would end a Node process, or be said to nobody, told to
// the apps that it is due to.
//
// The context tells whose it is. What comes without one, from a connection
// that stores share, is due to those whose calls are under way. A connection
// that a call has opened has that call's context for ever, long after its app
// is gone. What else a gone app left behind, such as a timer that finds its
// connection closed, is due to no other app.

import { executionAsyncResource } from 'node:async_hooks';
import { concerned } from './backend.mjs';
import { context } from './context.mjs';
import { isThrownByCallback } from './direct.mjs';
import { Work, workOf } from './work.mjs';

// Warnings of Node that say nothing of a store: once a process, or due to the
// many apps that share it.
const IDLE = [
    'DeprecationWarning',
    'ExperimentalWarning',
    'MaxListenersExceededWarning',
];

// What Node calls a connection's native side.
const LINKS = ['TCP', 'TLSWrap', 'Pipe'];

export function complain(text) {
    process.stderr.write(`sessionspec express target: ${text}\n`);
}

// Of express-session (depd), of stores (console.warn), of Node itself.
export function listenForWarnings() {
    const print = console.warn;
    process.on('deprecation', ({ message }) =>
        warn(message, () => complain(message)),
    );
    process.on('warning', ({ name, message }) => {
        if (!IDLE.includes(name)) warn(`${name}: ${message}`);
    });
    console.warn = (...args) =>
        warn(args.map(String).join(' '), () => print(...args));
}

// Without a context it goes to `otherwise`, or to all who may have caused it.
function warn(text, otherwise) {
    const app = context.getStore()?.app;
    if (app && !app.isClosed) app.warn(text);
    else if (app || otherwise) otherwise?.();
    else for (const one of concerned()) (one.app ?? one).warn(text);
}

// What would end a Node process ends one request at most.
export function outlive() {
    process.on('uncaughtException', (err) =>
        tell('uncaught-exception', err, context.getStore()),
    );
    process.on('unhandledRejection', (err, promise) =>
        tell('unhandled-rejection', err, workOf(promise) ?? context.getStore()),
    );
    for (const stream of [process.stdout, process.stderr])
        stream.on('error', () => {}); // nobody reads any more
}

function tell(event, err, who) {
    if (isThrownByCallback(err)) return;
    const due = who ? dueTo(event, who) : concerned();
    for (const one of due) one.uncaught(event, err);
    if (!due.length) complain(`${event}: ${err?.stack ?? err}`);
}

function dueTo(event, who) {
    const { app } = who;
    if (app.isClosed) return isOnLink(event) ? concerned() : [];
    if (who.broken && event === 'uncaught-exception')
        return [{ uncaught: (_, err) => who.broken(err) }];
    if (!(who instanceof Work)) return [app];
    const others = app.backend?.works().filter((work) => work.app === app);
    return who.isOver && others?.length ? others : [who];
}

function isOnLink(event) {
    const { constructor } = executionAsyncResource();
    return event === 'uncaught-exception' && LINKS.includes(constructor?.name);
}
