// memcached.mjs: overwrites a record of memcached's behind its client's back.

import { connect } from 'node:net';
import { once } from 'node:events';
import { SPOILT } from './spoilt.mjs';

// Nothing is written where there is no such record. `flags` are what the
// store's client told of its own values.
export async function spoilRecord(address, key, flags) {
    const { hostname, port } = new URL(address);
    const socket = connect(port, hostname);
    socket.write(`replace ${key} ${flags} 0 ${SPOILT.length}\r\n${SPOILT}\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    if (/^(NOT_)?STORED\r\n$/.test(answer)) return;
    throw new Error(`${answer}`.trim());
}
