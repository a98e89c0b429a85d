// connect-redis: a Redis key a session, which Redis expires.

import { once } from 'node:events';
import { promisify } from 'node:util';
import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'connect-redis',
    backend: 'redis',
    clock: 'real',
    resolution: 1000, // its TTL is in whole seconds, rounded up
    capabilities: ['namespace', 'durable', 'binary-sid'],
    // The client that each release was made for.
    dependencies(version) {
        const major = Number(version.split('.')[0]);
        if (major < 7) return { redis: '3.1.2' };
        return major < 9 ? { redis: '4.7.1' } : {};
    },
    async connect({ load, address }) {
        const { createClient } = await load('redis');
        const client = createClient({ url: address });
        const link = client.connect ? linkOf(client) : oldLinkOf(client);
        await link.ready;
        client.on('error', () => {}); // it connects again by itself
        return { client, link, prefixes: new Map() };
    },
    async open({ load, session, shared, namespace, options }) {
        const loaded = await load('connect-redis');
        const RedisStore =
            loaded.RedisStore ?? loaded.default ?? loaded(session);
        const { client, prefixes } = shared;
        const { prefix = 'sess:', ...others } = options;
        const own = prefix + prefixOf(namespace, prefixes);
        return new RedisStore({ client, prefix: own, ...others });
    },
    disconnect: ({ link }) => link.close(),
    async spoil({ store, shared, sid }) {
        const key = store.prefix + sid;
        await shared.link.send('SET', key, SPOILT, 'XX', 'KEEPTTL');
    },
};

// The client of redis 4 and newer.
function linkOf(client) {
    return {
        ready: client.connect(),
        send: (...words) => client.sendCommand(words),
        close: () => (client.close ? client.close() : client.quit()),
    };
}

function oldLinkOf(client) {
    const send = promisify(client.send_command).bind(client);
    return {
        ready: once(client, 'ready'),
        send: (command, ...words) => send(command, words),
        close: promisify(client.quit).bind(client),
    };
}

// The prefixes of two apps of a case begin alike where their names do: nothing
// but a prefix of one's own is asked of who shares a server. What the express
// target counts comes before the name, and is left out while it can be.
function prefixOf(namespace, prefixes) {
    const counted = /^([^.]+)\.\d+-(.+)$/s.exec(namespace);
    if (!counted) return namespace;
    const name = `${counted[1]}-${counted[2]}`;
    if (!prefixes.has(name)) prefixes.set(name, namespace);
    return prefixes.get(name) === namespace ? name : namespace;
}
