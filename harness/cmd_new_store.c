/* cmd_new_store.c: sessionspec new-store NAME: a folder to begin a store in */
#include "commands.h"

#include "base/arena.h"
#include "base/fault.h"
#include "base/must.h"
#include "home.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* It becomes part of function names. */
#define NAME_MOST     32
#define NAME_ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789_"
/* The template is a few KB. */
#define TEMPLATE_MOST 65536

static const char usage[] =
    "usage: sessionspec new-store NAME [DIR]\n"
    "\n"
    "Writes the folder DIR/NAME (without DIR: ./NAME) with NAME.c, a session\n"
    "store to be completed in five steps, a Makefile, a README.md and a\n"
    "workflow for GitHub that runs the suite on it.\n";

/* What is being written, and what stands for what in it. */
struct making {
    const char *name, *parent;
    struct arena arena;
    struct fault fault;
};

static int make_folder(struct making *making);
static void print_next(const struct making *making);

static bool name_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= NAME_MOST && name[0] >= 'a' &&
           name[0] <= 'z' && strspn(name, NAME_ALPHABET) == length;
}

int cmd_new_store(int argc, char **argv)
{
    struct making making = { .parent = argc > 2 ? argv[2] : "." };
    int result;

    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return EXIT_PASSED;
    }
    if (argc < 2 || argc > 3 || argv[1][0] == '-') {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    making.name = argv[1];
    if (!name_valid(making.name)) {
        fprintf(stderr,
                "sessionspec new-store: \"%s\" is no name for a store: up to "
                "%d of a-z, 0-9 and _, a letter first\n",
                making.name, NAME_MOST);
        return EXIT_USAGE;
    }
    result = make_folder(&making);
    if (result)
        fprintf(stderr, "sessionspec new-store: %s\n", making.fault.text);
    else
        print_next(&making);
    arena_free(&making.arena);
    return result ? EXIT_USAGE : EXIT_PASSED;
}

/* -------------------------------------------------------------- the texts */
/* @NAME@ is the store's, @HEADER@ the folder of session_store.h and @PROGRAM@
 * this program, as they were when the folder was made. */

static const char makefile[] =
    "# Makefile: @NAME@, a session store for sessionspec\n"
    "#\n"
    "#   make         builds @NAME@.so\n"
    "#   make next    builds it, and says what to do next\n"
    "#   make test    the whole suite on it\n"
    "#\n"
    "# An installed sessionspec is found by pkg-config. Another is named by\n"
    "#   make SESSIONSPEC_INCLUDE=…/stores SESSIONSPEC=…/build/sessionspec\n"
    "\n"
    "SESSIONSPEC_INCLUDE ?= $(shell pkg-config --variable=includedir "
    "sessionspec \\\n"
    "    2>/dev/null || echo '@HEADER@')\n"
    "SESSIONSPEC ?= $(shell command -v sessionspec || echo '@PROGRAM@')\n"
    "CFLAGS ?= -O2 -g\n"
    "# Options of the store, for example: make test OPTIONS='?path=/tmp/x'\n"
    "OPTIONS ?=\n"
    "\n"
    "@NAME@.so: @NAME@.c Makefile\n"
    "\t$(CC) -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra $(CFLAGS) \\\n"
    "\t    -I'$(SESSIONSPEC_INCLUDE)' -fPIC -fvisibility=hidden -shared \\\n"
    "\t    $(LDFLAGS) -o $@ $< $(LDLIBS)\n"
    "\n"
    ".PHONY: next test clean\n"
    "next: @NAME@.so\n"
    "\t'$(SESSIONSPEC)' run --store './@NAME@.so$(OPTIONS)' \\\n"
    "\t    --filter 'store-contract/*' -j 1 --fail-fast\n"
    "\n"
    "test: @NAME@.so\n"
    "\t'$(SESSIONSPEC)' run --store './@NAME@.so$(OPTIONS)' --report term \\\n"
    "\t    --report junit:report.xml --report html:report.html\n"
    "\n"
    "clean:\n"
    "\trm -f @NAME@.so report.xml report.html\n";

static const char readme[] =
    "# @NAME@\n"
    "\n"
    "A session store, tested with sessionspec against the documented\n"
    "behaviour of express-session.\n"
    "\n"
    "    make next    # builds it, and says what to do next\n"
    "    make test    # the whole suite; the page is report.html\n"
    "\n"
    "`@NAME@.c` has five steps to be done. `make next` shows the first test\n"
    "that fails, and until all is written the step that it asks for. One\n"
    "requirement is explained by `sessionspec explain STO-08`, what the store\n"
    "declares is shown by `sessionspec describe ./@NAME@.so`.\n";

