// STO-18, connect-loki 1.2.0: what get gives is what the store holds
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const path = require('fs').mkdtempSync(require('os').tmpdir() + '/confirmed-');
const Store = need('connect-loki')(session);
const store = new Store({ path: `${path}/loki.db` });
store.on('connect', () => store.set('a', { n: 1, cookie: {} }, () =>
    store.get('a', (none, mine) => {
        mine.n = 2;
        store.get('a', (err, found) => process.exit(found.n === 2 ? 0 : 1));
    })));
