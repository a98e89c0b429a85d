// fortune-session: records of Fortune.js.

export default {
    package: 'fortune-session',
    gone: true,
    missing: 'npm has no package of that name any more',
};
