// debug.mjs: what `debug('express-session')` prints, as events of the apps
// that ask for it.

import { createRequire } from 'node:module';
import { format } from 'node:util';
import { context } from './context.mjs';

const NAME = 'express-session';

// The app at work, where it asks.
function listener() {
    const app = context.getStore()?.app;
    return app?.settings.debug ? app : undefined;
}

// Calls `load`, which makes the module at `entry` ask its `debug` package for
// a logger: one that is switched on, whatever DEBUG says. The package decides
// that as the logger is made.
export function loadTalking(entry, load) {
    const debug = createRequire(entry)('debug');
    const before = process.env.DEBUG;
    divert(debug);
    debug.enable(NAME);
    try {
        return load();
    } finally {
        debug.enable(before ?? '');
        if (before === undefined) delete process.env.DEBUG;
        else process.env.DEBUG = before;
    }
}

// Without date and name, in the words of the package all the same.
function divert(debug) {
    const { formatArgs, log } = debug;
    debug.formatArgs = function (...args) {
        return listener() ? args : formatArgs.apply(this, args);
    };
    debug.log = function (...args) {
        const app = listener();
        if (app) app.trace.note('debug', format(...args));
        else log.apply(this, args);
    };
}
