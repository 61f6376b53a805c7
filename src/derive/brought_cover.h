/* Which commits have the records of a window of offsets: what the rows of `commit_partitions`, `commit_tables`, `commits` and
 * `queryable_partitions` say of a topic. */
#ifndef DERIVE_BROUGHT_COVER_H
#define DERIVE_BROUGHT_COVER_H

#include "base/vec.h"
#include "table/table.h"

/* Records of one partition, from first to next - 1. */
struct derive_brought_range {
    int32_t partition;
    int64_t first, next;
    size_t tables; /* that it goes to, as far as is known; one of them does not have all of them yet */
    bool behind;
};

/* Ascending partitions. */
struct derive_brought_ranges {
    VEC(struct derive_brought_range) list;
};

/* Reads "0:120 1:99" and "0:220 1:199": first offsets, and those behind the last ones. A partition that only one of them has is left out,
 * and so is what is behind a text that is written otherwise. */
void derive_brought_ranges_read(struct derive_brought_ranges *r, const char *first, const char *next);

/* What is known of them. A zeroed one: nothing. */
struct derive_brought_cover {
    size_t commits; /* that have some of them in a snapshot */
    char *commit,
        *table;    /* of the first that was committed; table: of several the first by its name. On the heap, or NULL */
    size_t tables; /* of that commit */
    int64_t snapshot_id, committed_ms; /* of its table, or CONNECT_EVENT_UNKNOWN */
    bool at_latest;                    /* an earlier commit, which is not known any more, may have been the first */
    bool waiting;                      /* some of them are in no snapshot yet */
    bool forgotten;                    /* all are in tables, by commits that are not known any more */
};

void derive_brought_cover_done(struct derive_brought_cover *c);
/* cover: zeroed. cluster, topic: names of the store. *owner gets the source by whose state that is judged (store_owner_name); 0: none
 * tells of the topic. */
void derive_brought_cover_find(const struct store *store, const struct name *cluster, const struct name *topic,
                               struct derive_brought_ranges *ranges, struct derive_brought_cover *cover,
                               uint16_t *owner);

#endif
