// probe.mjs: what stands between the middleware and its store: it writes the
// trace, parks for schedules, plays faults and hides methods.

import { EventEmitter } from 'node:events';
import { OPERATIONS } from './backend.mjs';
import { context } from './context.mjs';
import { errorCoded } from './http.mjs';

// The store as one app's middleware sees it: an object of its own, since the
// middleware leaves its `generate` and its listeners there, yet `instanceof`
// the store's class.
export function viewStore({ store }, app) {
    const view = Object.create(store);
    EventEmitter.call(view);
    for (const op of OPERATIONS) {
        if (app.hidden.includes(op)) view[op] = undefined;
        else if (typeof store[op] === 'function')
            view[op] = (...args) => new Call(app, op, args).begin();
    }
    return view;
}

// One call of one operation.
class Call {
    #app;
    #op;
    #args; // without the callback
    #callback;
    #who; // the visit that makes it, or { app }
    #event;
    #work;

    constructor(app, op, args) {
        const hasCallback = typeof args.at(-1) === 'function';
        this.#app = app;
        this.#op = op;
        this.#args = hasCallback ? args.slice(0, -1) : args;
        this.#callback = hasCallback ? args.at(-1) : () => {};
        this.#who = context.getStore() ?? { app };
    }

    // At once, so that the store's own timing is what the middleware sees;
    // or, steered by a schedule, when its turn has come.
    begin() {
        const seat = this.#who.seat;
        if (!seat?.isSteered) return this.#go();
        const place = { op: this.#op, sid: this.#args[0] };
        seat.park(place, () => this.#later(() => this.#go()));
    }

    #go() {
        const [sid, session] = this.#args;
        const text = JSON.stringify(session);
        const { label = null } = this.#who;
        this.#event = this.#app.trace.call(label, this.#op, sid, text);
        const fault = this.#app.faults.take(this.#op);
        if (!fault) return this.#reach();
        const act = fault.error
            ? () => this.#finish(Object.assign(new Error(), fault.error))
            : () => this.#later(() => this.#reach());
        if (fault.delay === undefined) setImmediate(act);
        else setTimeout(act, fault.delay);
    }

    #reach() {
        const answer = (err, value) => this.#finish(err, value);
        const { backend } = this.#app;
        const fail = (err) => this.#who.broken?.(err);
        this.#work = backend.begin(this.#app, this.#op, fail);
        try {
            return backend.reach(this.#work, [...this.#args, answer]);
        } catch (err) {
            this.#event.outcome ??= 'throw';
            this.#work.end();
            this.#note('thrown', errorCoded(err).message);
            throw err;
        }
    }

    // The store has called back. A second time is an event and goes no
    // further: the middleware would run the request's handler again.
    #finish(err, value) {
        const done = this.#event.outcome !== undefined;
        if (done) return this.#note('callback-twice', 'called back again');
        this.#event.outcome = outcomeOf(this.#op, err, value);
        this.#work?.end();
        this.#checkArguments();
        this.#callBack(err, value);
    }

    #checkArguments() {
        const before = this.#event.session;
        if (before !== undefined && JSON.stringify(this.#args[1]) !== before)
            this.#note('argument-mutated', 'the session handed over changed');
    }

    // Too late to throw at the caller: the callback gets what was thrown.
    #later(act) {
        try {
            context.run(this.#who, act);
        } catch (err) {
            this.#callBack(err);
        }
    }

    // A pooled connection calls back in the context of its opener.
    #callBack(err, value) {
        context.run(this.#who, () => {
            try {
                this.#callback(err, value);
            } catch (thrown) {
                this.#thrown(thrown);
            }
        });
    }

    // An exception of a callback would end a Node process. Here it ends what
    // waits for it.
    #thrown(err) {
        this.#note('uncaught-exception', errorCoded(err).message);
        this.#who.broken?.(err);
    }

    #note(event, text) {
        this.#app.trace.note(event, text, this.#op);
    }
}

function outcomeOf(op, err, value) {
    if (err) return 'error';
    if (op !== 'get') return 'ok';
    return value ? 'hit' : 'miss';
}
