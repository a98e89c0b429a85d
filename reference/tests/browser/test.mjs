// test.mjs: the documents' examples on sessionspec-server, in a real browser
//
// Environment: SESSIONSPEC_SERVER, the program; CHROMIUM, the browser.

import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import { chromium } from 'playwright-core';

const PATIENCE = 30_000; // ms, for whatever a test waits for

// Chromium trusts 127.0.0.1 like TLS: what Secure does is seen under a name.
const HOST = 'demo.test';
const OTHER = 'other.test';

let server, browser, http, https;

before(async () => {
    server = spawn(process.env.SESSIONSPEC_SERVER, ['--demo'], {
        stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: server.stdout });
    for await (const line of lines) {
        const found = line.match(/^demo: http:.*:(\d+)\/ and https:.*:(\d+)\/$/);
        if (!found) continue;
        http = `http://${HOST}:${found[1]}`;
        https = `https://${HOST}:${found[2]}`;
        break;
    }
    assert.ok(https, 'the server says where the demo is');
    browser = await chromium.launch({
        executablePath: process.env.CHROMIUM,
        args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic',
            '--no-first-run', '--disable-background-networking',
            '--disable-component-update', '--disable-sync',
            '--no-proxy-server',
            `--host-resolver-rules=MAP *.test 127.0.0.1`],
        timeout: PATIENCE,
    });
});

after(async () => {
    await browser?.close();
    if (server && server.exitCode === null) {
        server.kill('SIGTERM');
        const [code] = await once(server, 'exit');
        assert.equal(code, 0, 'the server ends with 0');
    }
});

// A test with a visitor of its own: an empty cookie jar and one page.
const visit = (claim, run) => test(claim, { timeout: 2 * PATIENCE }, async () => {
    const visitor = await newVisitor();
    try {
        await run(visitor);
    } finally {
        await visitor.context().close();
    }
});

const newVisitor = async () => {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PATIENCE);
    return context.newPage();
};

const views = async (page, url) => {
    await page.goto(url);
    return page.locator('#views').innerText();
};
const viewed = (times) => `you viewed this page ${times} times`;

const logIn = async (page, origin, user) => {
    await page.goto(origin);
    await page.fill('input[name=user]', user);
    await page.click('input[type=submit]');
    await page.waitForSelector('#hello');
};
const isLoggedIn = async (page) => await page.locator('#hello').count() === 1;
const isAsked = async (page) =>
    await page.locator('input[name=user]').count() === 1;

// The session's cookie as the browser has it: the only one there.
const cookieOf = async (page, origin) => {
    const cookies = await page.context().cookies(origin);
    assert.equal(cookies.length, 1);
    return cookies[0];
};
const sentCookie = async (response) =>
    (await response.request().allHeaders()).cookie;

visit('views of /foo and /bar are counted apart', async (page) => {
    assert.equal(await views(page, `${http}/foo`), viewed(1));
    assert.equal(await views(page, `${http}/foo`), viewed(2));
    assert.equal(await views(page, `${http}/bar`), viewed(1));
    assert.equal(await views(page, `${http}/foo`), viewed(3));
    assert.equal(await views(page, `${http}/bar`), viewed(2));
});

visit('views are counted on over a reload', async (page) => {
    await views(page, `${http}/foo`);
    await page.reload();
    await page.reload();
    assert.equal(await page.locator('#views').innerText(), viewed(3));
});

visit('two visitors are counted apart', async (page) => {
    const other = await newVisitor();
    await views(page, `${http}/foo`);
    assert.equal(await views(page, `${http}/foo`), viewed(2));
    assert.equal(await views(other, `${http}/foo`), viewed(1));
    await other.context().close();
});

visit('a visitor who does nothing gets no cookie', async (page) => {
    await page.goto(http);
    assert.ok(await isAsked(page));
    assert.deepEqual(await page.context().cookies(), []);
});

for (const scheme of ['http', 'https']) {
    const origin = () => scheme === 'http' ? http : https;

    visit(`who logs in is greeted by name, over ${scheme}`, async (page) => {
        await logIn(page, origin(), 'tobi');
        assert.match(await page.locator('#hello').innerText(), /^hello, tobi!/);
        assert.equal(page.url(), `${origin()}/`);
        await page.reload();
        assert.match(await page.locator('#hello').innerText(), /^hello, tobi!/);
    });

    visit(`after logging out, Back shows nobody, over ${scheme}`,
        async (page) => {
            await logIn(page, origin(), 'tobi');
            await page.click('text=Logout');
            await page.waitForSelector('input[name=user]');
            assert.ok(!await isLoggedIn(page));
            await page.goBack();
            await page.reload();
            assert.ok(!await isLoggedIn(page));
            assert.ok(await isAsked(page));
        });

    visit(`script does not see the cookie, over ${scheme}`, async (page) => {
        await logIn(page, origin(), 'tobi');
        assert.equal(await page.evaluate(() => document.cookie), '');
        assert.equal((await cookieOf(page, origin())).httpOnly, true);
    });
}

