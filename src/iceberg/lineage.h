/* Which snapshots led to which: the ancestry of a branch, and what no branch or tag leads to. */
#ifndef ICEBERG_LINEAGE_H
#define ICEBERG_LINEAGE_H

#include "iceberg/metadata.h"

/* Where an ancestry ends. */
enum iceberg_lineage_end {
    ICEBERG_LINEAGE_NONE,    /* it does not begin: no such snapshot */
    ICEBERG_LINEAGE_ROOT,    /* at a snapshot without a parent */
    ICEBERG_LINEAGE_EXPIRED, /* at one whose parent is not there any more */
    ICEBERG_LINEAGE_CYCLE,   /* at one whose parent is among those after it: the metadata is damaged */
};

struct iceberg_lineage {
    size_t *items; /* positions in the metadata's snapshots, newest first, each at most once */
    size_t n;
    enum iceberg_lineage_end end;
    int64_t missing_id; /* the parent that is not there, the snapshot that it does not begin with */
};

/* The snapshot and its ancestors, as parents say it; times and the order of the text do not matter. */
void iceberg_lineage_init(struct iceberg_lineage *l, const struct iceberg_metadata *m, int64_t snapshot_id);
/* Zeroed is allowed. */
void iceberg_lineage_done(struct iceberg_lineage *l);

#endif
