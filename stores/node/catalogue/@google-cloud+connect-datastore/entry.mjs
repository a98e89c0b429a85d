// @google-cloud/connect-datastore: a Datastore entity a session, a kind an app.

import { startRefusing } from '../../refusing.mjs';
import { SPOILT } from '../../spoilt.mjs';

const NO_EXPIRY = {
    why: 'sessions expire by its option expirationMs alone, counted from set',
    source: 'README, "Expiration"; expirationMs: "0 means do not expire"',
};

export default {
    package: '@google-cloud/connect-datastore',
    backend: 'datastore',
    address: 'DATASTORE_EMULATOR_HOST', // HOST:PORT of another emulator
    clock: 'virtual',
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: ['EXP-02', 'STO-19', 'STO-20', 'STO-31', 'STO-33'].map(
        (checks) => ({ checks, ...NO_EXPIRY }),
    ),
    async connect({ load, address }) {
        const { Datastore } = await load('@google-cloud/datastore');
        const refusing = await startRefusing(await load('@grpc/grpc-js'));
        const connect = (host) =>
            new Datastore({
                projectId: 'sessionspec',
                apiEndpoint: `http://${host}`,
            });
        return {
            datastore: connect(address),
            refused: connect(refusing.address),
            refusing,
        };
    },
    async open({ load, shared, key, options }) {
        const loaded = await load('@google-cloud/connect-datastore');
        return new loaded.DatastoreStore({
            dataset: shared.datastore,
            kind: key,
            ...options,
        });
    },
    disconnect: ({ refusing }) => refusing.close(),
    async spoil({ shared: { datastore }, key, sid }) {
        const id = datastore.key([key, sid]);
        const [found] = await datastore.get(id);
        if (!found) return;
        await datastore.save({ key: id, data: { data: SPOILT } });
    },
    break({ store, shared }) {
        store.ds = shared.refused;
    },
    mend({ store, shared }) {
        store.ds = shared.datastore;
    },
};
