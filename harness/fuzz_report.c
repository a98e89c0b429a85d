/* fuzz_report.c: what is said of a finding, once it is small */
#include "fuzz_report.h"

#include "base/must.h"
#include "fuzz_yaml.h"

#include <stdlib.h>
#include <string.h>

/* The case as text; the caller frees. */
static char *case_of(const struct fuzz_hunt *hunt, unsigned long number,
                     const json_t *small,
                     const struct fuzz_judgement *judgement)
{
    char name[64], *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);

    must(to);
    snprintf(name, sizeof name, "seed-%llu-scenario-%lu",
             (unsigned long long)hunt->seed, number);
    fuzz_yaml(to, name, small, judgement->right, &judgement->difference);
    must(fclose(to) == 0);
    return text;
}

/* Says where, or why not. */
static void write_file(const struct fuzz_hunt *hunt, unsigned long number,
                       const char *text)
{
    char *path = NULL;
    size_t size = 0;
    FILE *name = open_memstream(&path, &size), *to;

    must(name);
    fprintf(name, "%s/fuzz-%llu-%lu.yml", hunt->folder,
            (unsigned long long)hunt->seed, number);
    must(fclose(name) == 0);
    to = fopen(path, "w");
    if (to && fputs(text, to) >= 0 && fclose(to) == 0)
        fprintf(hunt->to, "  written to %s\n", path);
    else
        fprintf(hunt->to, "  could not be written to %s\n", path);
    free(path);
}

/* What is right is not known of a death, and not all has words in the scenario
 * language: then there is no case, but the scenario itself. */
static void print_scenario(FILE *to, const json_t *small)
{
    char *text = json_dumps(small, JSON_INDENT(1));

    must(text);
    fprintf(to, "%s\n", text);
    free(text);
}

void fuzz_report(struct fuzz_hunt *hunt, unsigned long number,
                 const json_t *scenario, const json_t *small,
                 const struct fuzz_judgement *judgement)
{
    const struct fuzz_difference *difference = &judgement->difference;
    char *text = judgement->right && fuzz_yaml_suits(small)
                     ? case_of(hunt, number, small, judgement)
                     : NULL;

    pthread_mutex_lock(&hunt->lock);
    if (hunt->progress)
        fputs("\r\033[K", hunt->progress);
    fprintf(
        hunt->to,
        "divergence at %s\n"
        "  shrunk from %zu to %zu steps; the whole: sessionspec fuzz "
        "--target %s --against %s --seed %llu --scenario %lu\n"
        "  %s: %s\n  %s: %s\n",
        difference->path, json_array_size(json_object_get(scenario, "steps")),
        json_array_size(json_object_get(small, "steps")), hunt->one.name,
        hunt->other.name, (unsigned long long)hunt->seed, number,
        hunt->one.name, difference->one, hunt->other.name, difference->other);
    if (text && hunt->folder)
        write_file(hunt, number, text);
    fputc('\n', hunt->to);
    if (text)
        fprintf(hunt->to, "%s\n", text);
    else
        print_scenario(hunt->to, small);
    fflush(hunt->to);
    pthread_mutex_unlock(&hunt->lock);
    free(text);
}

void fuzz_report_summary(const struct fuzz_hunt *hunt)
{
    for (unsigned i = 0; i < hunt->found; i++) {
        const struct fuzz_finding *finding = &hunt->findings[i];

        fprintf(hunt->to, "%6lu %s", finding->times, finding->path);
        if (finding->places > 0)
            fprintf(hunt->to, " (and in %u other place%s)", finding->places,
                    finding->places == 1 ? "" : "s");
        fputc('\n', hunt->to);
    }
    fprintf(hunt->to, "%lu steps in %lu scenario%s, seed %llu: ", hunt->steps,
            hunt->scenarios, hunt->scenarios == 1 ? "" : "s",
            (unsigned long long)hunt->seed);
    if (hunt->found == 0)
        fputs("no divergence", hunt->to);
    else
        fprintf(hunt->to, "%u divergence%s", hunt->found,
                hunt->found == 1 ? "" : "s");
    fprintf(hunt->to, " (%.0f steps/s)\n",
            hunt->seconds > 0 ? (double)hunt->steps / hunt->seconds : 0);
}
