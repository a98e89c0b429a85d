// STO-34, connect-pg-simple 10.0.0: touch leaves the old expiry in the cookie
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { Pool } = need('pg');
const Store = need('connect-pg-simple')(session);
const store = new Store({
    pool: new Pool({ connectionString: process.argv[3] }),
    ...{ createTableIfMissing: true, pruneSessionInterval: false },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
store.set('b', { cookie: cookie(10000) }, () =>
    store.touch('b', { cookie: cookie(900000) }, () =>
        store.get('b', (err, { cookie: { expires } }) =>
            process.exit(new Date(expires) - Date.now() < 20000 ? 0 : 1))));
