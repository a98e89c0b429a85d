// connect-datacache: a resource of IBM's Data Cache a session, a prefix an app.

export default {
    package: 'connect-datacache',
    // https://USER:PASSWORD@HOST/resources/datacaches/GRID
    address: 'DATACACHE_URL',
    missing: "needs IBM's Data Cache service",
    clock: 'real',
    resolution: 1000, // its TTL is in seconds
    capabilities: ['namespace', 'durable'],
    async open({ load, session, address, key, options }) {
        const DataCacheStore = (await load('connect-datacache'))(session);
        const { protocol, host, pathname, username, password } = new URL(
            address,
        );
        const resource = `${protocol}//${host}${pathname}`;
        return new DataCacheStore({
            restResource: resource,
            restResourceSecure: resource,
            secure: protocol === 'https:',
            gridName: pathname.split('/').pop(),
            username: decodeURIComponent(username),
            password: decodeURIComponent(password),
            prefix: `${key}:`,
            ...options,
        });
    },
};
