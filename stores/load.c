/* load.c: plugins in files of their own */
#include "load.h"

#include "spec.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How far the entries of other majors are looked for, to say so. */
#define MAJORS_KNOWN 9
/* The table of 1.0: what came later is optional. */
#define SIZE_1_0 offsetof(struct sstore_plugin, spoil)
/* No table of pointers is as large: it is no size at all then. */
#define SIZE_MOST 65536
/* Of name and version, so that messages can hold them. */
#define NAME_MOST 60

struct loaded {
    struct loaded *next;
    const struct sstore_plugin *plugin;
    char path[];
};

/* What the dynamic linker holds is the process's, and so is this. */
static pthread_mutex_t loaded_lock = PTHREAD_MUTEX_INITIALIZER;
static struct loaded *loaded; /* under loaded_lock; never freed */

/* ---- What the table says ------------------------------------------------ */

/* These texts go into reports, as JSON. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c < 0x20 && c != '\n') || c > 0x7e)
            return false;
    }
    return true;
}

static int check_texts(const struct sstore_plugin *plugin,
                       struct sstore_err *err)
{
    if (!plugin->name || !*plugin->name)
        return spec_fail(err, SSTORE_E_INVAL, "the plugin has no name");
    if (strspn(plugin->name, "abcdefghijklmnopqrstuvwxyz0123456789_.-@/") !=
            strlen(plugin->name) ||
        strlen(plugin->name) > NAME_MOST)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin's name \"%.60s\" is not up to %d of a-z, "
                         "0-9, \"_\", \".\", \"-\", \"@\" and \"/\"",
                         plugin->name, NAME_MOST);
    if (!plugin->version || !*plugin->version)
        return spec_fail(err, SSTORE_E_INVAL, "the plugin %s has no version",
                         plugin->name);
    if (!plugin->options)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin %s has NULL for its options: one without "
                         "any has \"\"",
                         plugin->name);
    if (!is_plain(plugin->version) || !is_plain(plugin->options))
        return spec_fail(err, SSTORE_E_INVAL,
                         "the version and the options of the plugin %s are "
                         "not all printable ASCII",
                         plugin->name);
    return SSTORE_OK;
}

static int check_numbers(const struct sstore_plugin *plugin,
                         struct sstore_err *err)
{
    uint32_t known = 0;

#define X(name, bit, word, text) known |= (uint32_t)name;
    SSTORE_CAPS(X)
#undef X
    if (plugin->threads > SSTORE_THREADS_PARALLEL)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin %s has %u for its thread model, which is "
                         "none of SSTORE_THREADS_*",
                         plugin->name, plugin->threads);
    /* One of a newer minor may have capabilities that we do not know. */
    if (plugin->minor <= SSTORE_MINOR && (plugin->caps & ~known))
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin %s has 0x%x among its capabilities, "
                         "which is none of SSTORE_CAP_*",
                         plugin->name, plugin->caps & ~known);
    return SSTORE_OK;
}

static int check_operations(const struct sstore_plugin *plugin,
                            struct sstore_err *err)
{
    const char *lacks = NULL;

#define X(op, need)                                                            \
    if (need && !lacks && !plugin->op)                                         \
        lacks = #op;
    SSTORE_OPERATIONS(X)
#undef X
    return lacks ? spec_fail(err, SSTORE_E_INVAL,
                             "the plugin %s has no %s, which is required",
                             plugin->name, lacks)
                 : SSTORE_OK;
}

int load_check(const struct sstore_plugin *plugin, struct sstore_err *err)
{
    int code;

    /* Before all else: nothing behind the end may be read. */
    if (plugin->size < SIZE_1_0)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin's table has %u bytes, that of ABI %d.0 "
                         "has %zu",
                         plugin->size, SSTORE_MAJOR, SIZE_1_0);
    if (plugin->size > SIZE_MOST)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin's table begins with %u where its size in "
                         "bytes should stand",
                         plugin->size);
    if (plugin->major != SSTORE_MAJOR)
        return spec_fail(err, SSTORE_E_INVAL,
                         "the plugin is for ABI %u, not %d", plugin->major,
                         SSTORE_MAJOR);
    code = check_texts(plugin, err);
    if (code == SSTORE_OK)
        code = check_numbers(plugin, err);
    return code == SSTORE_OK ? check_operations(plugin, err) : code;
}

/* ---- The file ----------------------------------------------------------- */

