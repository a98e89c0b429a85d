// STO-42, session-file-store 1.5.0: set adds __lastAccess to what is handed in
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const os = require('os');
const { mkdtempSync } = require('fs');
const path = mkdtempSync(os.tmpdir() + '/confirmed-');
const Store = need('session-file-store')(session);
const store = new Store({ path, retries: 0, reapInterval: -1, logFn() {} });
const cookie = { originalMaxAge: 60000 };
const mine = { n: 1, cookie };
store.set('a', mine, () => process.exit('__lastAccess' in mine ? 0 : 1));
