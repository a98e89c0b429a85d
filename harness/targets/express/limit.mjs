// limit.mjs: promises that are not waited for without end.

// What `promise` gives, or an error with `text` after `ms`.
export function limit(ms, promise, text) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(text)), ms);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export function sleep(ms) {
    return new Promise((resolve) => setTimeout(resolve, ms));
}

// Until all that is due has had its turn.
export function turn() {
    return new Promise((resolve) => setImmediate(resolve));
}