/* The dynamic linker's own messages for these are hard to read. */
static bool file_check(const char *path, struct sstore_err *err)
{
    static const char elf[4] = { 0x7f, 'E', 'L', 'F' };
    char head[sizeof elf] = { 0 };
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool fine = false;

    if (fd < 0) {
        err->native = errno;
        spec_fail(err, SSTORE_E_INVAL, "the plugin cannot be read: %s",
                  strerror(errno));
        return false;
    }
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        spec_fail(err, SSTORE_E_INVAL, "the plugin is no regular file");
    else if (read(fd, head, sizeof head) != sizeof head ||
             memcmp(head, elf, sizeof elf) != 0)
        spec_fail(err, SSTORE_E_INVAL,
                  "the plugin is no shared object (it does not begin as an "
                  "ELF file)");
    else
        fine = true;
    close(fd);
    return fine;
}

/* The linker's words for the rest: a missing library, an undefined symbol. It
 * begins them with the path. */
static void say_linker(const char *path, struct sstore_err *err)
{
    const char *text = dlerror();
    size_t length = strlen(path);

    if (text && strncmp(text, path, length) == 0 && text[length] == ':')
        text += length + 1 + strspn(text + length + 1, " ");
    spec_fail(err, SSTORE_E_INVAL, "the plugin cannot be loaded: %.180s",
              text ? text : "unknown error");
}

static void say_no_entry(void *object, struct sstore_err *err)
{
    char name[32];

    for (int major = 0; major <= MAJORS_KNOWN; major++) {
        snprintf(name, sizeof name, "sstore_plugin_v%d", major);
        if (!dlsym(object, name))
            continue;
        spec_fail(err, SSTORE_E_INVAL,
                  "the plugin is for ABI %d, not %d (it has %s and no %s)",
                  major, SSTORE_MAJOR, name, SSTORE_ENTRY_NAME);
        return;
    }
    spec_fail(err, SSTORE_E_INVAL,
              "the file has no %s: it is no session store, or does not "
              "export it",
              SSTORE_ENTRY_NAME);
}

static const struct sstore_plugin *enter(void *object, struct sstore_err *err)
{
    const struct sstore_plugin *plugin;
    sstore_entry_fn *entry;
    void *symbol = dlsym(object, SSTORE_ENTRY_NAME);

    if (!symbol) {
        say_no_entry(object, err);
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof entry);
    plugin = entry();
    if (!plugin) {
        spec_fail(err, SSTORE_E_INVAL, "the plugin's %s() gave NULL",
                  SSTORE_ENTRY_NAME);
        return NULL;
    }
    return load_check(plugin, err) == SSTORE_OK ? plugin : NULL;
}

/* A name without `/` would be looked for among the system's libraries. */
static const struct sstore_plugin *load_file(const char *path,
                                             struct sstore_err *err)
{
    char here[4096];
    void *object;

    if (snprintf(here, sizeof here, "%s%s", strchr(path, '/') ? "" : "./",
                 path) >= (int)sizeof here) {
        spec_fail(err, SSTORE_E_INVAL, "the plugin's path is too long");
        return NULL;
    }
    if (!file_check(here, err))
        return NULL;
    object = dlopen(here, RTLD_NOW | RTLD_LOCAL);
    if (!object) {
        say_linker(here, err);
        return NULL;
    }
    return enter(object, err);
}

static const struct sstore_plugin *keep(const char *path,
                                        const struct sstore_plugin *plugin,
                                        struct sstore_err *err)
{
    struct loaded *fresh = malloc(sizeof *fresh + strlen(path) + 1);

    if (!fresh) {
        spec_fail(err, SSTORE_E_NOMEM, "out of memory");
        return NULL;
    }
    fresh->next = loaded;
    fresh->plugin = plugin;
    memcpy(fresh->path, path, strlen(path) + 1);
    loaded = fresh;
    return plugin;
}

const struct sstore_plugin *load_plugin(const char *path,
                                        struct sstore_err *err)
{
    const struct sstore_plugin *plugin = NULL;

    pthread_mutex_lock(&loaded_lock);
    for (struct loaded *at = loaded; at && !plugin; at = at->next)
        if (strcmp(at->path, path) == 0)
            plugin = at->plugin;
    if (!plugin) {
        plugin = load_file(path, err);
        if (plugin)
            plugin = keep(path, plugin, err);
    }
    pthread_mutex_unlock(&loaded_lock);
    return plugin;
}
