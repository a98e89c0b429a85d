/* main.c: the command line of sessionspec */
#include "base/problem.h"
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    { "run", cmd_run, "play cases against a target, and report" },
    { "compare", cmd_compare, "reports of several runs, side by side" },
    { "list", cmd_list, "the cases, or with --requirements what they check" },
    { "check", cmd_check, "read case files, and say what is wrong in them" },
    { "explain", cmd_explain, "one requirement or case, in full" },
    { "fuzz", cmd_fuzz, "random apps and requests on two targets, compared" },
    { "describe", cmd_describe, "what a store says of itself" },
    { "new-store", cmd_new_store, "begin a store: a folder that compiles" },
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static void print_help(FILE *to)
{
    fputs("sessionspec: does a session middleware, and its store, do what\n"
          "express-session's documents say?\n\n"
          "Usage: sessionspec COMMAND [...]\n\n",
          to);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
    fputs("\nOptions: --help, --version. `sessionspec COMMAND --help` tells "
          "the command's.\n\n"
          "Examples:\n"
          "  sessionspec run\n"
          "  sessionspec run cases/resave.yml --target express\n"
          "  sessionspec run --checks RSV,ROL --report junit:out.xml\n"
          "  sessionspec run --target http://127.0.0.1:3000\n"
          "  sessionspec explain RSV-03\n",
          to);
}

static int unknown(const char *word)
{
    const char *names[COMMAND_COUNT + 3] = { NULL };
    const char *meant;

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    names[COMMAND_COUNT] = "--help";
    names[COMMAND_COUNT + 1] = "--version";
    meant = problem_suggest(word, names);
    fprintf(stderr, "sessionspec: unknown %s \"%s\"%s%s%s\n",
            word[0] == '-' ? "option" : "command", word, meant ? " (" : "",
            meant ? meant : "", meant ? "?)" : "");
    fputs("sessionspec --help tells what there is\n", stderr);
    return EXIT_USAGE;
}

static const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

int main(int argc, char **argv)
{
    const struct command *command;

    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    command = command_find(argv[1]);
    if (command) {
        argv[1] = argv[0]; /* as commands.h promises */
        return command->run(argc - 1, argv + 1);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("sessionspec " SESSIONSPEC_VERSION);
        return EXIT_PASSED;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return EXIT_PASSED;
    }
    return unknown(argv[1]);
}
