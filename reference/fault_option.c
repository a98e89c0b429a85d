/* fault_option.c: the option --fault: one fault on purpose */
#include "fault_option.h"

#include "../stores/faulty.h"
#include "mutant.h"

#include <stddef.h>
#include <string.h>

enum {
    NEAREST = 3,   /* names that a complaint has room for */
    NAME_MOST = 40 /* characters of a name that are compared */
};

/* ---- Both tables -------------------------------------------------------- */

typedef void fault_fn(void *arg, const char *name, const char *text);

struct walk {
    fault_fn *each;
    void *arg;
};

static void walk_mutant(void *arg, const struct mutant_row *row)
{
    const struct walk *walk = arg;

    walk->each(walk->arg, row->name, row->text);
}

static void walk_faulty(void *arg, const struct faulty_fault *fault)
{
    const struct walk *walk = arg;

    walk->each(walk->arg, fault->name, fault->text);
}

static void each_fault(fault_fn *each, void *arg)
{
    struct walk walk = { each, arg };

    mutant_each(walk_mutant, &walk);
    faulty_each(walk_faulty, &walk);
}

static void print_line(void *out, const char *name, const char *text)
{
    fprintf(out, "%s\t%s\n", name, text);
}

void fault_option_list(FILE *out)
{
    each_fault(print_line, out);
}

/* ---- The nearest -------------------------------------------------------- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's distance. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MOST + 1], length = strnlen(b, NAME_MOST);

    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; i <= NAME_MOST && a[i - 1]; i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t changed = corner + (a[i - 1] != b[j - 1]);

            corner = row[j];
            row[j] = least(changed, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[length];
}

struct nearest {
    const char *wanted;
    const char *names[NEAREST]; /* the nearest first */
    size_t distances[NEAREST], count;
};

/* A name that holds the word, or the word it, is nearer than any other. */
static void consider(void *arg, const char *name, const char *text)
{
    struct nearest *nearest = arg;
    bool holds = strstr(name, nearest->wanted) || strstr(nearest->wanted, name);
    size_t far = holds ? 0 : distance(nearest->wanted, name);
    size_t place = nearest->count;

    (void)text;
    while (place > 0 && nearest->distances[place - 1] > far)
        place--;
    if (place == NEAREST)
        return;
    nearest->count = least(nearest->count + 1, NEAREST);
    for (size_t i = nearest->count - 1; i > place; i--) {
        nearest->names[i] = nearest->names[i - 1];
        nearest->distances[i] = nearest->distances[i - 1];
    }
    nearest->names[place] = name;
    nearest->distances[place] = far;
}

/* ---- The choice --------------------------------------------------------- */

static void complain(const char *name, char complaint[static FAULT_OPTION_TEXT])
{
    struct nearest nearest = { .wanted = name };

    each_fault(consider, &nearest);
    snprintf(complaint, FAULT_OPTION_TEXT,
             "there is no fault \"%.*s\" (%.40s, %.40s, %.40s?)", NAME_MOST / 2,
             name, nearest.names[0], nearest.names[1], nearest.names[2]);
}

bool fault_option_choose(const char *name, char spec[static FAULT_OPTION_TEXT],
                         char complaint[static FAULT_OPTION_TEXT])
{
    *spec = *complaint = '\0';
    if (mutant_choose(name))
        return true;
    if (!faulty_find(name)) {
        complain(name, complaint);
        return false;
    }
    snprintf(spec, FAULT_OPTION_TEXT, "faulty?fault=%s", name);
    return true;
}
