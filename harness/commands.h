/* commands.h: the commands of the command line; each returns the exit code
 *
 * argv[0] is the program as the user typed it (for lines to be typed again),
 * argv[1] the first word behind the command's name: main.c has taken the name
 * out. argv[argc] is NULL.
 */
#ifndef HARNESS_COMMANDS_H
#define HARNESS_COMMANDS_H

/* The exit codes, which CI scripts rely on. */
enum exit_code {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,      /* a case failed, erred or crashed        */
    EXIT_USAGE = 2,       /* the command line, or a file, is not right */
    EXIT_UNREACHABLE = 3, /* no target, or its store, answers        */
    EXIT_INTERRUPTED = 130
};

int cmd_run(int argc, char **argv);
int cmd_compare(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_fuzz(int argc, char **argv);
int cmd_describe(int argc, char **argv);
int cmd_new_store(int argc, char **argv);

#endif
