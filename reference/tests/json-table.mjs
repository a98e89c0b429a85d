// json-table.mjs: what sessionspec-server makes of JSON, beside Node's own
//
// Each text goes into a store and comes out again; it must come out as
// JSON.stringify(JSON.parse(text)) has it, and be refused where Node refuses
// it. "Modified" is a comparison of such texts, so every character counts.
//
// Environment: SESSIONSPEC_SERVER, the program (build/sessionspec-server).

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const program = process.env.SESSIONSPEC_SERVER ??
    fileURLToPath(new URL('../../build/sessionspec-server', import.meta.url));

let server, url;

before(async () => {
    server = spawn(program, [], { stdio: ['ignore', 'pipe', 'inherit'] });
    [url] = await once(createInterface({ input: server.stdout }), 'line');
    const options = { secret: 's', resave: false, saveUninitialized: false };
    await call('PUT', '', JSON.stringify({ options }));
});

after(async () => {
    if (server.exitCode !== null) return;
    server.kill('SIGTERM');
    await once(server, 'exit');
});

const call = async (method, path, body) => {
    const response = await fetch(`${url}/_spec/apps/json${path}`,
        { method, body });
    return { status: response.status, text: await response.text() };
};

// The text as it comes back, or undefined where it is refused.
const roundTrip = async (text) => {
    const set = await call('POST', '/store',
        `{"op":"set","sid":"s","raw":true,"session":${text}}`);
    if (set.status === 400) return undefined;
    assert.equal(set.text, '{}');
    const got = await call('POST', '/store', '{"op":"get","sid":"s"}');
    assert.equal(got.status, 200);
    return got.text.replace(/^\{"session":(.*)\}$/s, '$1');
};

const nodes = (text) => {
    try {
        return JSON.stringify(JSON.parse(text));
    } catch {
        return undefined;
    }
};

const shown = (text) => text.length > 60
    ? `${text.slice(0, 57)}... (${text.length} characters)` : text;

const table = {
    'values': [
        'true', 'false', '"text"', '1', '[]', '{}', ' { } ', '[ ]',
        '\t[\n1 ,\r2 ] ', '{"a":null}', '[null]', '[true,false,null]',
        '{ "a" : [ 1 , { "b" : "c" } ] }',
    ],
    'the order of members': [
        '{"b":1,"a":2}', '{"a":1,"1":2}', '{"b":1,"2":2,"a":3,"1":4}',
        '{"10":1,"9":2,"1":3}', '{"01":1,"1":2}', '{"-1":1,"1":2}',
        '{"1.0":1,"1":2}', '{"1e3":1,"1000":2,"a":3}', '{" 1":1,"1":2}',
        '{"4294967294":1,"1":2}', '{"4294967295":1,"1":2,"0":3}',
        '{"4294967296":1,"a":2,"4294967294":3}', '{"99999999999999999999":1,"1":2}',
        '{"x":{"b":1,"0":2},"0":[{"z":1,"7":2}]}', '{"":1,"0":2}',
        '{"a":1,"00":2,"0":3,"+0":4}', '{"\\u0031":1,"0":2}',
    ],
    'members of one name': [
        '{"a":1,"a":2}', '{"a":1,"b":2,"a":3}', '{"1":1,"a":2,"1":3}',
        '{"a":{"b":1},"a":{"c":2}}', '{"a":1,"\\u0061":2}',
        '{"a":1,"a":null}', '{"a":{"a":1,"a":2}}',
    ],
    'names that are members of an object anyway': [
        '{"__proto__":{"a":1},"b":2}', '{"b":1,"__proto__":2}',
        '{"constructor":1}', '{"toString":1,"valueOf":2}',
        '{"hasOwnProperty":{"__proto__":null}}', '{"toJSON":1}',
        '{"length":1,"0":2}', '{"a":{"cookie":{"b":1},"0":2}}',
    ],
    'numbers': [
        '0', '-0', '[-0]', '0.0', '-0.0', '1.0', '1.50', '100', '-1',
        '0.1', '0.10', '1e0', '1E2', '1e+2', '1e-2', '-1.5e3', '123456789',
        '1e20', '1e21', '123456789012345678901', '1234567890123456789012',
        '0.000001', '0.0000001', '1.5e-7', '0.00000123', '1e-400',
        '9007199254740991', '9007199254740992', '9007199254740993',
        '9223372036854775807', '9223372036854775808', '18446744073709551616',
        '-9223372036854775809', '5e-324', '4.9e-324', '2e-324',
        '2.2250738585072014e-308', '2.225073858507201e-308',
        '1.7976931348623157e308', '0.30000000000000004',
        '0.1e1', '1.7976931348623157e+308', '3.141592653589793238462643',
        '4.35', '0.5e-6', '1.0000000000000002', '1e23', '8.41e21',
        '2.0e-3', '100000000000000000000000', '1e5', '12e-1',
    ],
    'numbers that are none': [
        '01', '-01', '+1', '.5', '1.', '1.e3', '1e', '1e+', '-', '0x10',
        'NaN', 'Infinity', '-Infinity', '1_000', '1,', '--1', '1e1.5',
    ],
    'strings': [
        '""', '" "', '"\\""', '"\\\\"', '"\\/"', '"/"', '"\\b\\f\\n\\r\\t"',
        '"\\u0008\\u000c\\u000a\\u000d\\u0009"', '"\\u0000"', '"a\\u0000b"',
        '"\\u0001\\u001f"', '"\\u001F"', '"\\u007f"', '"\u007f"', '"\\u00e9"',
        '"é"', '"\\u20AC"', '"€"', '"\\ud83d\\ude00"', '"😀"', '"\\uD83D\\uDE00"',
        '"\\u2028\\u2029"', '"\u2028\u2029"', '"\\ufeff"', '"\ufeff"',
        '"\\uffff\\ufffe"', '"\\ud7ff\\ue000"', '"\\udbff\\udfff"',
        '"<script>&\'"', '"\\u003c"', '{"\\n":"\\n"}', '{"é":1,"e\\u0301":2}',
        '{"\\u0001":1}', '{"\\"":1}', '{"😀":{"\\ud83d\\ude00":1}}',
    ],
    'strings that are none': [
        '"', '"a', "'a'", '"\\x41"', '"\\u12"', '"\\u12g4"', '"\\"', '"a\nb"',
        '"\t"', '"\u0001"', '"\\a"', '"\\U0041"', '"a" "b"',
    ],
    'what is no JSON': [
        '', ',', '[1,]', '[,1]', '[1 2]', '[1', '{"a":1', '{"a"}', '{"a":}',
        '{a:1}', "{'a':1}", '{"a":1,}', '{,}', '{"a":1 "b":2}', 'undefined',
        'True', 'nul', 'truee', '[1]]', '// 1', '/* */ 1', '1 // 1',
        '\u00a01', '\ufeff1', '\v1', '\f1', '{1:2}', '[}', '{]',
    ],
    'depth': [
        '['.repeat(100) + ']'.repeat(100),
        '{"a":'.repeat(900) + '1' + '}'.repeat(900),
        '[{"a":'.repeat(450) + 'null' + '}]'.repeat(450),
    ],
};

