// dynamodb-store-v3: DynamoDB items, by AWS's SDK 3.

export default {
    package: 'dynamodb-store-v3',
    gone: true,
    missing: 'npm has no package of that name any more',
};
