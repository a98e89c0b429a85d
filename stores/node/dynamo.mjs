// dynamo.mjs: what the stores on DynamoDB have in common.
//
// Apps share one table, each with a prefix: making a table takes AWS seconds,
// in which the stores would fail.

import { SPOILT } from './spoilt.mjs';

export const TABLE = 'sessionspec';
// Of real servers, the environment's are taken; an emulator asks for some.
export const ACCOUNT = {
    accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? 'sessionspec',
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? 'sessionspec',
};
export const REGION = process.env.AWS_REGION ?? 'us-east-1';

const NOBODY = 'http://127.0.0.1:1';

// The settings of a client of AWS's SDK 3.
export function settings(endpoint) {
    return { endpoint, region: REGION, credentials: ACCOUNT };
}

// `keys` are the names of its hash key and its sort key, if it has one.
export async function makeTable(sdk, client, keys) {
    const kinds = ['HASH', 'RANGE'];
    const create = new sdk.CreateTableCommand({
        TableName: TABLE,
        AttributeDefinitions: keys.map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
        })),
        KeySchema: keys.map((AttributeName, index) => ({
            AttributeName,
            KeyType: kinds[index],
        })),
        BillingMode: 'PAY_PER_REQUEST',
    });
    await client.send(create).catch((err) => {
        if (err.name !== 'ResourceInUseException') throw err; // it is there
    });
    const patience = { client, maxWaitTime: 50, minDelay: 1 };
    await sdk.waitUntilTableExists(patience, { TableName: TABLE });
}

// Spoils the item of `key`, if there is one.
export async function spoilItem(sdk, client, key) {
    const [name] = Object.keys(key);
    const update = new sdk.UpdateItemCommand({
        TableName: TABLE,
        Key: key,
        UpdateExpression: 'set sess = :s',
        ConditionExpression: `attribute_exists(${name})`,
        ExpressionAttributeValues: { ':s': { S: SPOILT } },
    });
    await client.send(update).catch((err) => {
        if (err.name !== 'ConditionalCheckFailedException') throw err;
    });
}

// A client, of either SDK, finds nobody at its address from now on.
export function turnAway(client) {
    turnTo(client, NOBODY);
}

export function turnTo(client, address) {
    if (client.setEndpoint) return client.setEndpoint(address);
    const { protocol, hostname, port, pathname: path } = new URL(address);
    const parts = { protocol, hostname, path };
    if (port) parts.port = Number(port);
    client.config.endpoint = async () => parts;
}
