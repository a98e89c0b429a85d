// dynamodb-store: a DynamoDB item a session, a prefix an app.

import * as dynamo from '../../dynamo.mjs';
import { SPOILT } from '../../spoilt.mjs';
import { defaultTtl } from '../../licence.mjs';

export default {
    package: 'dynamodb-store',
    backend: 'dynalite',
    address: 'DYNAMODB_ENDPOINT',
    clock: 'virtual',
    resolution: 1000, // `expires` is in seconds
    capabilities: ['namespace', 'durable', 'binary-sid'],
    licence: [defaultTtl('a day', 'ttl')],
    async connect({ load, address }) {
        const { DynamoDB } = await load('aws-sdk');
        const { dynamoConfig, table } = settings(address, '');
        const client = new DynamoDB(dynamoConfig);
        const TableName = table.name;
        await client
            .createTable({
                TableName,
                AttributeDefinitions: [
                    { AttributeName: 'sessionId', AttributeType: 'S' },
                ],
                KeySchema: [{ AttributeName: 'sessionId', KeyType: 'HASH' }],
                BillingMode: 'PAY_PER_REQUEST',
            })
            .promise()
            .catch((err) => {
                if (err.code !== 'ResourceInUseException') throw err;
            });
        const $waiter = { delay: 1, maxAttempts: 50 };
        await client.waitFor('tableExists', { TableName, $waiter }).promise();
        return client;
    },
    async open({ load, address, key, options }) {
        const DynamoDBStore = await load('dynamodb-store');
        const given = { ...settings(address, `${key}:`), ...options };
        return new Promise((resolve, reject) => {
            const store = new DynamoDBStore(given, (err) =>
                err ? reject(err) : resolve(store),
            );
        });
    },
    async spoil({ shared: client, key, sid }) {
        const update = client.updateItem({
            TableName: dynamo.TABLE,
            Key: { sessionId: { S: `${key}:${sid}` } },
            UpdateExpression: 'set sess = :s',
            ConditionExpression: 'attribute_exists(sessionId)',
            ExpressionAttributeValues: { ':s': { S: SPOILT } },
        });
        await update.promise().catch((err) => {
            if (err.code !== 'ConditionalCheckFailedException') throw err;
        });
    },
    break: ({ store }) => dynamo.turnAway(clientOf(store)),
    mend: ({ store, address }) => dynamo.turnTo(clientOf(store), address),
};

function clientOf({ documentClient }) {
    return documentClient.service;
}

function settings(endpoint, hashPrefix) {
    const { ACCOUNT, REGION: region, TABLE: name } = dynamo;
    return {
        table: { name, hashPrefix },
        dynamoConfig: { endpoint, region, ...ACCOUNT, maxRetries: 2 },
        touchInterval: 0, // else nothing is touched for 30 s
    };
}
