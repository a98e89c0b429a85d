// STO-20, lowdb-session-store 1.1.1: an expired session is returned
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const lowdb = need('lowdb');
const Memory = need('lowdb/adapters/Memory');
const db = lowdb(new Memory('', { defaultValue: [] }));
const store = new (need('lowdb-session-store')(session))(db, { ttl: 86400 });
const cookie = { expires: new Date(Date.now() + 100), maxAge: 100 };
store.set('a', { n: 1, cookie }, () =>
    setTimeout(() =>
        store.get('a', (err, found) => process.exit(found?.n === 1 ? 0 : 1)),
    500));
