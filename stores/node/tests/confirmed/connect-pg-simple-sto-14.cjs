// STO-14, connect-pg-simple 10.0.0: a callback of get that throws is called again
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { Pool } = need('pg');
const Store = need('connect-pg-simple')(session);
const store = new Store({
    pool: new Pool({ connectionString: process.argv[3] }),
    ...{ createTableIfMissing: true, pruneSessionInterval: false },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
let calls = 0;
process.on('unhandledRejection', () => {});
store.set('c', { cookie: cookie(60000) }, () => {
    store.get('c', () => {
        if (++calls === 1) throw new Error('of the callback');
    });
    setTimeout(() => process.exit(calls === 2 ? 0 : 1), 800);
});
