// visit.mjs: one request to an app: through the middleware, the actions, the
// answer.
//
//   before --next()--> acting --last action--> over
//   before --next(err) or an exception--> over, with the error as answer

import { ServerResponse } from 'node:http';
import { HandlerError, act } from './actions.mjs';
import { context } from './context.mjs';
import { errorCoded, errorNamed } from './http.mjs';

export class Visit {
    #actions;
    #state = 'before';
    #log = [];
    #abandon = null; // rejects the action that is under way
    endings = []; // texts of `end`: the first is the body

    // `seat` is the place in a schedule of a steered request, else null.
    constructor({ app, req, res, actions, label, seat }) {
        this.app = app;
        this.req = req;
        this.res = res;
        this.#actions = actions;
        this.label = label;
        this.seat = seat;
    }

    run() {
        const { app, req, res, seat } = this;
        res.on('error', () => {}); // the client is gone: its affair
        if (seat) res.on('close', () => seat.close());
        context.run(this, () => {
            try {
                app.middleware(req, res, (err) => this.#next(err));
            } catch (err) {
                this.broken(err);
            }
        });
    }

    // An exception that nobody who waits would see.
    broken(err) {
        if (this.#abandon) this.#abandon(err);
        else if (this.#state === 'before') this.#fail(err);
        else this.app.trace.note('error', errorCoded(err).message);
    }

    reachPoint(name) {
        const { seat } = this;
        if (!seat?.isSteered) return undefined;
        return new Promise((go) => seat.park({ op: 'point', name }, go));
    }

    // What the middleware calls when it is done, and again for an error that
    // it has later.
    #next(err) {
        if (this.#state !== 'before') {
            if (err) this.app.trace.note('error', errorCoded(err).message);
        } else if (err) {
            this.#fail(err);
        } else {
            this.#state = 'acting';
            this.#act();
        }
    }

    async #act() {
        for (const action of this.#actions) {
            const entry = { do: action[0] };
            this.#log.push(entry);
            try {
                const value = await this.#perform(action);
                if (action[0] === 'read') entry.value = value;
            } catch (err) {
                if (err instanceof HandlerError) return this.#fail(err);
                entry.error = errorCoded(err);
            }
        }
        this.#state = 'over';
        try {
            this.#answer();
        } catch (err) {
            this.#failPastMiddleware(err);
        }
    }

    // A promise only where there is something to wait for.
    #perform(action) {
        const result = act(this, action);
        return result instanceof Promise ? this.#await(result) : result;
    }

    #await(result) {
        const abandoned = new Promise((_, reject) => {
            this.#abandon = reject;
        });
        return Promise.race([result, abandoned]).finally(() => {
            this.#abandon = null;
        });
    }

    #answer() {
        const { res, endings } = this;
        if (endings.length > 0) {
            for (const text of endings) res.end(text);
        } else if (res.headersSent) {
            res.end();
        } else {
            this.#sendJson(this.#report());
        }
    }

    #report() {
        const { req, app } = this;
        return {
            now: app.clock.now(),
            sessionID: typeof req.sessionID === 'string' ? req.sessionID : null,
            session: showData(req.session),
            cookie: showCookie(req.session?.cookie),
            secure: req.secure === true || Boolean(req.socket.encrypted),
            log: this.#log,
        };
    }

    // As an Express app's last handler: an answer where there is none yet,
    // else the connection is cut.
    #fail(err) {
        const { res, req } = this;
        this.#state = 'over';
        if (res.headersSent) {
            this.app.trace.note('error', errorCoded(err).message);
            req.socket.destroy();
            return;
        }
        res.statusCode = statusOf(err);
        try {
            this.#sendJson({ error: errorNamed(err) });
        } catch (thrown) {
            this.#failPastMiddleware(thrown);
        }
    }

    // The middleware's own end() threw: it will not end this response.
    #failPastMiddleware(err) {
        this.req.session = undefined;
        this.res.end = ServerResponse.prototype.end;
        this.#fail(err);
    }

    #sendJson(value) {
        const { res } = this;
        const body = JSON.stringify(value);
        if (!res.hasHeader('Content-Type'))
            res.setHeader('Content-Type', 'application/json');
        if (res.statusCode !== 204 && res.statusCode !== 304)
            res.setHeader('Content-Length', Buffer.byteLength(body));
        res.end(body);
    }
}

function showData(session) {
    if (!session) return null;
    const { cookie, ...data } = session;
    return data;
}

function showCookie(cookie) {
    if (!cookie) return null;
    return { ...JSON.parse(JSON.stringify(cookie)), maxAge: cookie.maxAge };
}

function statusOf(err) {
    const status = err?.status ?? err?.statusCode;
    return Number.isInteger(status) && status >= 400 && status <= 599
        ? status
        : 500;
}
