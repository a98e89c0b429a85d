// connect-loki: a LokiJS file, all of it in memory and saved as it changes.

import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';

export default {
    package: 'connect-loki',
    clock: 'virtual', // nothing expires: LokiJS is given no age
    capabilities: ['namespace', 'durable', 'binary-sid'],
    async open({ load, session, folder, key, options }) {
        const LokiStore = (await load('connect-loki'))(session);
        const store = new LokiStore({ path: join(folder, key), ...options });
        await once(store, 'connect');
        return store;
    },
    close: ({ store }) => promisify(store.client.close).call(store.client),
};
