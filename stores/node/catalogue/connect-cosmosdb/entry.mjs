// connect-cosmosdb: items of an Azure Cosmos DB.

export default {
    package: 'connect-cosmosdb',
    gone: true,
    missing: 'npm has no package of that name any more',
};
