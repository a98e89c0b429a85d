// http.mjs: the little of HTTP that all endpoints share: a body read, JSON
// sent, a request refused.

const LARGEST_BODY = 16 * 1024 * 1024; // bytes
const SHOWN_MAX = 200; // of what is no Error

// The client's mistake, or a request that cannot be met: ends as `status`
// with the message.
export class Refusal extends Error {
    constructor(status, message, name = 'Error') {
        super(message);
        this.status = status;
        this.name = name;
    }
}

export async function readBody(req) {
    const chunks = [];
    let length = 0;
    // What is too long is read to its end all the same: a client that is
    // still sending would not read the answer.
    for await (const chunk of req) {
        length += chunk.length;
        if (length <= LARGEST_BODY) chunks.push(chunk);
        else chunks.length = 0;
    }
    if (length > LARGEST_BODY)
        throw new Refusal(413, `a body over ${LARGEST_BODY} bytes`);
    return Buffer.concat(chunks).toString('utf8');
}

export function parseJson(text, what) {
    try {
        return JSON.parse(text);
    } catch (err) {
        throw new Refusal(400, `${what} is not JSON: ${err.message}`);
    }
}

export function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// Refuses members that nobody would look at: a typo must not pass in silence.
export function checkMembers(object, known, what) {
    if (!isObject(object)) throw new Refusal(400, `${what} is not an object`);
    for (const name of Object.keys(object)) {
        if (!known.includes(name))
            throw new Refusal(400, `${what} has no member "${name}"`);
    }
}

export function sendJson(res, status, value) {
    const body = JSON.stringify(value);
    res.writeHead(status, {
        'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body),
    });
    res.end(body);
}

export function sendRefusal(res, err) {
    if (res.headersSent || res.destroyed) return void res.destroy();
    const known = err instanceof Refusal;
    if (!known) process.stderr.write(`${err?.stack ?? err}\n`);
    sendJson(res, known ? err.status : 500, { error: errorNamed(err) });
}

// The two forms in which the protocol shows an error.
export function errorNamed(err) {
    return { name: String(err?.name ?? 'Error'), message: messageOf(err) };
}

export function errorCoded(err) {
    const shown = { message: messageOf(err) };
    const code = err?.code;
    if (typeof code === 'string' || typeof code === 'number') shown.code = code;
    return shown;
}

// Some classes of errors leave the word to what they hold, or to their name.
function messageOf(err) {
    const { message, errors, code } = Object(err);
    if (message === undefined)
        return isObject(err) ? `no Error, but ${show(err)}` : String(err);
    return String(message || errors?.[0]?.message || code || kindOf(err));
}

function show(value) {
    try {
        return JSON.stringify(value).slice(0, SHOWN_MAX);
    } catch {
        return String(value); // a circle
    }
}

function kindOf(err) {
    const { name, constructor } = err;
    const kind = Object.hasOwn(err, 'name') ? name : constructor?.name;
    return kind === 'Error' ? '' : kind ?? '';
}
