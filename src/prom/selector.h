/* Vector selectors as PromQL has them: `name{label="v",label!="v",label=~"re",label!~"re"}`, `{__name__=~"re",...}`, a bare name,
 * `{"name in quotes","label in quotes"="v"}`.
 *
 * Strings stand in "", '' or `` with Go's escapes; regular expressions are PCRE2's, match the whole value, and have bounds on
 * what they may cost (one that hits them does not match). A label that is not there is equal to "". A selector that would fit
 * a series without any label is refused, as Prometheus does it. Ranges, offsets and comments are no part of it. */
#ifndef PROM_SELECTOR_H
#define PROM_SELECTOR_H

#include "base/error.h"
#include "prom/text.h"

#include <stdbool.h>
#include <stddef.h>

enum prom_selector_limit {
    PROM_SELECTOR_BYTES = 4096,  /* of the text */
    PROM_SELECTOR_MATCHERS = 64, /* within the braces */
};

/* Used from one thread at a time, its questions included. */
struct prom_selector;

/* ERR_INVALID, ERR_LIMIT: *at (may be NULL) is the byte of the text that err speaks of, from 0. What is quoted in err is as it
 * was written: for a terminal it needs text_safe. */
int prom_selector_parse(const char *text, struct prom_selector **ret, size_t *at, struct error *err);
/* Only says whether it could be. */
int prom_selector_check(const char *text, size_t *at, struct error *err);
void prom_selector_free(struct prom_selector *s); /* NULL is allowed */
/* What it was parsed from; owned by s. */
const char *prom_selector_text(const struct prom_selector *s);

/* Does it ask for one name and no label? */
bool prom_selector_is_name(const struct prom_selector *s);

/* May a series of this name match? The first question, to be asked once a name. */
bool prom_selector_name(const struct prom_selector *s, const char *name);
/* Given that the name does: do the labels, `a="b",c="d"` as prom/labels.h writes them? */
bool prom_selector_labels(const struct prom_selector *s, const char *labels);
/* The same of a series as PROM_TEXT_SAMPLE gives it, escapes in place. */
bool prom_selector_series(const struct prom_selector *s, struct prom_text_span series);

#endif
