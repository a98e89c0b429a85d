// express-session: its own MemoryStore, the control of all others.

import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'express-session',
    clock: 'virtual',
    resolution: 0,
    capabilities: ['namespace', 'binary-sid'],
    async open({ load }) {
        const { MemoryStore } = await load('express-session');
        return new MemoryStore();
    },
    spoil({ store, sid }) {
        const { sessions } = store;
        if (Object.hasOwn(sessions, sid)) sessions[sid] = SPOILT;
    },
};
