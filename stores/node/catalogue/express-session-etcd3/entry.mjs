// express-session-etcd3: keys of an etcd, its version 3.

export default {
    package: 'express-session-etcd3',
    gone: true,
    missing: 'npm has no package of that name any more',
};
