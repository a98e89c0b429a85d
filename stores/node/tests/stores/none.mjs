// none.mjs: exports no function, so it is no factory.

export default 'no factory';
