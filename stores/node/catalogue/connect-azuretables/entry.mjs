// connect-azuretables: an entity of Azure's table storage a session, a table an
// app.

import { SPOILT } from '../../spoilt.mjs';

const VARIABLE = 'AZURE_STORAGE_CONNECTION_STRING';

export default {
    package: 'connect-azuretables',
    backend: 'azurite',
    address: VARIABLE,
    clock: 'real',
    resolution: 60000, // what is expired is looked for each minute
    capabilities: ['namespace', 'durable'],
    async connect({ load, address }) {
        return (await load('azure-storage')).createTableService(address);
    },
    async open({ load, session, shared, address, key, options }) {
        // It makes its table by itself, but waits for nothing.
        await promise((done) => shared.createTableIfNotExists(key, done));
        const factory = (await load('connect-azuretables'))(session);
        const before = process.env[VARIABLE];
        process.env[VARIABLE] = address; // it takes no address but from there
        const store = factory.create({ table: key, ...options });
        if (before === undefined) delete process.env[VARIABLE];
        else process.env[VARIABLE] = before;
        return store;
    },
    async spoil({ load, shared, key, sid }) {
        const { TableUtilities } = await load('azure-storage');
        const text = TableUtilities.entityGenerator.String;
        const id = text(sid.replace(/[^0-9A-Za-z]/g, ''));
        const spoilt = {
            PartitionKey: id,
            RowKey: id,
            data: text(SPOILT),
        };
        await promise((done) => shared.mergeEntity(key, spoilt, done)).catch(
            (err) => {
                if (err.statusCode !== 404) throw err;
            },
        );
    },
};

function promise(work) {
    return new Promise((resolve, reject) => {
        work((err, value) => (err ? reject(err) : resolve(value)));
    });
}
