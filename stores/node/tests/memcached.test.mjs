// Tests of memcached.mjs, on a server that only listens.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { spoilRecord } from '../memcached.mjs';

async function spoilOn(answer) {
    let asked;
    const server = createServer((socket) =>
        socket.once('data', (text) => {
            asked = `${text}`;
            socket.end(answer);
        }),
    );
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
        const address = `memcached://127.0.0.1:${server.address().port}`;
        await spoilRecord(address, 'x:a', 2);
        return asked;
    } finally {
        server.close();
    }
}

test('a record that is there is replaced, with the flags given', async () => {
    const asked = await spoilOn('STORED\r\n');
    assert.equal(asked, 'replace x:a 2 0 16\r\n{"cookie":{"orig\r\n');
});

test('a record that is not there is left as it is', async () => {
    await spoilOn('NOT_STORED\r\n');
});

test('what the server has against it is thrown', async () => {
    const spoilt = spoilOn('CLIENT_ERROR bad command line format\r\n');
    await assert.rejects(spoilt, /^Error: CLIENT_ERROR bad command/);
});
