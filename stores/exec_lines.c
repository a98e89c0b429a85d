/* exec_lines.c: what comes in pieces, a line at a time */
#include "exec_lines.h"

#include <stdlib.h>
#include <string.h>

/* Room for a NUL too. Grows by doubling, so that a line of many MiB is copied
 * but once or twice. */
static int make_room(struct lines *lines, size_t wanted)
{
    size_t room = lines->room ? lines->room : 4096;
    char *grown;

    while (room < wanted)
        room *= 2;
    if (room == lines->room)
        return 0;
    grown = realloc(lines->bytes, room);
    if (!grown)
        return -1;
    lines->bytes = grown;
    lines->room = room;
    return 0;
}

/* Keeps one byte more than it may: the sign that there were too many. */
static int append(struct lines *lines, const char *bytes, size_t length)
{
    size_t space = lines->most + 1 - lines->length;

    if (length > space)
        length = space;
    if (make_room(lines, lines->length + length + 1) != 0)
        return -1;
    memcpy(lines->bytes + lines->length, bytes, length);
    lines->length += length;
    return 0;
}

static void end_line(struct lines *lines, lines_fn *take, void *arg)
{
    size_t length = lines->length;

    if (length > 0 && length <= lines->most && lines->bytes[length - 1] == '\r')
        length--;
    lines->bytes[length] = '\0';
    lines->length = 0;
    take(arg, lines->bytes, length);
}

int lines_feed(struct lines *lines, const char *bytes, size_t length,
               lines_fn *take, void *arg)
{
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        size_t piece = end ? (size_t)(end - bytes) : length;

        if (append(lines, bytes, piece) != 0)
            return -1;
        if (!end)
            return 0;
        end_line(lines, take, arg);
        bytes += piece + 1;
        length -= piece + 1;
    }
    return 0;
}

void lines_finish(struct lines *lines, lines_fn *take, void *arg)
{
    if (lines->length > 0)
        end_line(lines, take, arg);
}

void lines_free(struct lines *lines)
{
    free(lines->bytes);
    *lines = (struct lines){ .most = lines->most };
}
