// memcached.mjs: overwrites a record of memcached's behind its client's back.

import { connect } from 'node:net';
import { once } from 'node:events';

// Nothing is written where there is no such record. `flags` are what the
// store's client told of its own values.
export async function spoilRecord(address, key, flags) {
    const { hostname, port } = new URL(address);
    const socket = connect(port, hostname);
    const spoilt = '{"cookie":{"orig'; // no set wrote that
    socket.write(`replace ${key} ${flags} 0 ${spoilt.length}\r\n${spoilt}\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    if (/^(NOT_)?STORED\r\n$/.test(answer)) return;
    throw new Error(`${answer}`.trim());
}