for (const [topic, texts] of Object.entries(table)) {
    test(`${topic}: as Node has them`, async (t) => {
        for (const text of texts)
            await t.test(shown(text) || 'nothing', async () => {
                assert.equal(await roundTrip(text), nodes(text));
            });
    });
}

// What Node takes and we do not: reference/jsjson.h and js.h list it.
const limits = {
    'a lone high surrogate': '"\\ud800"',
    'a lone low surrogate': '"\\udc00"',
    'surrogates the wrong way round': '"\\ude00\\ud83d"',
    'a high surrogate before a letter': '"\\ud83da"',
    'a lone surrogate in a name': '{"\\ud800":1}',
    'a NUL in a name': '{"a\\u0000b":1}',
    'a number beyond double': '1e400',
    'a negative number beyond double': '-1e400',
    'nesting beyond our limit': '['.repeat(1001) + ']'.repeat(1001),
    "nesting beyond jansson's": '{"a":'.repeat(3000) + '1' + '}'.repeat(3000),
    'nesting far beyond it': '['.repeat(1e6),
};

for (const [limit, text] of Object.entries(limits)) {
    test(`${limit} is refused, and said`, async () => {
        const { status, text: answer } = await call('POST', '/store',
            `{"op":"set","sid":"s","raw":true,"session":${text}}`);
        assert.equal(status, 400);
        assert.match(JSON.parse(answer).error.message,
            /^the body is (not JSON: .+|too deep)$/);
    });
}

// A seeded sequence: what fails once fails again.
const randoms = (seed) => () => {
    seed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    seed ^= seed + Math.imul(seed ^ (seed >>> 7), seed | 61);
    return (seed ^ (seed >>> 14)) >>> 0;
};

const compareLists = async (texts) => {
    const list = `[${texts.join(',')}]`;
    const got = await roundTrip(list);
    const want = nodes(list);
    if (got === want) return;
    const [ours, theirs] = [got.slice(1, -1).split(','),
        want.slice(1, -1).split(',')];
    const at = theirs.findIndex((text, i) => text !== ours[i]);
    assert.fail(`${texts[at]}: ${ours[at]}, and in Node ${theirs[at]}`);
};

test('any double is written as Node writes it', async () => {
    const random = randoms(1);
    const bits = new DataView(new ArrayBuffer(8));
    const texts = [];
    while (texts.length < 20000) {
        bits.setUint32(0, random());
        bits.setUint32(4, random());
        const value = bits.getFloat64(0);
        if (Number.isFinite(value)) texts.push(value.toExponential(20));
    }
    await compareLists(texts);
});

test('any decimal is read as Node reads it', async () => {
    const random = randoms(2);
    const texts = Array.from({ length: 20000 }, () => {
        const digits = `${random()}${random()}`.slice(0, 1 + random() % 20);
        const whole = digits.replace(/^0+(?=\d)/, '');
        const sign = random() % 2 ? '-' : '';
        const fraction = random() % 2 ? `.${random()}` : '';
        const power = random() % 2 ? `e${random() % 40 - 20}` : '';
        return `${sign}${whole}${fraction}${power}`;
    });
    await compareLists(texts);
});

test('any order of names comes back as Node orders them', async () => {
    const random = randoms(3);
    const names = ['0', '1', '2', '10', '01', '-1', 'a', 'b', '', '1.5',
        '4294967294', '4294967295', '__proto__x', 'é'];
    for (let i = 0; i < 200; i++) {
        const members = Array.from({ length: 1 + random() % 12 }, () =>
            `${JSON.stringify(names[random() % names.length])}:${random() % 9}`);
        const text = `{${members.join(',')}}`;
        assert.equal(await roundTrip(text), nodes(text), text);
    }
});
