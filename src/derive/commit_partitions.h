/* Who answered in a commit cycle, and who did not: the rows of `commit_partitions`. */
#ifndef DERIVE_COMMIT_PARTITIONS_H
#define DERIVE_COMMIT_PARTITIONS_H

#include "derive/commit_rows.h"

/* Partitions that had not answered at its end, or have not yet; their topics are borrowed. */
struct derive_commit_missing {
    VEC(struct derive_partition) list;
};

/* Writes a row for each partition that answered or was to answer, and adds those that did not to *missing. */
void derive_commit_partitions_write(const struct derive_commit_rows *w, struct derive_commit *commit,
                                    const struct connect_cycle *cycle, struct derive_commit_missing *missing);

#endif
