// STO-16, express-mysql-session 3.0.3: an id and the id with a blank behind it meet
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { hostname: host, port, username: user, password, pathname } =
    new URL(process.argv[3]);
const Store = need('express-mysql-session')(session);
const store = new Store({
    ...{ host, port, user, password, database: pathname.slice(1) },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
store.onReady().then(() =>
    store.set('a', { n: 1, cookie: cookie(60000) }, () =>
        store.get('a ', (err, found) => process.exit(found?.n === 1 ? 0 : 1))));
