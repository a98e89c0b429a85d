/* args.c: a command's options as a table, from which all else comes */
#include "args.h"

#include "base/must.h"
#include "base/problem.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static int unknown_option(const struct args_table *table, const char *argument,
                          struct fault *fault)
{
    const char **names = calloc(table->count + 1, sizeof *names), *meant;
    char word[64];

    must(names);
    for (size_t i = 0; i < table->count; i++)
        names[i] = table->options[i].name;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(argument, "="), argument);
    meant = problem_suggest(word, names);
    free(names);
    return fault_set(fault, FAULT_LOCAL, "unknown option %s%s%s%s", word,
                     meant ? " (" : "", meant ? meant : "", meant ? "?)" : "");
}

/* The option that an argument names, and the value that it carries itself
 * (`--name=value`, `-j8`), or NULL. */
static const struct args_option *find(const struct args_table *table,
                                      const char *argument, const char **value)
{
    *value = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct args_option *option = &table->options[i];
        size_t length = strlen(option->name);

        if (strncmp(argument, option->name, length) == 0 &&
            (!argument[length] || argument[length] == '=')) {
            if (argument[length])
                *value = argument + length + 1;
            return option;
        }
        if (option->short_name &&
            strncmp(argument, option->short_name, 2) == 0 &&
            (!argument[2] || option->value)) {
            if (argument[2])
                *value = argument + 2;
            return option;
        }
    }
    return NULL;
}

/* Takes the option at argv[*at], and moves *at to its last argument. */
static int take_option(const struct args_table *table, void *into, int argc,
                       char **argv, int *at, struct fault *fault)
{
    const char *value;
    const struct args_option *option = find(table, argv[*at], &value);

    if (!option)
        return unknown_option(table, argv[*at], fault);
    if (!option->value && value)
        return fault_set(fault, FAULT_LOCAL, "%s takes no value", option->name);
    if (option->value && !value) {
        if (*at + 1 >= argc)
            return fault_set(fault, FAULT_LOCAL, "%s needs a value: %s",
                             argv[*at], option->value);
        value = argv[++*at];
    }
    return option->take(into, value, fault);
}

int args_parse(const struct args_table *table, void *into, int argc,
               char **argv, struct fault *fault)
{
    bool only_words = false;
    int result = 0;

    for (int i = 1; i < argc && !result; i++) {
        if (table->take_word && (only_words || argv[i][0] != '-'))
            result = table->take_word(into, argv[i], fault);
        else if (table->take_word && strcmp(argv[i], "--") == 0)
            only_words = true;
        else
            result = take_option(table, into, argc, argv, &i, fault);
    }
    return result;
}

void args_help(const struct args_table *table, FILE *to)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct args_option *option = &table->options[i];

        fprintf(to, "  %s%s%s%s%s\n      %s\n",
                option->short_name ? option->short_name : "",
                option->short_name ? ", " : "", option->name,
                option->value ? " " : "", option->value ? option->value : "",
                option->help);
    }
}

int args_number(const char *option, const char *value, unsigned long least,
                unsigned long most, unsigned long *number, struct fault *fault)
{
    char *end = NULL;

    errno = 0;
    *number = strtoul(value, &end, 10);
    if (isdigit((unsigned char)*value) && !*end && !errno && *number >= least &&
        *number <= most)
        return 0;
    return fault_set(fault, FAULT_LOCAL,
                     "%s %.100s: it must be a number from %lu to %lu", option,
                     value, least, most);
}
