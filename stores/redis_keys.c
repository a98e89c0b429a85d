/* redis_keys.c: the keys of a Redis database that begin alike, each once */
#include "redis_keys.h"

#include "base/fail.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* How many keys SCAN looks at before it answers: less than a millisecond of
 * the server's, which serves nobody else meanwhile. */
#define SCAN_COUNT 1000

/* A pattern that the prefix alone begins: its own wildcards are letters.
 * `pattern` has room for each to be escaped. */
static struct sstore_str pattern_of(struct sstore_str prefix, char *pattern)
{
    size_t n = 0;

    for (size_t i = 0; i < prefix.n; i++) {
        if (memchr("*?[]\\", prefix.p[i], 5))
            pattern[n++] = '\\';
        pattern[n++] = prefix.p[i];
    }
    pattern[n++] = '*';
    return (struct sstore_str){ pattern, n };
}

void keys_free(struct keys *keys)
{
    for (size_t i = 0; i < keys->page_count; i++)
        freeReplyObject(keys->pages[i]);
    free(keys->pages);
    free(keys->all);
}

/* Takes the page, whatever comes of it. */
static bool keys_add(struct keys *keys, redisReply *page)
{
    size_t more = page->element[1]->elements;
    void *pages =
        realloc(keys->pages, (keys->page_count + 1) * sizeof *keys->pages);
    if (pages)
        keys->pages = pages;
    void *all =
        realloc(keys->all, (keys->count + more + 1) * sizeof *keys->all);
    if (all)
        keys->all = all;
    if (!pages || !all) {
        freeReplyObject(page);
        return false;
    }
    keys->pages[keys->page_count++] = page;
    for (size_t i = 0; i < more; i++)
        keys->all[keys->count++] = page->element[1]->element[i];
    return true;
}

static int compare_keys(const void *left, const void *right)
{
    const redisReply *a = *(redisReply *const *)left;
    const redisReply *b = *(redisReply *const *)right;

    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    return memcmp(a->str, b->str, (size_t)a->len);
}

/* SCAN may give a key more than once, and gives each that is there all the
 * while at least once. */
static void keys_sort(struct keys *keys)
{
    size_t kept = 0;

    if (keys->count == 0)
        return;
    qsort(keys->all, keys->count, sizeof *keys->all, compare_keys);
    for (size_t i = 1; i < keys->count; i++)
        if (compare_keys(&keys->all[kept], &keys->all[i]) != 0)
            keys->all[++kept] = keys->all[i];
    keys->count = kept + 1;
}

static int scan_pages(struct keys *keys, struct link *link,
                      struct sstore_str pattern, int64_t deadline_ns,
                      struct sstore_err *err)
{
    struct sstore_str cursor = { "0", 1 };
    int code;

    do {
        struct command command;
        redisReply *page;

        command_begin(&command, "SCAN");
        command_add(&command, cursor);
        command_add_text(&command, "MATCH");
        command_add(&command, pattern);
        command_add_text(&command, "COUNT");
        command_add_number(&command, SCAN_COUNT);
        code = link_ask(link, deadline_ns, &command, &page, err);
        if (code != SSTORE_OK)
            return code;
        if (!keys_add(keys, page))
            return fail_errno(err, ENOMEM, "redis");
        cursor = str_of(page->element[0]);
    } while (cursor.n != 1 || *cursor.p != '0');
    return SSTORE_OK;
}

int keys_scan(struct keys *keys, struct link *link, struct sstore_str prefix,
              int64_t deadline_ns, struct sstore_err *err)
{
    char *pattern = malloc(2 * prefix.n + 1);

    *keys = (struct keys){ .count = 0 };
    if (!pattern)
        return fail_errno(err, ENOMEM, "redis");
    int code =
        scan_pages(keys, link, pattern_of(prefix, pattern), deadline_ns, err);
    free(pattern);
    keys_sort(keys);
    return code;
}
