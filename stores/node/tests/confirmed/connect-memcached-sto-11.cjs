// STO-11, connect-memcached 3.0.0: length gives no number
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('connect-memcached')(session);
const store = new Store({ hosts: [new URL(process.argv[3]).host] });
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
store.set('b', { cookie: cookie(60000) }, () =>
    store.length((err, count) =>
        process.exit(!err && typeof count !== 'number' ? 0 : 1)));