static const char workflow[] =
    "name: sessionspec\n"
    "on: [push, pull_request]\n"
    "env:\n"
    "  # Where sessionspec is fetched from: set it as a variable of this\n"
    "  # repository (Settings, Secrets and variables, Actions, Variables).\n"
    "  SESSIONSPEC_REPOSITORY: ${{ vars.SESSIONSPEC_REPOSITORY }}\n"
    "jobs:\n"
    "  suite:\n"
    "    runs-on: ubuntu-latest\n"
    "    container: debian:12\n"
    "    steps:\n"
    "      - run: |\n"
    "          apt-get update\n"
    "          apt-get install -y git make gcc libc6-dev pkg-config \\\n"
    "            libcivetweb-dev libyaml-dev libcurl4-openssl-dev libssl-dev \\\n"
    "            libjansson-dev libpcre2-dev libxml2-dev\n"
    "      - uses: actions/checkout@v4\n"
    "      - name: install sessionspec\n"
    "        run: |\n"
    "          git clone --depth 1 \"$SESSIONSPEC_REPOSITORY\" "
    "/tmp/sessionspec\n"
    "          make -C /tmp/sessionspec -j2 install PREFIX=/usr\n"
    "      - run: make\n"
    "      - run: make test\n"
    "      - uses: actions/upload-artifact@v4\n"
    "        if: always()\n"
    "        with:\n"
    "          name: report\n"
    "          path: |\n"
    "            report.xml\n"
    "            report.html\n";

/* ------------------------------------------------------------- the folder */

/* `text` with each mark replaced by what stands behind it in the list. */
static void write_filled(FILE *to, const char *text, const char *const *marks)
{
    while (*text) {
        const char *const *mark = marks;

        while (mark[0] && strncmp(text, mark[0], strlen(mark[0])) != 0)
            mark += 2;
        if (mark[0]) {
            fputs(mark[1], to);
            text += strlen(mark[0]);
        } else {
            fputc(*text++, to);
        }
    }
}

static int write_file(struct making *making, const char *name, const char *text,
                      const char *const *marks)
{
    const char *path = arena_printf(&making->arena, "%s/%s/%s", making->parent,
                                    making->name, name);
    FILE *file = fopen(path, "w");
    bool written;

    if (!file)
        return fault_set(&making->fault, FAULT_LOCAL, "%.300s: %s", path,
                         strerror(errno));
    write_filled(file, text, marks);
    written = !ferror(file);
    if (fclose(file) == 0 && written)
        return 0;
    return fault_set(&making->fault, FAULT_LOCAL,
                     "%.300s: it could not be "
                     "written",
                     path);
}

static int make_one(struct making *making, const char *name)
{
    const char *path = arena_printf(&making->arena, "%s/%s%s", making->parent,
                                    making->name, name);

    if (mkdir(path, 0777) == 0)
        return 0;
    return fault_set(&making->fault, FAULT_LOCAL, "%.300s: %s", path,
                     errno == EEXIST ? "there is such a thing already"
                                     : strerror(errno));
}

/* NULL with the fault. */
static const char *read_template(struct making *making)
{
    const char *path =
        arena_printf(&making->arena, "%s/template.c", home_stores());
    char *text = arena_alloc(&making->arena, TEMPLATE_MOST);
    FILE *file = fopen(path, "r");
    size_t length = file ? fread(text, 1, TEMPLATE_MOST - 1, file) : 0;

    if (file)
        fclose(file);
    text[length] = '\0';
    if (length > 0 && length < TEMPLATE_MOST - 1)
        return text;
    fault_set(&making->fault, FAULT_LOCAL, "%.300s cannot be read: %s", path,
              file ? "it is empty, or far too long" : strerror(errno));
    return NULL;
}

/* So that it is found from inside the new folder as well. */
static const char *absolute(struct making *making, const char *path)
{
    char *real = realpath(path, NULL);
    const char *result = arena_strdup(&making->arena, real ? real : path);

    free(real);
    return result;
}

static int make_folder(struct making *making)
{
    const char *text = read_template(making);
    const char *const renamed[] = { "template", making->name, NULL };
    const char *const marks[] = {
        "@NAME@",    making->name,
        "@HEADER@",  absolute(making, home_stores()),
        "@PROGRAM@", absolute(making, "/proc/self/exe"),
        NULL
    };
    int result = text ? make_one(making, "") : FAULT_LOCAL;

    if (!result)
        result = make_one(making, "/.github");
    if (!result)
        result = make_one(making, "/.github/workflows");
    if (!result)
        result = write_file(making,
                            arena_printf(&making->arena, "%s.c", making->name),
                            text, renamed);
    if (!result)
        result = write_file(making, "Makefile", makefile, marks);
    if (!result)
        result = write_file(making, "README.md", readme, marks);
    if (!result)
        result = write_file(making, ".github/workflows/sessionspec.yml",
                            workflow, marks);
    return result;
}

static void print_next(const struct making *making)
{
    bool here = strcmp(making->parent, ".") == 0;

    printf("%s%s%s/ has %s.c, Makefile, README.md and "
           ".github/workflows/sessionspec.yml\n"
           "next:\n"
           "  cd %s%s%s\n"
           "  make next\n",
           here ? "" : making->parent, here ? "" : "/", making->name,
           making->name, here ? "" : making->parent, here ? "" : "/",
           making->name);
}
