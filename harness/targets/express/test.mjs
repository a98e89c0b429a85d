// test.mjs: the protocol, spoken to a running target.
//
//   node --test test.mjs
//   EXPRESS_SESSION=1.17.3 node --test test.mjs

import assert from 'node:assert/strict';
import { after } from 'node:test';
import './tests/actions.mjs';
import './tests/apps.mjs';
import './tests/conduct.mjs';
import './tests/endpoints.mjs';
import './tests/process.mjs';
import './tests/schedules.mjs';
import './tests/store.mjs';
import './tests/trace.mjs';
import { target } from './tests/target.mjs';

after(async () => {
    assert.equal(await target.stop(), 0);
});
