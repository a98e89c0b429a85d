// dynalite.mjs: DynamoDB, played by npm's dynalite; data in memory.
//
// A table is there and gone at once, where AWS takes seconds: what a store does
// with a table that is still being made cannot be seen here.

import { requireOf } from './packages.mjs';
import { serve } from './serve.mjs';

const require = await requireOf('dynalite');
const dynalite = require('dynalite');

const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
});
delete server.close; // its own closes the database too, which is its memory
await serve(server, (port) => `http://127.0.0.1:${port}`);
