// STO-13, memorystore 1.6.8: length counts a session that has expired
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('memorystore')(session);
const store = new Store({ checkPeriod: 86400000 });
const expires = new Date(Date.now() + 100);
store.set('a', { cookie: { expires, maxAge: 100 } }, () => {
    setTimeout(() => {
        store.length((err, count) => process.exit(count === 1 ? 0 : 1));
    }, 300);
});
