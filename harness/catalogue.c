/* catalogue.c: the requirements, as cases/requirements.yml lists them */
#include "catalogue.h"

#include "base/must.h"
#include "case_check.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

const char *const level_names[] = {
    [LEVEL_REQUIRED] = "required", [LEVEL_RECOMMENDED] = "recommended",
    [LEVEL_OPTIONAL] = "optional", [LEVEL_OBSERVED] = "observed",
    [LEVEL_HAZARD] = "hazard",     NULL
};

static bool level_read(const char *word, enum level *level)
{
    for (int i = 0; word && level_names[i]; i++)
        if (strcmp(level_names[i], word) == 0) {
            *level = (enum level)i;
            return true;
        }
    return false;
}

const struct requirement *catalogue_find(const struct catalogue *catalogue,
                                         const char *id)
{
    for (size_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->list[i].id, id) == 0)
            return &catalogue->list[i];
    return NULL;
}

/* SEC-01 stands in section SEC. */
static bool id_fits(const char *id, const char *section)
{
    size_t length = strlen(section);

    return strncmp(id, section, length) == 0 && id[length] == '-' &&
           strspn(id + length + 1, "0123456789") >= 2 &&
           !id[length + 1 + strspn(id + length + 1, "0123456789")];
}

static void seen_read(struct arena *arena, const struct node *list,
                      struct requirement *requirement)
{
    if (!list || list->kind != NODE_LIST)
        return;
    requirement->seen =
        arena_alloc(arena, (list->count + 1) * sizeof *requirement->seen);
    for (size_t i = 0; i < list->count; i++) {
        struct seen seen = {
            .where = node_get_text(list->items[i], "where"),
            .what = node_get_text(list->items[i], "what"),
            .link = node_get_text(list->items[i], "link"),
        };

        if (seen.where && seen.what)
            requirement->seen[requirement->seen_count++] = seen;
    }
}

/* What the schema has refused is left out. */
static void requirement_add(struct catalogue *catalogue,
                            const struct node *node, const struct node *within,
                            struct problems *problems)
{
    const char *section = node_get_text(within, "section");
    struct requirement requirement = {
        .id = node_get_text(node, "id"),
        .section = section,
        .section_title = node_get_text(within, "title"),
        .text = node_get_text(node, "text"),
        .source = node_get_text(node, "source"),
        .failure = node_get_text(node, "failure"),
        .at = node->at,
    };

    const struct requirement *other;

    if (!requirement.id || !requirement.text || !requirement.source ||
        !level_read(node_get_text(node, "level"), &requirement.level))
        return;
    other = catalogue_find(catalogue, requirement.id);
    if (!id_fits(requirement.id, section))
        problem_add(problems, node_get(node, "id")->at,
                    "the id \"%s\" must be %s- and two digits at least",
                    requirement.id, section);
    if (other) {
        problem_add(problems, node_get(node, "id")->at,
                    "the id \"%s\" is used twice; the other stands in %s:%u",
                    requirement.id, other->at.file, other->at.line);
        return;
    }
    seen_read(&catalogue->arena, node_get(node, "seen"), &requirement);
    catalogue->list =
        arena_grow(&catalogue->arena, catalogue->list, catalogue->count,
                   &catalogue->capacity, sizeof *catalogue->list);
    catalogue->list[catalogue->count++] = requirement;
}

static void section_add(struct catalogue *catalogue, const struct node *node,
                        struct problems *problems)
{
    const struct node *list = node_get(node, "requirements");

    if (!node_get_text(node, "section") || !list || list->kind != NODE_LIST)
        return;
    for (size_t i = 0; i < list->count; i++)
        requirement_add(catalogue, list->items[i], node, problems);
}

bool catalogue_load(struct catalogue *catalogue, const char *path,
                    struct problems *problems)
{
    size_t before = problems->count;
    const struct node *root = node_load(&catalogue->arena, path, problems);
    struct check check = { .arena = &catalogue->arena, .problems = problems };
    const struct node *sections = node_get(root, "sections");

    if (root)
        check_map(&check, PLACE_CATALOGUE, root);
    for (size_t i = 0;
         sections && sections->kind == NODE_LIST && i < sections->count; i++)
        section_add(catalogue, sections->items[i], problems);
    return problems->count == before;
}

bool case_check_catalogue(const struct case_set *set,
                          const struct catalogue *catalogue,
                          struct problems *problems)
{
    size_t before = problems->count;
    const char **ids = calloc(catalogue->count + 1, sizeof *ids);

    must(ids);
    for (size_t i = 0; i < catalogue->count; i++)
        ids[i] = catalogue->list[i].id;
    for (size_t c = 0; c < set->count; c++) {
        const struct node *checks = node_get(set->cases[c].source, "checks");

        for (size_t i = 0; checks && i < checks->count; i++) {
            const char *id = checks->items[i]->text;
            const char *near = problem_suggest(id, ids);

            if (!catalogue_find(catalogue, id))
                problem_add(problems, checks->items[i]->at,
                            "\"checks\": unknown requirement \"%s\"%s%s%s", id,
                            near ? " ("
                                 : "; `sessionspec list --requirements` has ",
                            near ? near : "them", near ? "?)" : "");
        }
    }
    free(ids);
    problems_sort(problems);
    return problems->count == before;
}

void catalogue_free(struct catalogue *catalogue)
{
    arena_free(&catalogue->arena);
    memset(catalogue, 0, sizeof *catalogue);
}
