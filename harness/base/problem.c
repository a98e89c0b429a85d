/* problem.c: what is wrong in the user's files, all of it, with its place */
#include "problem.h"

#include "must.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    TEXT_MAX = 1000, /* bytes of one problem; a file may quote anything */
    WORD_MAX = 64    /* bytes of a word that is worth a suggestion      */
};

/* A problem is one line, whatever it quotes: control characters become
 * visible, and what is too long is cut between two characters. */
static char *text_as_line(struct arena *arena, const char *text)
{
    char *line = NULL, *copy;
    size_t length = 0;
    FILE *out = open_memstream(&line, &length);

    must(out);
    for (size_t i = 0; text[i]; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (i >= TEXT_MAX && (byte & 0xc0) != 0x80) {
            fputs("…", out);
            break;
        }
        if (byte == '\n')
            fputs("\\n", out);
        else if (byte < 0x20 || byte == 0x7f)
            fprintf(out, "\\x%02x", (unsigned)byte);
        else
            fputc(byte, out);
    }
    must(fclose(out) == 0);
    copy = arena_memdup(arena, line, length);
    free(line);
    return copy;
}

void problem_add(struct problems *problems, struct mark at, const char *format,
                 ...)
{
    struct problem *problem;
    va_list args;
    char *text;

    va_start(args, format);
    text = arena_vprintf(&problems->arena, format, args);
    va_end(args);
    problems->list =
        arena_grow(&problems->arena, problems->list, problems->count,
                   &problems->capacity, sizeof *problems->list);
    problem = &problems->list[problems->count++];
    /* The mark's file belongs to whoever loaded it, and may go first. */
    problem->at = at;
    problem->at.file = arena_strdup(&problems->arena, at.file);
    problem->text = text_as_line(&problems->arena, text);
}

static void problem_print(const struct problem *problem, FILE *to)
{
    const struct mark *at = &problem->at;

    if (at->line && at->column)
        fprintf(to, "%s:%u:%u: %s\n", at->file, at->line, at->column,
                problem->text);
    else if (at->line)
        fprintf(to, "%s:%u: %s\n", at->file, at->line, problem->text);
    else
        fprintf(to, "%s: %s\n", at->file, problem->text);
}

void problems_print(const struct problems *problems, FILE *to)
{
    for (size_t i = 0; i < problems->count; i++)
        problem_print(&problems->list[i], to);
}

void problems_free(struct problems *problems)
{
    arena_free(&problems->arena);
    memset(problems, 0, sizeof *problems);
}

/* -------------------------------------------------------------- sorting */

/* Where each problem's file stands among the files, by the first problem of
 * each, so that the files keep the order in which they were loaded. */
struct sorted {
    struct problem problem;
    size_t file, order;
};

static int sorted_compare(const void *left, const void *right)
{
    const struct sorted *a = left, *b = right;

    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    if (a->problem.at.line != b->problem.at.line)
        return a->problem.at.line < b->problem.at.line ? -1 : 1;
    if (a->problem.at.column != b->problem.at.column)
        return a->problem.at.column < b->problem.at.column ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

static size_t file_rank(const struct problems *problems, size_t index,
                        const struct sorted *done)
{
    const char *file = problems->list[index].at.file;

    /* Problems of one file mostly follow each other. */
    for (size_t i = index; i-- > 0;)
        if (strcmp(problems->list[i].at.file, file) == 0)
            return done[i].file;
    return index;
}

static bool problem_said(const struct problems *problems, size_t kept,
                         const struct problem *problem)
{
    for (size_t i = kept; i-- > 0;) {
        const struct problem *earlier = &problems->list[i];

        if (earlier->at.line != problem->at.line ||
            earlier->at.column != problem->at.column ||
            strcmp(earlier->at.file, problem->at.file) != 0)
            return false;
        if (strcmp(earlier->text, problem->text) == 0)
            return true;
    }
    return false;
}

void problems_sort(struct problems *problems)
{
    struct sorted *sorted = calloc(problems->count + 1, sizeof *sorted);
    size_t kept = 0;

    must(sorted);
    for (size_t i = 0; i < problems->count; i++) {
        sorted[i].problem = problems->list[i];
        sorted[i].file = file_rank(problems, i, sorted);
        sorted[i].order = i;
    }
    qsort(sorted, problems->count, sizeof *sorted, sorted_compare);
    for (size_t i = 0; i < problems->count; i++)
        if (!problem_said(problems, kept, &sorted[i].problem))
            problems->list[kept++] = sorted[i].problem;
    problems->count = kept;
    free(sorted);
}

/* ---------------------------------------------------------- suggestions */

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;

    return least < c ? least : c;
}

/* How many letters must be put in, taken out, replaced, or swapped with
 * their neighbour. Both are at most WORD_MAX long. */
static size_t word_distance(const char *a, const char *b)
{
    size_t rows[WORD_MAX + 1][WORD_MAX + 1];
    size_t m = strlen(a), n = strlen(b);

    for (size_t i = 0; i <= m; i++)
        rows[i][0] = i;
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 1; j <= n; j++) {
            rows[i][j] = smallest(rows[i - 1][j] + 1, rows[i][j - 1] + 1,
                                  rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && rows[i - 2][j - 2] + 1 < rows[i][j])
                rows[i][j] = rows[i - 2][j - 2] + 1;
        }
    return rows[m][n];
}

/* What a word is compared by: `max-age` and `MaxAge` are both near maxAge. */
static void word_fold(char folded[WORD_MAX + 1], const char *word)
{
    size_t used = 0;

    for (; *word && used < WORD_MAX; word++) {
        if (*word == '-' || *word == '_' || *word == ' ')
            continue;
        folded[used++] =
            *word >= 'A' && *word <= 'Z' ? (char)(*word - 'A' + 'a') : *word;
    }
    folded[used] = '\0';
}

const char *problem_suggest(const char *word, const char *const *candidates)
{
    char folded[WORD_MAX + 1] = "", other[WORD_MAX + 1] = "";
    const char *nearest = NULL;
    size_t least;

    if (strlen(word) > WORD_MAX)
        return NULL;
    word_fold(folded, word);
    /* A third of the letters may be wrong: two of six, one of three. */
    least = strlen(folded) / 3 + 1;
    if (strlen(folded) < 3)
        least = 1;
    for (; *candidates; candidates++) {
        size_t distance;

        if (strlen(*candidates) > WORD_MAX)
            continue;
        word_fold(other, *candidates);
        distance = word_distance(folded, other);
        if (distance < least) {
            least = distance;
            nearest = *candidates;
        }
    }
    return nearest;
}
