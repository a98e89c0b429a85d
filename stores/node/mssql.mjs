// mssql.mjs: the address of an SQL Server as npm's mssql takes it.

// `address` is mssql://USER:PASSWORD@HOST:PORT/DATABASE; `options` are those of
// its driver.
export function settings(address, options) {
    const url = new URL(address);
    return {
        server: url.hostname,
        port: Number(url.port) || 1433,
        database: url.pathname.slice(1),
        user: decodeURIComponent(url.username),
        password: decodeURIComponent(url.password),
        options,
    };
}
