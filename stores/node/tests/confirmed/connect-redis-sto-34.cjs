// STO-34, connect-redis 10.0.0: touch leaves the old expiry in the cookie
const need = require('module').createRequire(process.argv[2] + '/');
const { RedisStore } = need('connect-redis');
const { createClient } = need('redis');
const client = createClient({ url: process.argv[3] });
const cookie = (s) => ({ expires: new Date(Date.now() + s * 1000) });
client.connect().then(async () => {
    const store = new RedisStore({ client });
    await store.set('a', { cookie: cookie(10) });
    await store.touch('a', { cookie: cookie(1000) });
    const { cookie: stored } = await store.get('a');
    const left = new Date(stored.expires) - Date.now();
    process.exit(left < 20000 && (await client.ttl('sess:a')) > 900 ? 0 : 1);
});
