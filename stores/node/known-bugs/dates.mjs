// dates.mjs: a store in memory whose get gives cookie.expires as a Date, as
// stores on MongoDB do, and the documents allow.

export default ({ session }) => {
    const { MemoryStore } = session;
    return {
        name: 'dates',
        version: '1',
        capabilities: ['namespace', 'binary-sid'],
        store: new (class extends MemoryStore {
            get(sid, callback) {
                super.get(sid, (err, found) => {
                    const { cookie } = found ?? {};
                    if (typeof cookie?.expires === 'string')
                        cookie.expires = new Date(cookie.expires);
                    callback(err, found);
                });
            }
        })(),
    };
};
