// serve.mjs: what all emulators have in common: a server on loopback whose life
// hangs on the stdin of its process.
//
// The address is the first line on stdout. Then, as `stores/backends/start`
// has it, the lines of stdin say what to do, each answered by a line:
//
//   stop    ends listening and all connections     stopped
//   start   the same port and data again           started
//
// or `failed: WHY`. The end of stdin ends the process. All data are in memory.

import { once } from 'node:events';
import readline from 'node:readline';

// `server` is a net.Server or http.Server that does not listen yet;
// `address(port)` what users of it are told.
export async function serve(server, address) {
    const sockets = new Set();
    server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
        socket.on('error', () => {}); // its peer is gone: that is all
    });
    const start = async (port) => {
        server.listen(port, '127.0.0.1');
        await once(server, 'listening');
        return server.address().port;
    };
    const stop = () =>
        new Promise((resolve) => {
            server.close(resolve);
            for (const socket of sockets) socket.destroy();
        });

    const port = await start(0);
    console.log(address(port));
    await obey({ stop, start: () => start(port) });
}

// Does what stdin says until its end, and ends the process with it.
export async function obey({ stop, start }) {
    const answers = { stop: 'stopped', start: 'started' };
    const orders = { stop, start };
    for await (const line of readline.createInterface(process.stdin)) {
        if (!Object.hasOwn(answers, line)) continue;
        try {
            if (!orders[line]) throw new Error('its data would be lost');
            await orders[line]();
            console.log(answers[line]);
        } catch (err) {
            console.log(`failed: ${err.message}`);
        }
    }
    process.exit(0);
}
