// direct.mjs: the operations done straight on a store, past all that the probe
// does, each watched for what a store must not do.

import { effectOf } from './effects.mjs';
import { errorCoded, isObject } from './http.mjs';
import { limit, sleep, turn } from './limit.mjs';
import { Patience } from './patience.mjs';

const CALLBACK_MS = 6000; // stores that give up by themselves do so at 5 s
const HOPELESS_MS = 1000; // for a callback that has never come
const LOOK_MS = 1000; // for a look at what the store holds
const LATER_MS = [10, 50, 200]; // when to look again
const BLIND_MS = 500; // for an effect that nobody tells of
const BLIND_STEP_MS = 25;
const AGAIN_MS = 30; // for a callback that is called once more
const NOT_FOUND = 'ENOENT'; // from get, which express-session takes so
const MARK = 'sessionspec was here';

// Thrown by the callback of `"callback":"throws"`: whoever catches it, or
// does not, has done no wrong.
const THROWN = 'thrown by a callback of sessionspec';

export function isThrownByCallback(err) {
    return String(err?.message ?? err).includes(THROWN);
}

// By store and operation.
const callbacks = new Patience();
const effects = new Patience();

// The backend is in order again: whoever was silent may not be so now.
export function renewPatience() {
    callbacks.renew();
}

export class Direct {
    #app;
    #backend;
    #op;
    #args;
    #work;
    #isAnswered = false;
    #handed; // JSON of the session that was handed over

    constructor(app, op, args) {
        this.#app = app;
        this.#backend = app.backend;
        this.#op = op;
        this.#args = args;
        this.#handed = textOf(args[1]);
    }

    // Gives what the callback got, or throws it.
    async call() {
        const value = await this.#call().catch((err) => {
            if (this.#op === 'get' && err?.code === NOT_FOUND) return null;
            throw err;
        });
        if (this.#op === 'get' && isObject(value))
            return this.#takeApart(value);
        return value;
    }

    #call() {
        let times = 0;
        return this.#within((resolve, reject) => {
            const answer = (err, value) => {
                if (++times > 1)
                    return this.#note('callback-twice', 'called back again');
                this.#isAnswered = true;
                this.#checkArguments();
                if (err) return reject(err);
                this.#checkEffect().then(() => resolve(value), reject);
            };
            this.#reach([...this.#args, answer]);
        });
    }

    // Without a callback: nothing tells when it is done, so the effect does,
    // where it shows.
    async callBlind() {
        await this.#within((resolve, reject) => {
            this.#reach(this.#args);
            this.#awaitEffect().then(resolve, reject);
        });
    }

    // With a callback that throws. Gives how often it was called.
    async callThrowing() {
        let called = 0;
        await this.#within((resolve) => {
            const callback = () => {
                resolve();
                if (++called === 1) throw new Error(THROWN);
            };
            try {
                this.#reach([...this.#args, callback]);
            } catch (err) {
                if (!isThrownByCallback(err)) throw err;
            }
        });
        await turn();
        await turn();
        await sleep(AGAIN_MS);
        return called;
    }

    // A promise for what `act(resolve, reject)` starts. It comes to an end.
    async #within(act) {
        const done = new Promise((resolve, reject) => {
            this.#work = this.#backend.begin(this.#app, this.#op, (err) => {
                const { message } = errorCoded(err);
                if (!this.#isAnswered)
                    reject(new Error(`no callback: ${message}`));
            });
            act(resolve, reject);
        });
        try {
            return await this.#await(done);
        } finally {
            this.#work.end();
            this.#app.watchHanded(this.#op, this.#args[1]);
        }
    }

    // Settles as `done` does, or in time.
    async #await(done) {
        const key = this.#key();
        const ms = callbacks.isLeft(key) ? CALLBACK_MS : HOPELESS_MS;
        let isDone = false;
        const settle = () => {
            isDone = true;
            callbacks.came(key);
        };
        done.then(settle, settle);
        try {
            return await limit(ms, done, `no callback within ${ms / 1000} s`);
        } finally {
            if (!isDone) callbacks.missed(key);
        }
    }

    // What a Patience goes by.
    #key() {
        return `${this.#backend.describe().name} ${this.#op}`;
    }

    #reach(args) {
        try {
            this.#backend.reach(this.#work, args);
        } catch (err) {
            if (!isThrownByCallback(err))
                this.#note('thrown', errorCoded(err).message);
            throw err;
        }
    }

    #note(event, text) {
        this.#app.trace.note(event, text, this.#op);
    }

    // ---- What is looked at -------------------------------------------------

    #checkArguments() {
        if (textOf(this.#args[1]) !== this.#handed)
            this.#note('argument-mutated', 'the session handed over changed');
    }

    // The first look begins inside the callback. The effect that shows in a
    // later one alone came after the callback; where others are at work, or
    // where it never shows, nothing is said here.
    async #checkEffect() {
        const effect = this.#effect();
        const others = this.#backend.watchOthers(this.#work);
        if (!effect || others()) return;
        if ((await this.#shows(effect)) !== false || others()) return;
        const key = this.#key();
        if (!effects.isLeft(key)) return;
        for (const ms of LATER_MS) {
            await sleep(ms);
            const shows = await this.#shows(effect);
            if (others()) return;
            if (shows) return this.#note('callback-early', TOO_EARLY);
        }
        effects.missed(key);
    }

    async #awaitEffect() {
        const effect = this.#effect();
        await turn();
        if (!effect) return;
        const end = performance.now() + BLIND_MS;
        while (performance.now() < end && !(await this.#shows(effect)))
            await sleep(BLIND_STEP_MS);
        if (!this.#backend.isVolatile) await sleep(AGAIN_MS);
    }

    #effect() {
        if (this.#args.length > 1 && this.#handed === undefined) return null;
        const now = this.#app.clock.now();
        return effectOf(this.#backend, this.#op, this.#args, now);
    }

    // True or false; null where the store does not say.
    async #shows({ op, args, shows }) {
        const answer = await this.#look(op, args);
        return answer && shows(...answer);
    }

    // A call that the case knows nothing of. Null where it is not answered.
    #look(op, args) {
        const asked = new Promise((resolve) => {
            const tell = (err, value) => resolve([err, value]);
            try {
                this.#backend.look(this.#app, op, args, tell);
            } catch (err) {
                tell(err);
            }
        });
        return limit(LOOK_MS, asked, 'late').catch(() => null);
    }

    // What get gave, as text would have it. The first one of an app is
    // changed, to see whether that changes what the store holds.
    async #takeApart(value) {
        const copy = JSON.parse(JSON.stringify(value));
        if (!this.#app.isFirstLook()) return copy;
        const places = [value, ...Object.values(value)].filter(
            (place) => isObject(place) && !Object.isFrozen(place),
        );
        for (const place of places) Reflect.set(place, MARK, true);
        const answer = await this.#look('get', this.#args);
        const isLive = textOf(answer)?.includes(MARK);
        for (const place of places) Reflect.deleteProperty(place, MARK);
        if (isLive)
            this.#note('live-object', 'what get gave is what the store holds');
        return copy;
    }
}

// JSON, or undefined where there is none.
export function textOf(value) {
    try {
        return JSON.stringify(value);
    } catch {
        return undefined; // a circle
    }
}

const TOO_EARLY = 'called back before the effect could be seen';
