/* One partition of the scripted cluster: who has it, how far it reaches, and when its records were
 * written. */
#ifndef DEMO_PARTITION_H
#define DEMO_PARTITION_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum { DEMO_PARTITION_REPLICAS = 8, DEMO_PARTITION_MARKS = 1024 };

/* At time_ms the log ended at offset: records between two marks were written evenly between them.
 */
struct demo_mark {
    int64_t time_ms, offset;
};

struct demo_partition {
    int32_t leader; /* node id; -1: none */
    int32_t leader_epoch;
    int32_t replicas[DEMO_PARTITION_REPLICAS], isr[DEMO_PARTITION_REPLICAS];
    int replica_n, isr_n;
    int64_t start;               /* log start offset */
    int64_t end;                 /* high watermark */
    int64_t lso;                 /* last stable offset, start <= lso <= end; transactions open beyond it */
    int16_t metadata_error;      /* answered instead of what would be computed, when not 0 */
    int16_t offsets_error;       /* ListOffsets answers this for the partition, when not 0 */
    int16_t stable_error;        /* the same, only for who asks for the last stable offset */
    VEC(struct demo_mark) marks; /* times and offsets both ascending */
    VEC(int64_t) markers;        /* offsets, ascending, at which there is no message but the end of a transaction */
};

/* Frees what it owns, and empties it. */
void demo_partition_done(struct demo_partition *p);
/* Records up to offset end were written by time_ms: moves the high watermark and the last stable
 * offset there, and remembers the time; of very many marks some in the middle are forgotten. Times
 * and ends must not go back. */
void demo_partition_append(struct demo_partition *p, int64_t time_ms, int64_t end);
/* The first offset >= start and < limit whose record was written at time_ms or later, or -1; its
 * time goes to *found_ms (-1 for none; may be NULL). */
int64_t demo_partition_offset_at(const struct demo_partition *p, int64_t time_ms, int64_t limit, int64_t *found_ms);
/* When the record at an offset was written, by the marks; -1 where they do not reach. */
int64_t demo_partition_time_of(const struct demo_partition *p, int64_t offset);

#endif
