// STO-37, connect-memcached 3.0.0: what is spoilt in memcached ends the process
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('connect-memcached')(session);
const { host, hostname, port } = new URL(process.argv[3]);
const store = new Store({ hosts: [host] });
const mine = { n: 1, cookie: { maxAge: 60000 } };
process.on('uncaughtException', (err) =>
    process.exit(err instanceof SyntaxError ? 0 : 1));
store.set('spoilt', mine, () => {
    const raw = require('net').connect(port, hostname);
    raw.write('replace spoilt 2 0 9\r\n{"cookie"\r\n'); // 2: it is JSON
    raw.once('data', () => store.get('spoilt', () => process.exit(1)));
});
