// express-etcd: keys of an etcd, its version 2.

export default {
    package: 'express-etcd',
    gone: true,
    missing: 'npm has no package of that name any more',
};
