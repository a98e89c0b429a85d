/* fault.h: what the world does to us (refused, timed out, full), in words
 *
 * A function that can meet the world returns 0 or a negative enum fault_code
 * and fills the caller's struct fault. Fixed size, so that reporting an error
 * cannot fail. Context is added once, where it is known; it is printed once,
 * at the top.
 */
#ifndef HARNESS_FAULT_H
#define HARNESS_FAULT_H

enum fault_code {
    FAULT_UNREACHABLE = -1, /* nobody answers at that address             */
    FAULT_TIMEOUT = -2,     /* somebody is there, the answer does not come */
    FAULT_BROKEN = -3,      /* the connection ended before the answer did  */
    FAULT_PROTOCOL = -4,    /* an answer that the probe protocol has not   */
    FAULT_LOCAL = -5        /* this machine: files, processes, memory      */
};

struct fault {
    char text[512]; /* one line, no newline */
};

/* Always returns `code`, so that `return fault_set(...)` reads well. */
int fault_set(struct fault *fault, enum fault_code code, const char *format,
              ...) __attribute__((format(printf, 3, 4)));

#endif
