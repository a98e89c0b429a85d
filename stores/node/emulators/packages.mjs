// packages.mjs: what an emulator loads of npm, pinned in the folder of its
// name and installed into the cache once.

import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFolder } from '../install.mjs';

// The `require` of the packages in the folder NAME beside this file.
export async function requireOf(name) {
    const home = fileURLToPath(new URL(name, import.meta.url));
    const folder = await installFolder(home, (text) => console.error(text));
    return createRequire(path.join(folder, 'package.json'));
}
