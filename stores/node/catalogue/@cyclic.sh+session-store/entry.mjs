// @cyclic.sh/session-store: a DynamoDB item a session, a prefix an app.

import * as dynamo from '../../dynamo.mjs';
import { defaultTtl } from '../../licence.mjs';

export default {
    package: '@cyclic.sh/session-store',
    backend: 'dynalite',
    address: 'DYNAMODB_ENDPOINT',
    clock: 'virtual',
    resolution: 1000, // `expires` is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const sdk = await load('@aws-sdk/client-dynamodb');
        const client = new sdk.DynamoDBClient(dynamo.settings(address));
        await dynamo.makeTable(sdk, client, ['pk', 'sk']);
        return { client, sdk };
    },
    async open({ load, shared, address, key, options }) {
        const { CyclicSessionStore } = await load('@cyclic.sh/session-store');
        const store = new CyclicSessionStore({
            table: { name: dynamo.TABLE, hashPrefix: `${key}:` },
            touchInterval: 0, // else nothing is touched for 30 s
            ...options,
        });
        // Its own client asks AWS in the region of the environment: there is no
        // option for another address. This one is made as it makes its own.
        const { DynamoDBDocumentClient } = await load('@aws-sdk/lib-dynamodb');
        const settings = dynamo.settings(address);
        store.documentClient = DynamoDBDocumentClient.from(
            new shared.sdk.DynamoDBClient(settings),
            {
                marshallOptions: {
                    convertEmptyValues: true,
                    removeUndefinedValues: true,
                    convertClassInstanceToMap: true,
                },
                unmarshallOptions: { wrapNumbers: false },
            },
        );
        return store;
    },
    close: ({ store }) => store.documentClient.destroy(),
    disconnect: ({ client }) => client.destroy(),
    spoil({ shared: { client, sdk }, key, sid }) {
        const id = { S: `${key}:${sid}` };
        return dynamo.spoilItem(sdk, client, { pk: id, sk: id });
    },
    break: ({ store }) => dynamo.turnAway(store.documentClient),
    mend: ({ store, address }) => dynamo.turnTo(store.documentClient, address),
};
