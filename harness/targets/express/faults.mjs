// faults.mjs: failures and delays that a case asks for, queued until a store
// call matches.

import { Refusal, checkMembers, isObject } from './http.mjs';
import { OPERATIONS } from './backend.mjs';

export class Faults {
    #queue = [];

    add(body) {
        checkMembers(body, ['op', 'error', 'delay', 'times'], 'a fault');
        const { op, error, delay, times = 1 } = body;
        if (!OPERATIONS.includes(op))
            throw new Refusal(400, `a fault in no operation: ${op}`);
        if (error === undefined && delay === undefined)
            throw new Refusal(400, 'a fault without `error` or `delay`');
        if (delay !== undefined && !(Number.isFinite(delay) && delay >= 0))
            throw new Refusal(400, '`delay` is not a number of ms');
        if (!Number.isInteger(times) || times < 1)
            throw new Refusal(400, '`times` is not a positive number');
        this.#queue.push({ op, delay, error: makeError(error), left: times });
    }

    // The first that matches, counted down; undefined where none does.
    take(op) {
        const fault = this.#queue.find((one) => one.op === op);
        if (fault && --fault.left === 0)
            this.#queue.splice(this.#queue.indexOf(fault), 1);
        return fault;
    }
}

function makeError(form) {
    if (form === undefined) return undefined;
    if (!isObject(form) || typeof form.message !== 'string')
        throw new Refusal(400, '`error` has no message');
    checkMembers(form, ['message', 'code'], 'an error');
    return form;
}
