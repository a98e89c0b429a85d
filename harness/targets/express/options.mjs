// options.mjs: the options of express-session, from the forms that JSON has
// for what is no data (Buffers, dates, functions).

import { Refusal, isObject } from './http.mjs';

export function makeOptions(form = {}) {
    if (!isObject(form)) throw new Refusal(400, '`options` is not an object');
    const options = { ...form };
    if ('secret' in form) options.secret = makeSecrets(form.secret);
    if ('genid' in form) options.genid = makeGenid(form.genid);
    if ('cookie' in form) options.cookie = makeCookie(form.cookie);
    delete options.store; // it is the app's own
    return options;
}

// `cookie.expires`, wherever a client gives one: text is an ISO date.
export function makeExpires(form) {
    return typeof form === 'string' ? new Date(form) : form;
}

function makeSecrets(form) {
    return Array.isArray(form) ? form.map(makeSecret) : makeSecret(form);
}

function makeSecret(form) {
    if (!isObject(form)) return form;
    if (typeof form.base64 !== 'string')
        throw new Refusal(400, 'a secret is neither text nor {"base64"}');
    return Buffer.from(form.base64, 'base64');
}

// What is none of the forms goes to express-session as it stands: it refuses
// what is no function.
function makeGenid(form) {
    if (!isObject(form)) return form;
    if (Array.isArray(form.fixed) && form.fixed.length > 0) {
        let made = 0;
        return () => form.fixed[made++ % form.fixed.length];
    }
    if (typeof form.header === 'string') {
        const name = form.header.toLowerCase();
        return (req) => req.headers[name];
    }
    throw new Refusal(400, '`genid` is neither {"fixed"} nor {"header"}');
}

function makeCookie(form) {
    if (!isObject(form) || !('by-header' in form)) return makeFields(form);
    const { 'by-header': header, cases } = form;
    if (typeof header !== 'string' || !isObject(cases))
        throw new Refusal(
            400,
            '`cookie` by header needs {"by-header","cases"}',
        );
    const name = header.toLowerCase();
    return (req) => {
        const value = req.headers[name] ?? '';
        return Object.hasOwn(cases, value) ? makeFields(cases[value]) : {};
    };
}

function makeFields(form) {
    if (!isObject(form) || !('expires' in form)) return form;
    return { ...form, expires: makeExpires(form.expires) };
}
