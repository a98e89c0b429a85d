// connect-neo4j: nodes of a Neo4j graph.

export default {
    package: 'connect-neo4j',
    gone: true,
    missing: 'npm has no package of that name any more',
};
