// app.mjs: an app: one session middleware with its options, its view of a
// store, its clock, its trace.

import { Backend } from './backend.mjs';
import { Clock } from './clock.mjs';
import { context } from './context.mjs';
import { Faults } from './faults.mjs';
import { Refusal } from './http.mjs';
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

let made = 0;

export class App {
    #view;
    #warnings = []; // of construction; null once that is over
    faults = new Faults();

    // `plan` is the checked body of the PUT, with `backend`, and `keep`: the
    // app that this one goes on from, or undefined.
    constructor({ options, settings, hide, clock, backend, keep }, release) {
        this.backend = backend;
        this.settings = settings;
        this.trace = keep?.trace ?? new Trace();
        this.hidden = hide ?? keep?.hidden ?? [];
        this.clock =
            clock === undefined && keep ? keep.clock : new Clock(clock);
        this.#view = viewStore(backend, this);
        this.middleware = context.run({ app: this }, () =>
            putBefore(
                this.#construct(release.session(settings), options),
                settings,
                release,
            ),
        );
        this.warnings = this.#warnings;
        this.#warnings = null;
        backend.join(this);
    }

    close() {
        this.backend.leave(this);
    }

    // A warning of the middleware or its store.
    warn(text) {
        if (this.#warnings) this.#warnings.push(text);
        else this.trace.note('warning', text);
    }

    // The store emitted `event`.
    storeSaid(event) {
        this.trace.note(event, `the store emitted ${event}`);
        this.#view.emit(event);
    }

    describe() {
        return { store: this.backend.describe(), warnings: this.warnings };
    }

    #construct(session, form) {
        const options = makeOptions(form);
        options.store = this.#view;
        const construct = makeCallSite(`app-${++made}.js`);
        try {
            return construct(session, options);
        } catch (err) {
            throw new Refusal(422, err.message, err.name);
        }
    }
}
