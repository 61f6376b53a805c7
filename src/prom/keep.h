/* Which series of an endpoint are kept: by globs over names, and by selectors. */
#ifndef PROM_KEEP_H
#define PROM_KEEP_H

#include "base/vec.h"
#include "conf/conf.h"
#include "prom/selector.h"

#include <stdbool.h>

struct prom_keep_rule {
    char *glob;                     /* or NULL */
    struct prom_selector *selector; /* or NULL */
};

/* One of `in` has to match (none there: all do), and none of `out`. Zeroed keeps everything. */
struct prom_keep {
    VEC(struct prom_keep_rule) in, out;
};

enum prom_keep_answer {
    PROM_KEEP_NONE,
    PROM_KEEP_ALL,
    PROM_KEEP_SOME, /* labels decide */
};

/* An entry with a `{` is a selector, any other a glob. A selector that is none, which the configuration does not let through,
 * matches nothing. */
void prom_keep_init(struct prom_keep *k, const struct conf_globs *entries);
void prom_keep_done(struct prom_keep *k);

/* What becomes of series of a name, and of a family (of a histogram: its name without _bucket): an entry matches that matches
 * either. */
enum prom_keep_answer prom_keep_name(const struct prom_keep *k, const char *name, const char *family);
/* Where the answer was SOME: of this series, as PROM_TEXT_SAMPLE gives it. */
bool prom_keep_series(const struct prom_keep *k, const char *name, const char *family, struct prom_text_span series);

#endif
