// app.mjs: an app: one session middleware with its options, its view of a
// store, its clock, its trace.

import { Clock } from './clock.mjs';
import { context } from './context.mjs';
import { textOf } from './direct.mjs';
import { Faults } from './faults.mjs';
import { Refusal, errorCoded } from './http.mjs';
import { turn } from './limit.mjs';
import { makeOptions } from './options.mjs';
import { viewStore } from './probe.mjs';
import { putBefore } from './settings.mjs';
import { Trace } from './trace.mjs';

// Compiled once an app, under a file name of its own: depd warns once for
// each place in the code that calls express-session. (Node 20 keeps 1 KB for
// ever of each vm.Script with another file name; of a Function, nothing.)
function makeCallSite(file) {
    return new Function(
        'session',
        'options',
        `const middleware = session(options);
        return (req, res, next) => middleware(req, res, next);
        //# sourceURL=${file}`,
    );
}

const WATCHED = 8; // sessions handed over, the last ones

let made = 0;

export class App {
    #view;
    #warnings = []; // of construction; null once that is over
    #handed = []; // straight to the store: { op, session, text }
    #looked = false;
    isClosed = false;
    faults = new Faults();

    // The checked body of the PUT, and `keep`: the app that this one goes on
    // from, or undefined.
    constructor({ settings, hide, clock, keep }) {
        this.settings = settings;
        this.trace = keep?.trace ?? new Trace();
        this.hidden = hide ?? keep?.hidden ?? [];
        this.clock =
            clock === undefined && keep ? keep.clock : new Clock(clock);
    }

    // Makes the middleware, on a Backend that `standOn` finds or opens.
    async open(options, release, standOn) {
        this.module = release.session(this.settings);
        this.backend = await standOn(this);
        this.backend.join(this);
        try {
            this.#view = viewStore(this.backend, this);
            this.middleware = context.run({ app: this }, () =>
                putBefore(
                    this.#construct(this.module, options),
                    this.settings,
                    release,
                ),
            );
        } catch (err) {
            await this.close();
            throw err;
        }
        await turn(); // Node's own warnings come late
        this.warnings = this.#warnings;
        this.#warnings = null;
    }

    // What its store has under way is the business of the one that goes on.
    async close(goesOn = false) {
        this.isClosed = !goesOn;
        await this.backend?.leave(this);
    }

    // Nobody caught that, and no work of its store is under way.
    uncaught(event, err) {
        this.trace.note(event, errorCoded(err).message);
    }

    // A warning of the middleware or its store.
    warn(text) {
        if (this.#warnings) this.#warnings.push(text);
        else this.trace.note('warning', text);
    }

    // The store emitted `event`.
    storeSaid(event, isNews) {
        if (isNews) this.trace.note(event, `the store emitted ${event}`);
        this.#view?.emit(event);
    }

    // A session that was handed straight to the store stays as it is now: who
    // changes it kept it.
    watchHanded(op, session) {
        const text = textOf(session);
        if (text === undefined) return;
        this.#handed.push({ op, session, text });
        if (this.#handed.length > WATCHED) this.#handed.shift();
    }

    checkHanded() {
        this.#handed = this.#handed.filter(({ op, session, text }) => {
            const isSame = textOf(session) === text;
            if (!isSame)
                this.trace.note(
                    'argument-mutated',
                    'the session handed over changed after the callback',
                    op,
                );
            return isSame;
        });
    }

    // Once.
    isFirstLook() {
        const isFirst = !this.#looked;
        this.#looked = true;
        return isFirst;
    }

    describe() {
        return { store: this.backend.describe(), warnings: this.warnings };
    }

    #construct(session, form) {
        const options = makeOptions(form);
        options.store = this.#view;
        const construct = makeCallSite(`app-${++made}.js`);
        const before = { ...options };
        try {
            return construct(session, options);
        } catch (err) {
            throw new Refusal(422, err.message, err.name);
        } finally {
            this.#checkOptions(before, options);
        }
    }

    // They are the caller's, who may use them again.
    #checkOptions(before, options) {
        for (const name of Object.keys(before))
            if (options[name] !== before[name])
                this.trace.note(
                    'options-mutated',
                    `the option ${name} was changed`,
                );
    }
}
