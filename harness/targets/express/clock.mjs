// clock.mjs: the time of each app: real, or frozen and moved by hand.
//
// `Date` is replaced once for the whole process by one that asks whose code
// is running. express-session and its stores need no change: `new Date()` and
// `Date.now()` give them the time of their app.

import { context } from './context.mjs';

const RealDate = globalThis.Date;
const FURTHEST = 8.64e15; // ms either side of 1970 that a Date can hold

export class Clock {
    #frozen;

    // `frozen` is Unix ms; undefined means real time.
    constructor(frozen) {
        this.#frozen = frozen;
    }

    get isFrozen() {
        return this.#frozen !== undefined;
    }

    now() {
        return this.#frozen ?? RealDate.now();
    }

    // Moves a frozen clock by `ms`. False where that leaves what a Date can
    // hold.
    advance(ms) {
        if (!isTime(this.#frozen + ms)) return false;
        this.#frozen += ms;
        return true;
    }
}

export function isTime(ms) {
    return Number.isInteger(ms) && Math.abs(ms) <= FURTHEST;
}

// Runs `act`, and all that it starts, at that time, in no app.
export function atTime(ms, act) {
    return context.run({ app: { clock: { now: () => ms } } }, act);
}

function now() {
    const who = context.getStore();
    return (who?.clock ?? who?.app.clock)?.now() ?? RealDate.now();
}

// It shares the prototype of the real one, so `instanceof` holds for the
// dates of either.
function VirtualDate(...args) {
    if (!new.target) return new RealDate(now()).toString();
    const kind = new.target === VirtualDate ? RealDate : new.target;
    return Reflect.construct(RealDate, args.length ? args : [now()], kind);
}

export function installClock() {
    Object.defineProperties(VirtualDate, {
        ...Object.getOwnPropertyDescriptors(RealDate),
        now: { value: now, writable: true, configurable: true },
    });
    RealDate.prototype.constructor = VirtualDate;
    globalThis.Date = VirtualDate;
}
