// spec.mjs: the text that names a store of Node's, taken to pieces.
//
//   npm:NAME[@VERSION][?KEY=VALUE&…]     npm:connect-redis@9.0.0?prefix=s:
//   node:FILE[?KEY=VALUE&…]              node:./factory.mjs?ttl=60
//
// "%" begins a byte in hex in a key or a value, as in all of the SPECs.

const FORMS = 'npm:NAME[@VERSION][?k=v&…] or node:./FILE.mjs[?k=v&…]';
// What npm takes for a name; a scope is part of it.
const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const VERSION = /^[0-9A-Za-z][0-9A-Za-z.+-]*$/; // a release or a tag

// Gives { text, kind: 'npm', name, version, options }, `version` undefined for
// the tested one, or { text, kind: 'node', file, options }.
export function parseSpec(text) {
    const [, kind, what, query] =
        /^(npm|node):([^?]*)(?:\?(.*))?$/s.exec(text) ?? fail(text, FORMS);
    const options = readOptions(text, query ?? '');
    if (kind === 'npm')
        return { text, kind, ...readPackage(text, what), options };
    if (what === '') fail(text, 'it names no file: node:./factory.mjs');
    return { text, kind, file: what, options };
}

function readPackage(text, what) {
    const at = what.indexOf('@', 1);
    const name = at < 0 ? what : what.slice(0, at);
    const version = at < 0 ? undefined : what.slice(at + 1);
    if (!NAME.test(name)) fail(text, `"${name}" is no name of a package`);
    if (version !== undefined && !VERSION.test(version))
        fail(text, `"${version}" is no version`);
    return { name, version };
}

function readOptions(text, query) {
    const options = {};
    for (const piece of query.split('&').filter(Boolean)) {
        const at = piece.indexOf('=');
        const key = decode(text, at < 0 ? piece : piece.slice(0, at));
        const value = at < 0 ? '' : decode(text, piece.slice(at + 1));
        if (key === '__proto__') fail(text, 'no option may be "__proto__"');
        options[key] = readValue(value);
    }
    return options;
}

// Numbers and true/false are such, all else is text.
function readValue(value) {
    if (value === 'true' || value === 'false') return value === 'true';
    return /^-?[0-9]+(\.[0-9]+)?$/.test(value) ? Number(value) : value;
}

function decode(text, piece) {
    try {
        return decodeURIComponent(piece);
    } catch {
        return fail(
            text,
            `option "${piece}": "%" begins a byte in hex, such as %20; ` +
                'for itself it is %25',
        );
    }
}

function fail(text, why) {
    throw new Error(`${text}: ${why}`);
}
