// STO-13, connect-session-knex 5.0.0: length counts a session that has expired
const need = require('module').createRequire(process.argv[2] + '/');
const { ConnectSessionKnexStore } = need('connect-session-knex');
const Knex = need('knex');
const knex = Knex({ client: 'pg', connection: process.argv[3] });
const store = new ConnectSessionKnexStore({
    ...{ knex, createTable: true, cleanupInterval: 0, tableName: 'confirmed_11' },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
store.set('a', { cookie: cookie(100) }, () =>
    setTimeout(() =>
        store.length((err, count) => process.exit(Number(count) === 1 ? 0 : 1)),
    1500));
