// release.mjs: the installed release of express-session, and the packages
// that go with it, loaded from the folder that start.sh prepared.

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { loadTalking } from './debug.mjs';

export class Release {
    #require;
    #copies = new Map();

    constructor(folder) {
        this.#require = createRequire(join(folder, 'any.js'));
        this.version = this.#require('express-session/package.json').version;
    }

    // The module as it is where NODE_ENV is `env`, and DEBUG asks for it or
    // not. It looks at both when it is loaded, and at NODE_ENV for
    // "production" alone: there are four copies at most.
    session({ env, debug = false }) {
        const kind = env === 'production' ? env : 'development';
        const copy = `${kind} ${debug}`;
        if (!this.#copies.has(copy))
            this.#copies.set(copy, this.#load(kind, debug));
        return this.#copies.get(copy);
    }

    package(name) {
        return this.#require(name);
    }

    #load(env, debug) {
        const entry = this.#require.resolve('express-session');
        this.#forget(dirname(entry) + sep);
        const before = process.env.NODE_ENV;
        process.env.NODE_ENV = env;
        try {
            const load = () => this.#require(entry);
            return debug ? loadTalking(entry, load) : load();
        } finally {
            if (before === undefined) delete process.env.NODE_ENV;
            else process.env.NODE_ENV = before;
        }
    }

    // Its own files alone: what it depends on may be shared.
    #forget(folder) {
        for (const file of Object.keys(this.#require.cache)) {
            const inside = file.slice(folder.length);
            if (file.startsWith(folder) && !inside.startsWith('node_modules'))
                delete this.#require.cache[file];
        }
    }
}
