// STO-14, connect-redis 10.0.0: a callback that throws is called again
const need = require('module').createRequire(process.argv[2] + '/');
const { RedisStore } = need('connect-redis');
const { createClient } = need('redis');
const client = createClient({ url: process.argv[3] });
let calls = 0;
process.on('unhandledRejection', () => {});
client.connect().then(() => {
    const store = new RedisStore({ client });
    store.get('nobody', () => {
        calls++;
        if (calls === 1) throw new Error('of the callback');
    });
    setTimeout(() => process.exit(calls === 2 ? 0 : 1), 500);
});
