// patience.mjs: how long a store is waited for, by what it was seen to do.
//
// What did not come three times running will hardly come the fourth time: from
// then on it is waited for a moment only, until it comes again.

const FRUITLESS = 3;

export class Patience {
    #missed = new Map(); // by key, how often running

    // Whether what the key stands for is worth a long wait.
    isLeft(key) {
        return (this.#missed.get(key) ?? 0) < FRUITLESS;
    }

    came(key) {
        this.#missed.delete(key);
    }

    missed(key) {
        this.#missed.set(key, (this.#missed.get(key) ?? 0) + 1);
    }

    // After what may have changed everything.
    renew() {
        this.#missed.clear();
    }
}
