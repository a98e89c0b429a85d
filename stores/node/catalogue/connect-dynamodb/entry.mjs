// connect-dynamodb: a DynamoDB item a session, a prefix an app.

import * as dynamo from '../../dynamo.mjs';

export default {
    package: 'connect-dynamodb',
    backend: 'dynalite',
    address: 'DYNAMODB_ENDPOINT',
    clock: 'virtual',
    node: 20, // so says AWS's SDK
    resolution: 1000, // `expires` is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    dependencies: (version) =>
        isOld(version)
            ? { 'aws-sdk': '2.1693.0' } // AWS's SDK 2, which they require
            : {},
    async connect({ load, address }) {
        const sdk = await load('@aws-sdk/client-dynamodb');
        const client = new sdk.DynamoDBClient(dynamo.settings(address));
        await dynamo.makeTable(sdk, client, ['id']);
        return { client, sdk };
    },
    async open({ load, session, address, version, key, options }) {
        const DynamoDBStore = (await load('connect-dynamodb'))({ session });
        return new DynamoDBStore({
            table: dynamo.TABLE,
            prefix: `${key}:`,
            client: await makeClient(load, version, address),
            ...options,
        });
    },
    close({ store }) {
        store.clearInterval?.();
        store.client.destroy?.();
    },
    disconnect: ({ client }) => client.destroy(),
    spoil: ({ shared: { client, sdk }, key, sid }) =>
        dynamo.spoilItem(sdk, client, { id: { S: `${key}:${sid}` } }),
    break: ({ store }) => dynamo.turnAway(store.client),
    mend: ({ store, address }) => dynamo.turnTo(store.client, address),
};

function isOld(version) {
    return Number(version.split('.')[0]) < 3;
}

async function makeClient(load, version, endpoint) {
    if (!isOld(version)) {
        const { DynamoDBClient } = await load('@aws-sdk/client-dynamodb');
        return new DynamoDBClient(dynamo.settings(endpoint));
    }
    const { DynamoDB } = await load('aws-sdk');
    const { ACCOUNT, REGION: region } = dynamo;
    const patience = { maxRetries: 2 }; // as the later SDK; its own is 10
    return new DynamoDB({ endpoint, region, ...ACCOUNT, ...patience });
}
