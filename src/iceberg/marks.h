/* What users have marked a table with: entries of snapshots' summaries and table properties that somebody wants to see, named
 * "summary:KEY" and "property:KEY". */
#ifndef ICEBERG_MARKS_H
#define ICEBERG_MARKS_H

#include "iceberg/lineage.h"

enum {
    ICEBERG_MARKS_LOOKED = 1000, /* ancestors in whose summaries a key is looked for, the newest first */
    ICEBERG_MARKS_VALUE = 1000,  /* bytes; a longer value is left out, for two that begin alike are not the same */
};

/* Those of the wanted ones (NULL-terminated; NULL: none) that there are, in the order in which they are wanted, as
 * "summary:run=2026-11-20; property:owner=me"; before ; = and \ in keys and values stands a \. Appended. */
void iceberg_marks_write(const struct iceberg_metadata *m, const struct iceberg_lineage *branch,
                         const char *const *wanted, struct str *out);
/* The value of one in such a text, appended; false and nothing appended where it is not there. */
bool iceberg_marks_read(const char *marks, const char *name, struct str *value);

#endif
