// STO-33, memorystore 1.6.8: a session of maxAge 0 lives on
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('memorystore')(session);
const store = new Store({ checkPeriod: 86400000 });
const expires = new Date();
store.set('a', { n: 1, cookie: { expires, maxAge: 0 } }, () => {
    setTimeout(() => {
        store.get('a', (err, found) => process.exit(found?.n === 1 ? 0 : 1));
    }, 300);
});
