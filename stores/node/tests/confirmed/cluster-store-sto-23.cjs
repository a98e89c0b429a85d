// STO-23, cluster-store 2.0.8: it is no event emitter, and session() throws
const need = require('module').createRequire(process.argv[2] + '/');
const session = need('express-session');
need('cluster-store').create({ store: null }).then((store) => {
    try {
        session({ secret: 's', resave: false, saveUninitialized: false, store });
    } catch (err) {
        process.exit(/store\.on is not a function/.test(err.message) ? 0 : 1);
    }
    process.exit(1);
});
