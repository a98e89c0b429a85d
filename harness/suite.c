/* suite.c: the cases that a command names, with the catalogue, checked */
#include "suite.h"

#include "home.h"

#include <string.h>
#include <unistd.h>

static const char catalogue_name[] = "requirements.yml";

/* The catalogue that belongs to a path, or NULL. */
static const char *catalogue_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *inside;

    if (strcmp(slash ? slash + 1 : path, catalogue_name) == 0)
        return path;
    inside = arena_printf(arena, "%s/%s", path, catalogue_name);
    return access(inside, F_OK) == 0 ? inside : NULL;
}

bool suite_load(struct suite *suite, const char *const *paths, size_t count)
{
    const char *shipped = home_cases();
    struct arena *arena = &suite->cases.arena;
    const char *catalogue = NULL;

    for (size_t i = 0; i < count && !catalogue; i++)
        catalogue = catalogue_of(arena, paths[i]);
    if (!catalogue)
        catalogue = catalogue_of(arena, shipped);
    if (catalogue)
        catalogue_load(&suite->catalogue, catalogue, &suite->problems);
    if (count)
        case_load(&suite->cases, paths, count, &suite->problems);
    else
        case_load(&suite->cases, &shipped, 1, &suite->problems);
    if (suite->catalogue.count)
        case_check_catalogue(&suite->cases, &suite->catalogue,
                             &suite->problems);
    problems_print(&suite->problems, stderr);
    return suite->problems.count == 0;
}

void suite_free(struct suite *suite)
{
    case_set_free(&suite->cases);
    catalogue_free(&suite->catalogue);
    problems_free(&suite->problems);
}
