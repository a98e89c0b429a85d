// spec.test.mjs: the text that names a store

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSpec } from '../spec.mjs';

const equal = assert.deepEqual;

function parts(text) {
    const { text: same, ...rest } = parseSpec(text);
    equal(same, text);
    return rest;
}

test('a package has a name, and maybe a version and options', () => {
    equal(parts('npm:memorystore'), {
        ...{ kind: 'npm', name: 'memorystore', version: undefined },
        options: {},
    });
    equal(parts('npm:@quixo3/prisma-session-store@3.1.21?a=b'), {
        ...{ kind: 'npm', name: '@quixo3/prisma-session-store' },
        ...{ version: '3.1.21', options: { a: 'b' } },
    });
    equal(parts('npm:connect-redis@latest').version, 'latest');
    equal(parts('npm:connect-redis@10.0.0-rc.1+x').version, '10.0.0-rc.1+x');
});

test('a factory is a file', () => {
    equal(parts('node:./a b/x@1.mjs?k'), {
        ...{ kind: 'node', file: './a b/x@1.mjs', options: { k: '' } },
    });
});

test('numbers and true or false are such, all else is text', () => {
    const { options } = parseSpec(
        'npm:x?a=1&b=-2.5&c=true&d=false&e=1e3&f=0x1&g=&h=%20%3D&i=x=y&&',
    );
    equal(options, {
        ...{ a: 1, b: -2.5, c: true, d: false, e: '1e3', f: '0x1', g: '' },
        ...{ h: ' =', i: 'x=y' },
    });
});

test('what is no SPEC is one line that says why', () => {
    const wrong = {
        memory: /npm:NAME/,
        'npm:': /"" is no name/,
        'npm:a b': /"a b" is no name/,
        'npm:../x': /is no name/,
        'npm:@x': /is no name/,
        'npm:a@': /"" is no version/,
        'npm:a@../b': /"\.\.\/b" is no version/,
        'npm:a@-g': /is no version/,
        'npm:a?k=%zz': /"%" begins a byte/,
        'npm:a?__proto__=1': /__proto__/,
        'node:': /names no file/,
        'node:?k=v': /names no file/,
    };
    for (const [text, why] of Object.entries(wrong))
        assert.throws(
            () => parseSpec(text),
            (err) => {
                assert.match(err.message, why);
                assert.ok(
                    err.message.startsWith(text) && !/\n/.test(err.message),
                );
                return true;
            },
        );
});
