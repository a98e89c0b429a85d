// apps.mjs: all apps of this process, by id: made, replaced, dropped.

import { App } from './app.mjs';
import { Backend, OPERATIONS } from './backend.mjs';
import { isTime } from './clock.mjs';
import { Refusal, checkMembers } from './http.mjs';
import { checkSettings } from './settings.mjs';

export class Apps {
    #byId = new Map();
    #turns = new Map(); // by id, what it waits for: a promise
    #release;
    #sources;

    constructor(release, sources) {
        this.#release = release;
        this.#sources = sources;
    }

    get(id) {
        const app = this.#byId.get(id);
        if (!app) throw new Refusal(404, `no app "${id}"`);
        return app;
    }

    // A new app, or one in the place of the old, which stays where this
    // fails.
    put(id, body) {
        return this.#inTurn(id, () => this.#put(id, body));
    }

    drop(id) {
        return this.#inTurn(id, async () => {
            const app = this.get(id);
            this.#byId.delete(id);
            await app.close();
        });
    }

    async dropAll() {
        const ids = [...this.#byId.keys()];
        await Promise.allSettled(ids.map((id) => this.drop(id)));
    }

    async #put(id, body) {
        checkMembers(body, ['options', 'store', 'settings', 'clock'], 'an app');
        const { options, store = {}, settings = {}, clock } = body;
        checkSettings(settings);
        checkStore(store);
        if (clock !== undefined && !isTime(clock))
            throw new Refusal(400, '`clock` is no time in Unix ms');
        const keep = store.keep ? this.get(id) : undefined;
        const app = new App({ settings, hide: store.hide, clock, keep });
        const standOn = () => this.#standOn(id, app, { store, keep });
        await app.open(options, this.#release, standOn);
        const old = this.#byId.get(id);
        this.#byId.set(id, app);
        await old?.close(old === keep);
        return app;
    }

    async #standOn(id, app, { store, keep }) {
        if (keep) return keep.backend;
        if (store['same-as'] !== undefined)
            return this.get(store['same-as']).backend;
        const source = this.#sources.find(store.use, app.settings);
        return Backend.open(source, app, id);
    }

    // One change of an app after the other, in the order in which they came.
    #inTurn(id, act) {
        const before = this.#turns.get(id) ?? Promise.resolve();
        const result = before.then(act);
        const over = result
            .catch(() => {})
            .then(() => {
                if (this.#turns.get(id) === over) this.#turns.delete(id);
            });
        this.#turns.set(id, over);
        return result;
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
