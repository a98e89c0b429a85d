// datastore.mjs: Google's Datastore, played by Google's own emulator, which is
// a jar of the Cloud SDK and neither on npm nor in Debian; data in memory.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { obey } from './serve.mjs';

const JAR = 'platform/cloud-datastore-emulator/CloudDatastore.jar';
const MAIN = 'com.google.cloud.datastore.emulator.CloudDatastore';
const READY_MS = 60 * 1000;
// Java ends with this process, however that ends; its folder too.
const KEEPER = `
folder=$(mktemp -d) && cd "$folder" || exit
"$@" "$folder" >/dev/null 2>&1 & pid=$!
cat >/dev/null
kill $pid; wait $pid
cd / && rm -rf "$folder"`;

function findTool(name) {
    try {
        const found = execFileSync('sh', ['-c', `command -v ${name}`]);
        return realpathSync(found.toString().trim());
    } catch {
        return undefined;
    }
}

function findJar() {
    const gcloud = findTool('gcloud');
    const homes = ['/usr/lib/google-cloud-sdk', '/opt/google-cloud-sdk'];
    if (gcloud) homes.unshift(path.join(path.dirname(gcloud), '..'));
    return homes.map((home) => path.join(home, JAR)).find(existsSync);
}

function findPort() {
    return new Promise((resolve) => {
        const server = net.createServer().listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => resolve(port));
        });
    });
}

function start(jar, port) {
    const options = ['start', '--host=127.0.0.1', `--port=${port}`];
    options.push('--testing', '--consistency=1.0', '--store_on_disk=false');
    const command = ['java', '-Xmx256m', '-cp', jar, MAIN, ...options];
    return spawn('sh', ['-c', KEEPER, 'keeper', ...command], {
        stdio: ['pipe', 'ignore', 'inherit'],
        detached: true, // a Ctrl-C shall not end it before its folder is gone
    });
}

// Its data would be lost with it: it is neither stopped nor started.
async function main() {
    const jar = findJar();
    if (!jar) throw new Error("needs Google's Datastore emulator (of gcloud)");
    if (!findTool('java')) throw new Error('needs Java, to run the emulator');
    const port = await findPort();
    const keeper = start(jar, port);
    const end = Date.now() + READY_MS;
    for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}/`).catch(
            () => null,
        );
        if (answer?.ok) break;
        if (keeper.exitCode !== null || Date.now() > end)
            throw new Error('the emulator does not start');
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log(`127.0.0.1:${port}`);
    await obey({});
}

main().catch((err) => {
    console.error(err.message);
    process.exit(3);
});
