/* "did you mean": the known name that is nearest to a misspelt one. */
#ifndef CONF_SUGGEST_H
#define CONF_SUGGEST_H

#include "base/error.h"
#include "base/str.h"

#include <stddef.h>

/* Offer every known name, then write. `wanted` is what was given; the rest begins zeroed. Offered
 * names are borrowed until then. */
struct conf_suggest {
    const char *wanted;
    const char *best;
    size_t distance; /* changes of one character, or of two neighbours, that make best of wanted */
};

void conf_suggest_offer(struct conf_suggest *s, const char *name);

/* Appends ` (did you mean "name"?)` where one is near: a third of the characters differ at most. */
void conf_suggest_write(const struct conf_suggest *s, struct str *out);

/* The error at a key that is not among the names: the nearest one, and all that are allowed. ERR_INVALID, without a place. */
int conf_suggest_unknown(const char *key, const char *const *names, size_t n, struct error *err);

#endif
