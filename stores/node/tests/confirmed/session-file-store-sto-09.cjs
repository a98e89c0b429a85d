// STO-09, session-file-store 1.5.0: touch of a destroyed session is an error
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const os = require('os');
const { mkdtempSync } = require('fs');
const path = mkdtempSync(os.tmpdir() + '/confirmed-');
const Store = need('session-file-store')(session);
const store = new Store({ path, retries: 0, reapInterval: -1, logFn() {} });
const cookie = { originalMaxAge: 60000 };
store.set('a', { cookie }, () =>
    store.destroy('a', () =>
        store.touch('a', { cookie }, (err) =>
            process.exit(err?.code === 'ENOENT' ? 0 : 1))));
