/* fuzz_yaml.h: a scenario as a case in the scenario language, ready for cases/
 *
 * What it expects is what the other target did.
 */
#ifndef HARNESS_FUZZ_YAML_H
#define HARNESS_FUZZ_YAML_H

#include "fuzz_compare.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Can it be said in the scenario language? Neither what happens in an order
 * of the fuzzer's, nor a clock that a restart puts forward, nor a session that
 * is no object, nor lists where Node alone takes them. */
bool fuzz_yaml_suits(const json_t *scenario);

/* A whole file with one case of that name. `right`: what fuzz_play() saw of
 * the other target. */
void fuzz_yaml(FILE *to, const char *name, const json_t *scenario,
               const json_t *right, const struct fuzz_difference *difference);

/* ---- Between the files of the writer --------------------------------- */

/* A value in flow style, all texts quoted. */
void fuzz_yaml_value(FILE *to, const json_t *value);
void fuzz_yaml_text(FILE *to, const char *text);
void fuzz_yaml_key(FILE *to, const char *key);
/* "{ a: 1, b: 2": gives what is to stand before one more member. */
const char *fuzz_yaml_members(FILE *to, const json_t *map);

/* Whether there is a random ID in it, which has no name outside of its play.
 */
bool fuzz_yaml_is_nameless(const json_t *value);

/* What is expected of one step, as `expect: {…}` with a newline in front and
 * that indent, or nothing. `right` is what was seen of it; `difference` is NULL
 * where it is another step that differed. */
void fuzz_yaml_expect(FILE *to, const char *indent, const json_t *step,
                      const json_t *right,
                      const struct fuzz_difference *difference);

#endif
