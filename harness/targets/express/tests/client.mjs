// client.mjs: a small client of the probe protocol, for the tests.

import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';

export const NOW = 1700000000000; // ms, where the clocks of the tests stand

export class Target {
    #agents = [
        new http.Agent({ keepAlive: true }),
        new https.Agent({ keepAlive: true, rejectUnauthorized: false }),
    ];
    #made = 0;

    constructor(child, url) {
        this.child = child;
        this.url = url;
    }

    // Gives the exit code.
    async stop(signal = 'SIGTERM') {
        for (const agent of this.#agents) agent.destroy();
        if (this.child.exitCode !== null) return this.child.exitCode;
        this.child.kill(signal);
        return (await once(this.child, 'exit'))[0];
    }

    // { status, headers, text, json } of any request.
    async send(method, path, { headers = {}, body, base = this.url } = {}) {
        const isTls = base.startsWith('https');
        const { hostname, port } = new URL(base);
        const req = (isTls ? https : http).request({
            ...{ method, path, headers, hostname, port },
            agent: this.#agents[isTls ? 1 : 0],
        });
        req.end(body);
        const [res] = await once(req, 'response');
        let text = '';
        for await (const chunk of res) text += chunk;
        const isJson = /json/.test(res.headers['content-type'] ?? '');
        return {
            status: res.statusCode,
            headers: res.headers,
            text,
            json: isJson && text ? JSON.parse(text) : undefined,
        };
    }

    // A call of the protocol.
    call(method, path, value) {
        const body = value === undefined ? undefined : JSON.stringify(value);
        return this.send(method, `/_spec${path}`, { body });
    }

    // A new app with a frozen clock, unless `body` says otherwise.
    async app(body = {}, id = `app-${++this.#made}`) {
        const { options, ...rest } = body;
        const made = await this.call('PUT', `/apps/${id}`, {
            clock: NOW,
            options: {
                ...{ secret: 'cat', resave: false, saveUninitialized: false },
                ...options,
            },
            ...rest,
        });
        if (made.status !== 201) throw new Error(made.text);
        return new AppClient(this, id, made.json);
    }
}

// One app, with a jar of one cookie.
class AppClient {
    cookie;

    constructor(target, id, made) {
        Object.assign(this, { target, id, made });
    }

    async get(actions, { method = 'GET', path = '/', base, ...headers } = {}) {
        const reply = await this.target.send(method, path, {
            base,
            headers: {
                'Spec-App': this.id,
                ...(actions ? { 'Spec-Do': JSON.stringify(actions) } : {}),
                ...(this.cookie ? { Cookie: this.cookie } : {}),
                ...headers,
            },
        });
        const set = reply.headers['set-cookie']?.at(-1);
        if (set) this.cookie = set.split(';')[0];
        return reply;
    }

    async post(what, body) {
        return this.target.call('POST', `/apps/${this.id}/${what}`, body);
    }

    async store(body) {
        return (await this.post('store', body)).json;
    }

    async events(since = 0) {
        const path = `/apps/${this.id}/trace?since=${since}`;
        return (await this.target.call('GET', path)).json.events;
    }

    // The trace in short: "set:ok", "warning".
    async calls(since) {
        const short = ({ op, outcome, event }) => event ?? `${op}:${outcome}`;
        return (await this.events(since)).map(short);
    }

    put(body) {
        return this.target.app(body, this.id);
    }
}
