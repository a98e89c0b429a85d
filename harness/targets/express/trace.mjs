// trace.mjs: what became of an app, in order: the calls of its store, and
// events.

export class Trace {
    #events = [];

    // A store call, numbered as it is made. The event is returned for its
    // `outcome`, which is absent while the call is pending. `session` is JSON
    // text: what was handed over, as it was at that moment.
    call(request, op, sid, session) {
        return this.#add({ request, op, sid, session });
    }

    note(event, text, op) {
        this.#add({ event, text, op });
    }

    since(n) {
        return this.#events.slice(n).map(show);
    }

    #add(event) {
        const numbered = { n: this.#events.length + 1, ...event };
        this.#events.push(numbered);
        return numbered;
    }
}

// Members that are undefined are absent once it is JSON.
function show(event) {
    if (event.session === undefined) return event;
    return { ...event, session: JSON.parse(event.session) };
}
