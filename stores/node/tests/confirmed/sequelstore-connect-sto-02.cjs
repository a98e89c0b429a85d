// STO-02, sequelstore-connect 1.1.5: get gives a text, not the session
process.chdir(require('os').tmpdir()); // it writes a log
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const Sequelize = need('sequelize');
const Store = need('sequelstore-connect')(session);
const database = new Sequelize(process.argv[3], { logging: false });
const store = new Store({ database });
const mine = { n: 1, cookie: { expires: new Date(Date.now() + 60000) } };
const look = (err, found) => process.exit(typeof found === 'string' ? 0 : 1);
store.sync().then(() => store.set('a', mine, () => store.get('a', look)));
