// azurite.mjs: the tables of Azure's storage, played by Microsoft's azurite;
// data in memory.

import { requireOf } from './packages.mjs';
import { serve } from './serve.mjs';

const ACCOUNT = 'devstoreaccount1';
// The key that everybody has for that account: see azurite's documentation.
const KEY =
    'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/' +
    'K1SZFPTOtr/KBHBeksoGMGw==';

const require = await requireOf('azurite');
const {
    default: Configuration,
} = require('azurite/dist/src/table/TableConfiguration');
const { default: TableServer } = require('azurite/dist/src/table/TableServer');
const config = new Configuration();
config.enableAccessLog = false;
config.skipApiVersionCheck = true;
config.isMemoryPersistence = true;
const azurite = new TableServer(config);
await azurite.beforeStart();

// It would listen by itself, but not again after a stop.
await serve(azurite.httpServer, (port) =>
    [
        'DefaultEndpointsProtocol=http',
        `AccountName=${ACCOUNT}`,
        `AccountKey=${KEY}`,
        `TableEndpoint=http://127.0.0.1:${port}/${ACCOUNT};`,
    ].join(';'),
);
