// STO-35, connect-session-knex 5.0.0: parallel first sets of one id fail
const need = require('module').createRequire(process.argv[2] + '/');
const { ConnectSessionKnexStore } = need('connect-session-knex');
const Knex = need('knex');
const knex = Knex({ client: 'pg', connection: process.argv[3] });
const store = new ConnectSessionKnexStore({
    ...{ knex, createTable: true, cleanupInterval: 0, tableName: 'confirmed_35' },
});
const cookie = (ms) => ({ expires: new Date(Date.now() + ms), maxAge: ms });
const set = (sid) => new Promise((done) =>
    store.set(sid, { cookie: cookie(60000) }, (err) => done(err)));
process.on('unhandledRejection', () => {});
store.length(async () => {
    for (let round = 0; round < 30; round++) {
        const sets = Array.from({ length: 20 }, () => set(`s${round}`));
        for (const err of await Promise.all(sets))
            if (err?.code === '23505') process.exit(0); // duplicate key
    }
    process.exit(1);
});
