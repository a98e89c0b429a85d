// STO-30, connect-pg-simple 10.0.0: touch brings an expired session back
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { Pool } = need('pg');
const Store = need('connect-pg-simple')(session);
const store = new Store({
    pool: new Pool({ connectionString: process.argv[3] }),
    ...{ createTableIfMissing: true, pruneSessionInterval: false },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
const wait = (act) => setTimeout(act, 2600);
const touched = { cookie: cookie(60000) };
store.set('a', { n: 1, cookie: cookie(300) }, () =>
    wait(() => store.get('a', (none, dead) =>
        store.touch('a', touched, () => store.get('a', (err, found) =>
            process.exit(!dead && found?.n === 1 ? 0 : 1))))));
