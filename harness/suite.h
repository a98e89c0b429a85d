/* suite.h: the cases that a command names, with the catalogue, checked */
#ifndef HARNESS_SUITE_H
#define HARNESS_SUITE_H

#include "base/problem.h"
#include "case.h"
#include "catalogue.h"

struct suite {
    struct case_set cases;
    struct catalogue catalogue; /* empty where there is none at hand */
    struct problems problems;
};

/* Loads the files and folders (none: the shipped cases), and the catalogue: a
 * requirements.yml among them, or in a folder among them, else the shipped
 * one. All problems are printed to stderr; false where there are any, but
 * what could be loaded is there all the same. */
bool suite_load(struct suite *suite, const char *const *paths, size_t count);
void suite_free(struct suite *suite);

#endif
