/* var_ref.h: where the references stand in a text; for var*.c alone */
#ifndef HARNESS_VAR_REF_H
#define HARNESS_VAR_REF_H

#include "var.h"

enum ref_kind {
    REF_TEXT,     /* nothing to replace: `length` bytes as they stand */
    REF_DOLLAR,   /* `$$`                                             */
    REF_VARIABLE, /* `$name`                                          */
    REF_CALL,     /* `$name(args)`                                    */
    REF_LONG,     /* a name of more than VAR_NAME_MAX letters         */
    REF_OPEN      /* `$name(` without its closing bracket             */
};

struct ref {
    enum ref_kind kind;
    const char *start;
    size_t length; /* of the whole reference */
    char name[VAR_NAME_MAX + 1];
    const char *args; /* what stands between the brackets */
    size_t args_length;
};

/* The piece at `text`, which is not empty. */
void ref_read(const char *text, const char *end, struct ref *ref);

struct piece {
    const char *text;
    size_t length;
};

enum { REF_ARGS_MAX = 2 };

/* Arguments, blanks around them cut off; the last takes the rest. Returns how
 * many there are, at most `most`. */
size_t ref_arguments(const struct ref *ref, size_t most,
                     struct piece args[REF_ARGS_MAX]);

/* A function of the language. */
struct var_function {
    const char *name;
    size_t least, most; /* arguments */
    const char *form;   /* how it is written */
    const char *help;   /* what it gives      */
    /* Whether an argument that holds no reference can be right; says what it
     * would have to be, or NULL. */
    const char *(*wrong)(const struct piece *args, size_t count);
    /* The arguments are strings, references in them replaced. A fresh text,
     * or NULL with `fault` filled. */
    char *(*call)(const struct vars *vars, char *const *args, size_t count,
                  size_t *length, struct fault *fault);
};

const struct var_function *var_function_find(const char *name);

/* Unix ms as JavaScript writes it: 2023-11-14T22:13:20.000Z. A fresh text. */
char *var_iso_date(int64_t ms, size_t *length);

#endif
