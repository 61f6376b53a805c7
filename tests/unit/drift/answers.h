/* Recorded answers of other tools, and what the tools themselves say that these mean. */
#ifndef TESTS_UNIT_DRIFT_ANSWERS_H
#define TESTS_UNIT_DRIFT_ANSWERS_H

#include "base/error.h"
#include "drift/verdict.h"

#include <jansson.h>

/* The bytes of tests/data/drift/foreign/NAME, on the heap; fails the test if there are none. */
char *answers_bytes(const char *name, size_t *len);
/* What drift_foreign_read makes of them; fails the test if there is an error. */
struct drift_verdicts *answers_read(const char *name);
/* What it makes of a text; the same. */
struct drift_verdicts *answers_of(const char *text);
/* Asserts that the text is refused with this code, and that the error holds a word. */
void answers_refused(const char *text, int code, const char *word);
/* Parsed NAME; to be json_decref'd. */
json_t *answers_expected(const char *name);

/* The first verdict of a feature (NULL: of the dataset) by a method (NULL: any); fails the test if there is none. */
const struct drift_verdict *answers_verdict(const struct drift_verdicts *v, const char *feature, const char *method);
const struct drift_verdict_column *answers_column(const struct drift_verdicts *v, const char *feature);

/* Fails unless both are the same number, or both NaN, or neither is known: JSON null; within rel. */
void answers_number(struct drift_verdict_number got, const json_t *want, double rel, const char *where);

#endif
