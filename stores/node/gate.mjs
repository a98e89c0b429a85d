// gate.mjs: a way to a backend that can be shut for one store alone: a port of
// ours, from which all goes on to the backend.

import { once } from 'node:events';
import net from 'node:net';

// `address` is a URL. The gate's own has its port in its place.
export async function openGate(address) {
    const gate = new Gate(address);
    await gate.mend();
    return gate;
}

class Gate {
    #target;
    #port = 0; // of the first time, for ever
    #server;
    #sockets = new Set();

    constructor(address) {
        this.#target = new URL(address);
    }

    get address() {
        const url = new URL(this.#target);
        url.hostname = '127.0.0.1';
        url.port = this.#port;
        return url.href.replace(/\/$/, '');
    }

    async mend() {
        this.#server = net.createServer((socket) => this.#pass(socket));
        this.#server.listen(this.#port, '127.0.0.1');
        await once(this.#server, 'listening');
        this.#server.unref();
        this.#port = this.#server.address().port;
    }

    // Nobody is at the port any more, and what was under way is cut off.
    async break() {
        const closed = once(this.#server, 'close');
        this.#server.close();
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }

    async close() {
        if (this.#server.listening) await this.break();
    }

    #pass(socket) {
        const { hostname, port, protocol } = this.#target;
        const standard = protocol === 'https:' ? 443 : 80;
        const onward = net.connect(Number(port) || standard, hostname);
        for (const end of [socket, onward]) {
            this.#sockets.add(end);
            end.unref();
            end.on('error', () => {}); // the other end hears of it by 'close'
        }
        this.#join(socket, onward);
        this.#join(onward, socket);
    }

    #join(from, to) {
        from.pipe(to);
        from.once('close', () => {
            this.#sockets.delete(from);
            to.destroy();
        });
    }
}
