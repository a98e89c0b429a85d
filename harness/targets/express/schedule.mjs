// schedule.mjs: the order in which labelled requests reach their stores.
//
// Each label has a seat. A request that takes a seat parks at every store
// call and at every `point`. Nobody moves until every seat is parked or done;
// then the next choice goes, up to its next call or to its end.
//
//   absent --request--> moving --call--> parked --go--> moving ... --> done

import { Refusal, checkMembers } from './http.mjs';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export class Schedule {
    #labels;
    #choices;
    #stops; // `then` is "stop"
    #seats = new Map();
    #decisions = [];
    #next = 0; // among the choices
    #named = null; // by `go`, until that label goes
    #watchers = new Set();
    #released = false;

    constructor(body) {
        checkMembers(body, ['apps', 'labels', 'choices', 'then'], 'a schedule');
        const { apps, labels, choices = '', then = 'first' } = body;
        checkNames(apps, 'apps');
        checkNames(labels, 'labels');
        checkChoices(choices, labels);
        if (then !== 'first' && then !== 'stop')
            throw new Refusal(400, '`then` is neither "first" nor "stop"');
        this.apps = apps;
        this.#labels = labels;
        this.#choices = choices;
        this.#stops = then === 'stop';
        for (const label of labels) this.#seats.set(label, new Seat(this));
    }

    // The seat for a request that arrives, or null where it is not steered:
    // the first request of a label has its seat.
    arrive(label) {
        const seat = this.#seats.get(label);
        if (seat?.state !== 'absent' || this.#released) return null;
        seat.state = 'moving';
        return seat;
    }

    // Called after each change: makes the next move where there is one.
    settle() {
        if (this.#released || !this.#isQuiet()) return;
        const label = this.#choose();
        if (label !== undefined) this.#move(label);
        else for (const tell of this.#watchers) tell();
    }

    // By hand: that label goes as soon as nobody moves. False where it is not
    // parked.
    go(label) {
        if (this.#seats.get(label)?.state !== 'parked') return false;
        this.#named = label;
        this.settle();
        return true;
    }

    // Resolves when everyone is parked or done and nobody is to move, at the
    // latest after `ms`.
    wait(ms) {
        if (this.#released || this.#isQuiet()) return Promise.resolve();
        return new Promise((resolve) => {
            const tell = () => {
                clearTimeout(timer);
                this.#watchers.delete(tell);
                resolve();
            };
            const timer = setTimeout(tell, ms);
            this.#watchers.add(tell);
        });
    }

    // Lets everybody run to their ends.
    release() {
        this.#released = true;
        for (const seat of this.#seats.values()) {
            if (seat.state === 'parked') seat.leave();
        }
        for (const tell of this.#watchers) tell();
    }

    show() {
        const parked = {};
        const done = [];
        for (const [label, seat] of this.#seats) {
            if (seat.state === 'parked') parked[label] = seat.place;
            if (seat.state === 'done') done.push(label);
        }
        return { parked, done, decisions: this.#decisions };
    }

    get isReleased() {
        return this.#released;
    }

    #isQuiet() {
        return [...this.#seats.values()].every((seat) => seat.isQuiet);
    }

    // A choice whose label is done already is passed over. Undefined where
    // nobody is left, or `go` has to say who.
    #choose() {
        const enabled = this.#enabled();
        while (enabled.length && this.#next < this.#choices.length) {
            const letter = this.#choices[this.#next++];
            const label = this.#labels[LETTERS.indexOf(letter)];
            if (enabled.includes(label)) return label;
        }
        if (!this.#stops) return enabled[0];
        return enabled.find((label) => label === this.#named);
    }

    #enabled() {
        return this.#labels.filter(
            (label) => this.#seats.get(label).state === 'parked',
        );
    }

    #move(label) {
        this.#decisions.push({ enabled: this.#enabled(), chose: label });
        this.#named = null;
        this.#seats.get(label).leave();
    }
}

class Seat {
    #schedule;
    #resume = null;
    #closed = false; // its response has ended
    state = 'absent';
    place = null; // where it is parked: {"op":"set","sid":"…"}

    constructor(schedule) {
        this.#schedule = schedule;
    }

    get isQuiet() {
        return this.state === 'parked' || this.state === 'done';
    }

    get isSteered() {
        return this.state === 'moving' && !this.#schedule.isReleased;
    }

    // Puts off `resume` until this seat is chosen.
    park(place, resume) {
        this.state = 'parked';
        this.place = place;
        this.#resume = resume;
        this.#schedule.settle();
    }

    // Up to the next call; a request whose client is gone is done at once.
    leave() {
        const resume = this.#resume;
        this.#resume = null;
        this.state = this.#closed ? 'done' : 'moving';
        resume();
        if (this.#closed) this.#schedule.settle();
    }

    // The response has ended.
    close() {
        if (this.state === 'moving') this.state = 'done';
        else this.#closed = true;
        this.#schedule.settle();
    }
}

// All schedules, by id; the newest that wants a request has it.
export class Schedules {
    #byId = new Map();

    put(id, schedule) {
        this.drop(id);
        this.#byId.set(id, schedule);
    }

    get(id) {
        return this.#byId.get(id);
    }

    drop(id) {
        this.#byId.get(id)?.release();
        return this.#byId.delete(id);
    }

    arrive(app, label) {
        const newestFirst = [...this.#byId.values()].reverse();
        for (const schedule of newestFirst) {
            if (!schedule.apps.includes(app)) continue;
            const seat = schedule.arrive(label);
            if (seat) return seat;
        }
        return null;
    }

    // A schedule goes with the first of its apps that goes.
    appGone(app) {
        for (const [id, schedule] of this.#byId) {
            if (schedule.apps.includes(app)) this.drop(id);
        }
    }
}

function checkNames(names, what) {
    const good =
        Array.isArray(names) &&
        names.length > 0 &&
        names.every((name) => typeof name === 'string') &&
        new Set(names).size === names.length;
    if (!good)
        throw new Refusal(400, `\`${what}\` is not a list of distinct names`);
}

function checkChoices(choices, labels) {
    if (labels.length > LETTERS.length)
        throw new Refusal(400, `more than ${LETTERS.length} labels`);
    const known = LETTERS.slice(0, labels.length);
    const good =
        typeof choices === 'string' &&
        [...choices].every((letter) => known.includes(letter));
    if (!good)
        throw new Refusal(400, '`choices` has something that names no label');
}
