/* target_log.c: the end of what a process wrote, readable while it writes */
#include "target_log.h"
#include "base/must.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LAST_LINES 3

void target_log_init(struct target_log *log)
{
    memset(log, 0, sizeof *log);
    pthread_mutex_init(&log->lock, NULL);
}

/* Twice the limit is held, so that bytes are moved once in a limit's length
 * and not at every call. */
static void make_room(struct target_log *log, size_t length)
{
    size_t surplus;

    if (log->length + length > 2 * TARGET_LOG_LIMIT) {
        surplus = log->length - TARGET_LOG_LIMIT / 2;
        memmove(log->bytes, log->bytes + surplus, log->length - surplus);
        log->start += surplus;
        log->length -= surplus;
    }
    if (log->length + length > log->capacity) {
        log->capacity = 2 * (log->length + length);
        log->bytes = realloc(log->bytes, log->capacity);
        must(log->bytes);
    }
}

void target_log_add(struct target_log *log, const char *bytes, size_t length)
{
    pthread_mutex_lock(&log->lock);
    if (length > TARGET_LOG_LIMIT) {
        log->start += length - TARGET_LOG_LIMIT;
        bytes += length - TARGET_LOG_LIMIT;
        length = TARGET_LOG_LIMIT;
    }
    make_room(log, length);
    if (length > 0)
        memcpy(log->bytes + log->length, bytes, length);
    log->length += length;
    pthread_mutex_unlock(&log->lock);
}

size_t target_log_end(struct target_log *log)
{
    size_t end;

    pthread_mutex_lock(&log->lock);
    end = log->start + log->length;
    pthread_mutex_unlock(&log->lock);
    return end;
}

char *target_log_read(struct target_log *log, size_t from, size_t *to)
{
    size_t skip, length;
    char *copy;

    pthread_mutex_lock(&log->lock);
    skip = from > log->start ? from - log->start : 0;
    if (skip > log->length)
        skip = log->length;
    if (log->length - skip > TARGET_LOG_LIMIT)
        skip = log->length - TARGET_LOG_LIMIT;
    length = log->length - skip;
    copy = malloc(length + 1);
    must(copy);
    if (length > 0)
        memcpy(copy, log->bytes + skip, length);
    *to = log->start + log->length;
    pthread_mutex_unlock(&log->lock);
    for (size_t i = 0; i < length; i++)
        if (copy[i] == '\0')
            copy[i] = ' ';
    copy[length] = '\0';
    return copy;
}

/* Where the last lines that hold anything begin. */
static const char *last_lines(const char *text)
{
    const char *from = text + strlen(text);
    int lines = 0;
    bool blank = true;

    for (const char *at = from; at > text; at--) {
        if (at[-1] == '\n') {
            if (!blank && ++lines == LAST_LINES)
                return at;
            blank = true;
        } else if (at[-1] != ' ') {
            blank = false;
        }
    }
    return text;
}

/* Joins lines by " / ", without indentation and controls. The caller frees. */
static char *on_one_line(const char *lines)
{
    char *text = malloc(3 * strlen(lines) + 1), *to = text;
    bool gap = false;

    must(text);
    for (; *lines; lines++) {
        if (*lines == '\n' || *lines == '\r') {
            gap = to > text;
            continue;
        }
        if (*lines == ' ' && (gap || to == text))
            continue;
        if (gap) {
            memcpy(to, " / ", 3);
            to += 3;
        }
        gap = false;
        /* It goes to a terminal. */
        *to++ = (unsigned char)*lines < 0x20 || *lines == 0x7f ? '?' : *lines;
    }
    *to = '\0';
    return text;
}

void target_log_last_lines(struct target_log *log, size_t from, char *text,
                           size_t size)
{
    size_t to;
    char *all = target_log_read(log, from, &to);
    char *joined = on_one_line(last_lines(all));
    size_t length = strlen(joined);

    /* Where that is too long its end says more. */
    if (length < size)
        memcpy(text, joined, length + 1);
    else
        snprintf(text, size, "…%s",
                 joined + length - (size > 4 ? size - 4 : 0));
    free(joined);
    free(all);
}

void target_log_free(struct target_log *log)
{
    free(log->bytes);
    pthread_mutex_destroy(&log->lock);
}
