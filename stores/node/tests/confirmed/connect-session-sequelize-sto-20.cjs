// STO-20, connect-session-sequelize 8.0.6: get gives an expired session
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const { Sequelize } = need('sequelize');
const Store = need('connect-session-sequelize')(session.Store);
const db = new Sequelize(process.argv[3], { logging: false });
const store = new Store({ db, checkExpirationInterval: 1000 });
const mine = { n: 1, cookie: { expires: new Date(Date.now() + 100) } };
const look = () =>
    store.get('a', (err, found) => process.exit(found?.n === 1 ? 0 : 1));
store.sync().then(() => store.set('a', mine, () => setTimeout(look, 300)));
