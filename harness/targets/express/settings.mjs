// settings.mjs: what stands before the session middleware: Express with its
// `trust proxy` and a mount path, and the cookie parser.

import { Refusal, checkMembers } from './http.mjs';

const KNOWN = ['trust proxy', 'mount', 'cookieParser', 'env', 'debug'];

export function checkSettings(settings) {
    checkMembers(settings, KNOWN, '`settings`');
    const { mount, cookieParser: parser, env, debug } = settings;
    const good =
        (mount === undefined || typeof mount === 'string') &&
        (parser === undefined ||
            parser === true ||
            typeof parser === 'string') &&
        (env === undefined || typeof env === 'string') &&
        (debug === undefined || typeof debug === 'boolean');
    if (!good) throw new Refusal(400, 'a setting of the wrong type');
}

// A function like `session` behind what the settings put before it. Without
// "trust proxy" and "mount" there is no Express.
export function putBefore(session, settings, release) {
    const parser = makeParser(settings.cookieParser, release);
    if (!('trust proxy' in settings) && settings.mount === undefined)
        return parser ? inTurn(parser, session) : session;
    try {
        const express = release.package('express')();
        express.disable('x-powered-by');
        if ('trust proxy' in settings)
            express.set('trust proxy', settings['trust proxy']);
        if (parser) express.use(parser);
        express.use(settings.mount ?? '/', session);
        return express;
    } catch (err) {
        throw new Refusal(400, `Express refuses the settings: ${err.message}`);
    }
}

function makeParser(secret, release) {
    if (secret === undefined) return null;
    const cookieParser = release.package('cookie-parser');
    return secret === true ? cookieParser() : cookieParser(secret);
}

function inTurn(first, second) {
    return (req, res, next) =>
        first(req, res, (err) => (err ? next(err) : second(req, res, next)));
}
