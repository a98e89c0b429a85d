// STO-09, connect-memcached 3.0.0: touch brings a destroyed session back
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('connect-memcached')(session);
const store = new Store({ hosts: [new URL(process.argv[3]).host] });
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
const mine = { n: 1, cookie: cookie(60000) };
store.set('a', mine, () => store.destroy('a', () => store.touch('a', mine, () =>
    store.get('a', (err, found) => process.exit(found?.n === 1 ? 0 : 1)))));
