// apps.mjs: all apps of this process, by id: made, replaced, dropped.

import { App } from './app.mjs';
import { Backend } from './backend.mjs';
import { isTime } from './clock.mjs';
import { Refusal, checkMembers } from './http.mjs';
import { OPERATIONS } from './backend.mjs';
import { checkSettings } from './settings.mjs';

export class Apps {
    #byId = new Map();
    #release;

    constructor(release) {
        this.#release = release;
    }

    get(id) {
        const app = this.#byId.get(id);
        if (!app) throw new Refusal(404, `no app "${id}"`);
        return app;
    }

    // A new app, or one in the place of the old, which stays where this
    // fails.
    put(id, body) {
        checkMembers(body, ['options', 'store', 'settings', 'clock'], 'an app');
        const { options, store = {}, settings = {}, clock } = body;
        checkSettings(settings);
        checkStore(store);
        if (clock !== undefined && !isTime(clock))
            throw new Refusal(400, '`clock` is no time in Unix ms');
        const keep = store.keep ? this.get(id) : undefined;
        const backend = this.#standOn(store, keep, settings);
        const plan = {
            options,
            settings,
            hide: store.hide,
            clock,
            backend,
            keep,
        };
        const app = new App(plan, this.#release);
        this.#byId.get(id)?.close();
        this.#byId.set(id, app);
        return app;
    }

    drop(id) {
        this.get(id).close();
        this.#byId.delete(id);
    }

    #standOn(store, keep, settings) {
        if (keep) return keep.backend;
        if (store['same-as'] !== undefined)
            return this.get(store['same-as']).backend;
        return new Backend(store.use ?? 'memory', this.#release, settings);
    }
}

function checkStore(store) {
    checkMembers(store, ['use', 'hide', 'same-as', 'keep'], '`store`');
    const { use, hide, 'same-as': other, keep } = store;
    const good =
        (use === undefined || typeof use === 'string') &&
        (other === undefined || typeof other === 'string') &&
        (keep === undefined || typeof keep === 'boolean');
    if (!good) throw new Refusal(400, 'a member of `store` of the wrong type');
    if (
        [use, other, keep || undefined].filter((x) => x !== undefined).length >
        1
    )
        throw new Refusal(
            400,
            '`use`, `same-as` and `keep` exclude each other',
        );
    const known = (op) => OPERATIONS.includes(op);
    if (hide !== undefined && !(Array.isArray(hide) && hide.every(known)))
        throw new Refusal(400, '`hide` names something that is no operation');
}
