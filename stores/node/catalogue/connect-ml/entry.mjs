// connect-ml: documents of a MarkLogic server.

export default {
    package: 'connect-ml',
    gone: true,
    missing: 'npm has no package of that name any more',
};
