// connect-ottoman: documents of a Couchbase, by Ottoman.

export default {
    package: 'connect-ottoman',
    gone: true,
    missing: 'npm has no package of that name any more',
};
