// spoilt.mjs: what a spoilt record holds: the beginning of JSON, which no set
// wrote.

export const SPOILT = '{"cookie":{"orig';
