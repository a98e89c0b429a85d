// licence.mjs: the licence that many entries have for the same reason.

// A session without an expiry of its own ends all the same, after as long as
// the store's README says of an option.
export function defaultTtl(time, option) {
    return {
        checks: 'EXP-11',
        why: `a session without an expiry is kept for ${time}`,
        source: `README, option ${option}`,
    };
}
