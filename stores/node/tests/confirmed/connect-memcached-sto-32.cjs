// STO-32, connect-memcached 3.0.0: a session of 60 days is gone at once
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('connect-memcached')(session);
const store = new Store({ hosts: [new URL(process.argv[3]).host] });
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
const days = 24 * 60 * 60 * 1000;
store.set('c', { n: 1, cookie: cookie(60 * days) }, () =>
    store.get('c', (err, found) => process.exit(found ? 1 : 0)));
