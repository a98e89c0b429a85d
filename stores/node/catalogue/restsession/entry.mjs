// restsession: a REST service, which is the user's; here emulators/rest.mjs.

import { SPOILT } from '../../spoilt.mjs';

export default {
    package: 'restsession',
    backend: 'rest',
    clock: 'real', // the service's
    capabilities: ['namespace', 'durable'],
    async open({ load, session, address, key }) {
        const RestStore = (await load('restsession'))(session);
        return new RestStore(`${address}/${key}`);
    },
    spoil: ({ store, sid }) =>
        put(`${store.endpoint}/${encodeURIComponent(sid)}`, SPOILT),
    break: ({ store }) => put(store.endpoint, 'down'),
    mend: ({ store }) => put(store.endpoint, 'up'),
};

function put(url, body) {
    return fetch(url, { method: 'PUT', body });
}
