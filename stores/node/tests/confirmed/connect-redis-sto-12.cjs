// STO-12, connect-redis 10.0.0: clear of the prefix g*: takes ghost: along
const need = require('module').createRequire(process.argv[2] + '/');
const { RedisStore } = need('connect-redis');
const { createClient } = need('redis');
const client = createClient({ url: process.argv[3] });
client.connect().then(async () => {
    const one = new RedisStore({ client, prefix: 'g*:' });
    const other = new RedisStore({ client, prefix: 'ghost:' });
    await other.set('a', { cookie: {} });
    await one.clear();
    process.exit((await other.get('a')) ? 1 : 0);
});
