/* arena.h: memory that is given piece by piece and taken back as a whole
 *
 * A loaded suite, a case's observations and a run's results each live in one
 * arena; nothing in them is freed alone. Never returns NULL: without memory
 * the program stops, since a harness that limps on reports lies. One thread
 * at a time.
 */
#ifndef HARNESS_ARENA_H
#define HARNESS_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena {
    struct arena_chunk *chunks; /* newest first */
};

/* Zeroed bytes, aligned for any type; they live until arena_free(). */
void *arena_alloc(struct arena *arena, size_t size);

/* A larger copy of an array that lives in the arena: for lists that grow.
 * Doubles `*capacity` (0 at first) when `count` has reached it. */
void *arena_grow(struct arena *arena, void *items, size_t count,
                 size_t *capacity, size_t item_size);

char *arena_strdup(struct arena *arena, const char *text);
char *arena_memdup(struct arena *arena, const char *bytes, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Frees all of it; the arena is empty and may be used again. */
void arena_free(struct arena *arena);

#endif
