// @databunker/session-store: a record of a Databunker server a session. It
// knows no namespaces, and its clear does nothing.
//
// Its dependency http@0.0.1-security is not on npm any more, and nothing
// requires it, since Node's own comes first: package.json puts another in its
// place, without which nothing of this can be installed.

export default {
    package: '@databunker/session-store',
    address: 'DATABUNKER_URL', // http://:TOKEN@HOST:PORT
    missing: 'needs a Databunker server',
    clock: 'real',
    capabilities: ['durable'],
    async open({ load, session, address, options }) {
        const { origin, password } = new URL(address);
        const name = '@databunker/session-store';
        const DataBunkerStore = (await load(name))(session);
        const token = decodeURIComponent(password) || 'DEMO';
        return new DataBunkerStore({ url: origin, token, ...options });
    },
};
