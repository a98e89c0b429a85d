// release.mjs: the installed release of express-session, and the packages
// that go with it, loaded from the folder that start.sh prepared.

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

export class Release {
    #require;
    #copies = new Map();

    constructor(folder) {
        this.#require = createRequire(join(folder, 'any.js'));
        this.version = this.#require('express-session/package.json').version;
    }

    // The module as it is where NODE_ENV is `env`. It looks at that when it
    // is loaded and asks for "production" alone, so there are two copies.
    session(env) {
        const kind = env === 'production' ? env : 'development';
        if (!this.#copies.has(kind)) this.#copies.set(kind, this.#load(kind));
        return this.#copies.get(kind);
    }

    package(name) {
        return this.#require(name);
    }

    #load(env) {
        const entry = this.#require.resolve('express-session');
        this.#forget(dirname(entry) + sep);
        const before = process.env.NODE_ENV;
        process.env.NODE_ENV = env;
        try {
            return this.#require(entry);
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
