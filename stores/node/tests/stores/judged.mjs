// judged.mjs: a store whose sessions end by whom the option `by` names: date,
// timer, nobody; or that throws.

const held = new Map(); // of all namespaces

const ENDS = {
    date: ({ expires }) => expires && new Date(expires) <= Date.now(),
    timer: (cookie, end) => performance.now() >= end,
    nobody: () => false,
    thrown() {
        throw new Error('no connection');
    },
};

export default ({ session, options: { by } }) =>
    new (class extends session.Store {
        held = held;

        get(sid, callback) {
            const { text, end } = held.get(sid) ?? {};
            if (by === 'thrown') ENDS.thrown();
            const found = text && JSON.parse(text);
            const isOver = found && ENDS[by](found.cookie, end);
            callback(null, found && !isOver ? found : null);
        }

        set(sid, value, callback) {
            const text = JSON.stringify(value);
            const { expires } = value.cookie;
            const ttl = expires ? new Date(expires) - Date.now() : Infinity;
            held.set(sid, { text, end: performance.now() + ttl });
            callback();
        }

        destroy(sid, callback) {
            held.delete(sid);
            callback();
        }
    })();
