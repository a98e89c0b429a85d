// tables.mjs: a table a namespace, in a database that all of them share.

// A store that is opened anew shall find its sessions, so a table is dropped
// not when its store closes, but when so many others have closed since.
const MOST_LEFT = 64;

export class Tables {
    #query;
    #users = new Map(); // of each table, the stores on it
    #left = new Set(); // tables without a store, the oldest first

    // `query` runs a statement; it is given names such as `key` alone, which
    // need no quotes.
    constructor(query) {
        this.#query = query;
    }

    // `make` makes the table where it is not there yet.
    async open(key, make) {
        const isThere = this.#left.delete(key) || this.#users.has(key);
        this.#users.set(key, (this.#users.get(key) ?? 0) + 1);
        if (!isThere) await make?.(key);
    }

    async close(key) {
        const users = this.#users.get(key) - 1;
        if (users > 0) return void this.#users.set(key, users);
        this.#users.delete(key);
        this.#left.add(key);
        if (this.#left.size > MOST_LEFT) await this.#dropOldest();
    }

    // Where no store is open any more.
    async end() {
        while (this.#left.size) await this.#dropOldest();
    }

    // To the store this is the same as a table that was dropped.
    break(key) {
        return this.#query(`ALTER TABLE ${key} RENAME TO ${away(key)}`);
    }

    mend(key) {
        return this.#query(`ALTER TABLE ${away(key)} RENAME TO ${key}`);
    }

    #dropOldest() {
        const [key] = this.#left;
        this.#left.delete(key);
        return this.#query(`DROP TABLE IF EXISTS ${key}, ${away(key)}`);
    }
}

function away(key) {
    return `${key}_away`;
}
