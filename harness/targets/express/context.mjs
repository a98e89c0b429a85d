// context.mjs: who is at work: the app and the request that a piece of code
// runs for.
//
// The value is a Visit (one request), a Work (what a store does for an app,
// which may have a clock of its own), or `{ app }` where an app works outside
// of any request. AsyncLocalStorage carries it through callbacks and promises.

import { AsyncLocalStorage } from 'node:async_hooks';

export const context = new AsyncLocalStorage();
