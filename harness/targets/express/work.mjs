// work.mjs: a piece of a store's work: whom it is done for, what time it is
// there, and what becomes of what nobody catches in it.

import { Clock } from './clock.mjs';
import { context } from './context.mjs';
import { errorCoded } from './http.mjs';

const REAL_TIME = new Clock();
const GRACE_MS = 250; // for a callback that comes in spite of all

// The promises that stores gave back where only a callback was asked for.
const given = new WeakMap();

// The work whose promise that is, or undefined.
export function workOf(promise) {
    return given.get(promise);
}

export class Work {
    #end; // tells the backend; null once that is done
    #fail;

    // `clock` is undefined where the app's own time is the store's. `fail`
    // is what to do where no callback will come any more.
    constructor({ app, op, isRealTime = false, end = () => {}, fail }) {
        this.app = app;
        this.op = op;
        this.clock = isRealTime ? REAL_TIME : undefined;
        this.#end = end;
        this.#fail = fail ?? (() => {});
    }

    run(act) {
        const result = context.run(this, act);
        if (result instanceof Promise) given.set(result, this);
        return result;
    }

    end() {
        this.#end?.(this);
        this.#end = null;
    }

    get isOver() {
        return this.#end === null;
    }

    // An exception or a rejection that nobody caught. A Node process would
    // have ended with it.
    uncaught(event, err) {
        this.note(event, errorCoded(err).message);
        setTimeout(() => {
            if (!this.isOver) this.#fail(err);
            this.end();
        }, GRACE_MS);
    }

    note(event, text) {
        this.app.trace.note(event, text, this.op);
    }
}
