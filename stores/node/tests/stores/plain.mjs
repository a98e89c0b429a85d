// plain.mjs: a store without more ado.

class Plain {
    #held = new Map();

    get(sid, callback) {
        callback(null, this.#held.get(sid));
    }

    set(sid, session, callback) {
        this.#held.set(sid, session);
        callback();
    }
}

export default () => new Plain();
