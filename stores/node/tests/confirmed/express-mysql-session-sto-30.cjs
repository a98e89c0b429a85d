// STO-30, express-mysql-session 3.0.3: touch brings an expired session back
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { hostname: host, port, username: user, password, pathname } =
    new URL(process.argv[3]);
const Store = need('express-mysql-session')(session);
const store = new Store({
    ...{ host, port, user, password, database: pathname.slice(1) },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
const wait = (act) => setTimeout(act, 3000);
store.onReady().then(() => store.set('b', { n: 1, cookie: cookie(300) }, () =>
    wait(() => store.get('b', (none, dead) =>
        store.touch('b', { cookie: cookie(60000) }, () =>
            store.get('b', (err, found) =>
                process.exit(!dead && found?.n === 1 ? 0 : 1)))))));
