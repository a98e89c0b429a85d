// STO-33, connect-memjs 0.2.1: set of an expired session throws
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Store = need('connect-memjs')(session);
const store = new Store({ servers: [new URL(process.argv[3]).host] });
try {
    store.set('a', { n: 1, cookie: { maxAge: -5000 } }, () => process.exit(1));
} catch (err) {
    process.exit(err.code === 'ERR_OUT_OF_RANGE' ? 0 : 1);
}
