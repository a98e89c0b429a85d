/* transcript.c: what happened in a case, in order, as a person reads it */
#include "transcript.h"

#include "base/must.h"
#include "match.h"
#include "trace.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_WIDTH = 26, /* of the diagram */
    CELL_SIZE = 64
};

struct transcript_entry *transcript_add(struct transcript *transcript,
                                        int64_t at_ms, unsigned line,
                                        const char *did)
{
    struct transcript_entry *entry =
        arena_alloc(transcript->arena, sizeof *entry);

    transcript->list =
        arena_grow(transcript->arena, transcript->list, transcript->count,
                   &transcript->capacity, sizeof *transcript->list);
    transcript->list[transcript->count++] = entry;
    entry->at_ms = at_ms;
    entry->line = line;
    entry->did = arena_strdup(transcript->arena, did);
    entry->came = "";
    return entry;
}

static void write_indented(FILE *to, const char *sign, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");

        fprintf(to, "    %s %.*s\n", sign, (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

static const char *outcome_of(const json_t *call)
{
    const char *outcome = json_string_value(json_object_get(call, "outcome"));

    return outcome ? outcome : "pending";
}

static void write_call(FILE *to, const json_t *call, struct arena *arena)
{
    const json_t *sid = json_object_get(call, "sid");
    const json_t *session = json_object_get(call, "session");

    fprintf(to, "    * store %s",
            json_string_value(json_object_get(call, "op")));
    if (sid)
        fprintf(to, " %s", match_show(arena, sid));
    if (session)
        fprintf(to, " %s", match_show(arena, session));
    fprintf(to, " -> %s\n", outcome_of(call));
}

static void write_calls(FILE *to, const struct transcript_entry *entry,
                        const json_t *traces, struct arena *arena)
{
    json_t *events = json_object_get(traces, entry->app), *event;
    size_t i;

    json_array_foreach(events, i, event)
    {
        const char *label = trace_label(event);

        if (trace_is_call(event) && label && strcmp(label, entry->label) == 0)
            write_call(to, event, arena);
    }
}

static void write_entry(FILE *to, const struct transcript_entry *entry,
                        const json_t *traces, struct arena *arena)
{
    fprintf(to, "  +%.3fs line %u", (double)entry->at_ms / 1000, entry->line);
    if (entry->label)
        fprintf(to, " (%s)", entry->label);
    fputc('\n', to);
    write_indented(to, ">", entry->did);
    if (entry->app && entry->label)
        write_calls(to, entry, traces, arena);
    write_indented(to, "<", entry->came);
}

static void write_events(FILE *to, const json_t *traces)
{
    json_t *events, *event;
    const char *app;
    size_t i;

    json_object_foreach((json_t *)traces, app, events)
    {
        json_array_foreach(events, i, event)
        {
            const char *word =
                json_string_value(json_object_get(event, "event"));
            const char *text =
                json_string_value(json_object_get(event, "text"));

            if (word)
                fprintf(to, "  event of %s: %s: %s\n", app, word,
                        text ? text : "");
        }
    }
}

static const char *taken(FILE *stream, char **text, struct arena *arena)
{
    const char *copy;

    must(fclose(stream) == 0);
    copy = arena_strdup(arena, *text);
    free(*text);
    return copy;
}

const char *transcript_text(const struct transcript *transcript,
                            const json_t *traces, struct arena *arena)
{
    char *text = NULL;
    size_t size = 0, resume = 0;
    FILE *to = open_memstream(&text, &size);

    must(to);
    if (transcript->count > TRANSCRIPT_FIRST + TRANSCRIPT_LAST)
        resume = transcript->count - TRANSCRIPT_LAST;
    for (size_t i = 0; i < transcript->count; i++) {
        if (i == TRANSCRIPT_FIRST && i < resume) {
            fprintf(to, "  (%zu steps left out)\n", resume - i);
            i = resume;
        }
        write_entry(to, transcript->list[i], traces, arena);
    }
    write_events(to, traces);
    return taken(to, &text, arena);
}

static void write_row(FILE *to, size_t column, const char *cell)
{
    fprintf(to, "  %*s%s\n", (int)(column * COLUMN_WIDTH), "", cell);
}

/* A track's requests are called writer, writer.2, writer.3. */
static bool is_of(const char *label, const char *track)
{
    size_t length = strlen(track);

    return strncmp(label, track, length) == 0 &&
           (label[length] == '\0' || label[length] == '.');
}

static size_t column_of(const char *label, const char *const *labels,
                        size_t count)
{
    size_t i = 0;

    while (i < count && !(label && is_of(label, labels[i])))
        i++;
    return i;
}

const char *transcript_diagram(const json_t *calls, const char *const *labels,
                               size_t label_count, struct arena *arena)
{
    char *text = NULL;
    size_t size = 0, i;
    FILE *to = open_memstream(&text, &size);
    json_t *call;

    must(to);
    fputs("  ", to);
    for (i = 0; i < label_count; i++)
        fprintf(to, "%-*s", i + 1 < label_count ? (int)COLUMN_WIDTH : 0,
                labels[i]);
    fputc('\n', to);
    json_array_foreach((json_t *)calls, i, call)
    {
        char cell[CELL_SIZE];
        size_t column = column_of(trace_label(call), labels, label_count);

        snprintf(cell, sizeof cell, "%s -> %s",
                 json_string_value(json_object_get(call, "op")),
                 outcome_of(call));
        if (column < label_count)
            write_row(to, column, cell);
    }
    return taken(to, &text, arena);
}