visit('a name is shown as it was typed', async (page) => {
    const name = `<img src=x onerror="document.title='owned'"> & 'é' + 50%`;
    await logIn(page, http, name);
    const text = await page.locator('#hello').innerText();
    assert.ok(text.startsWith(`hello, ${name}!`), text);
    assert.equal(await page.locator('#hello img').count(), 0);
});

visit('logging in changes the session ID', async (page) => {
    await views(page, `${http}/foo`);
    const before = await cookieOf(page, http);
    await logIn(page, http, 'tobi');
    assert.notEqual((await cookieOf(page, http)).value, before.value);
});

visit('an ID planted before the login is not logged in after it',
    async (page) => {
        const attacker = await newVisitor();
        await views(attacker, `${http}/foo`);
        await page.context().addCookies([await cookieOf(attacker, http)]);
        await logIn(page, http, 'tobi');
        await attacker.goto(http);
        assert.ok(await isAsked(attacker));
        await attacker.context().close();
    });

visit('the cookie of before the logout is not logged in after it',
    async (page) => {
        await logIn(page, http, 'tobi');
        const old = await cookieOf(page, http);
        await page.click('text=Logout');
        await page.waitForSelector('input[name=user]');
        await page.context().addCookies([old]);
        await page.goto(http);
        assert.ok(!await isLoggedIn(page));
    });

// s%3A, the ID, a point, the signature: one character of each changed.
const changed = (text, at) =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
const inID = (value) => changed(value, 's%3A'.length);
const inSignature = (value) => changed(value, value.indexOf('.') + 1);

visit('a tampered cookie logs out, and the true one logs in again',
    async (page) => {
        await logIn(page, http, 'tobi');
        const good = await cookieOf(page, http);
        for (const value of [inID(good.value), inSignature(good.value)]) {
            await page.context().addCookies([{ ...good, value }]);
            await page.reload();
            assert.ok(!await isLoggedIn(page));
            assert.ok(await isAsked(page));
            await page.context().addCookies([good]);
            await page.reload();
            assert.ok(await isLoggedIn(page));
        }
    });

visit('over HTTP the cookie is neither Secure nor Strict, and ends with the ' +
    'browser', async (page) => {
    await views(page, `${http}/foo`);
    const cookie = await cookieOf(page, http);
    assert.equal(cookie.name, 'connect.sid');
    assert.equal(cookie.secure, false);
    assert.notEqual(cookie.sameSite, 'Strict');
    assert.equal(cookie.path, '/');
    assert.equal(cookie.domain, HOST);
    assert.equal(cookie.expires, -1);
});

visit('over TLS the cookie is Secure and SameSite=Strict', async (page) => {
    await views(page, `${https}/foo`);
    const cookie = await cookieOf(page, https);
    assert.equal(cookie.name, 'connect.sid.tls');
    assert.equal(cookie.secure, true);
    assert.equal(cookie.sameSite, 'Strict');
});

visit('the Secure cookie is not sent over plain HTTP', async (page) => {
    await logIn(page, https, 'tobi');
    const plain = await page.goto(http);
    assert.equal(await sentCookie(plain), undefined);
    assert.ok(await isAsked(page));
    assert.match(await sentCookie(await page.goto(https)), /^connect\.sid\.tls=/);
    assert.ok(await isLoggedIn(page));
});

visit('the Strict cookie does not come along from another site',
    async (page) => {
        await logIn(page, https, 'tobi');
        await page.goto(https.replace(HOST, OTHER));
        await page.evaluate((url) => {
            document.body.innerHTML = `<a id="there" href="${url}">there</a>`;
        }, https);
        const [response] = await Promise.all([
            page.waitForResponse(`${https}/`), page.click('#there')]);
        assert.equal(await sentCookie(response), undefined);
        await page.waitForSelector('input[name=user]');
        assert.match(await sentCookie(await page.goto(https)),
            /^connect\.sid\.tls=/);
        assert.ok(await isLoggedIn(page));
    });
