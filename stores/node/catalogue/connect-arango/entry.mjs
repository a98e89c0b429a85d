// connect-arango: ArangoDB documents.

export default {
    package: 'connect-arango',
    gone: true,
    missing: 'npm has no package of that name any more',
};
