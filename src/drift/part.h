/* What is kept of some of a dataset's events - a pane, a window, a span: every feature's profile, and the cohorts. */
#ifndef DRIFT_PART_H
#define DRIFT_PART_H

#include "base/vec.h"
#include "drift/cohorts.h"
#include "drift/layout.h"

/* Where in a partition its events lie. */
struct drift_part_offsets {
    int32_t partition;
    int64_t first, next; /* the least, and the one behind the greatest */
};

enum drift_part_limit {
    DRIFT_PART_PARTITIONS = 1000, /* whose offsets are kept */
};

struct drift_part {
    int64_t pane;           /* of a pane: which one (drift/windows.h) */
    int64_t from_ms, to_ms; /* of its events' times; while there are none from > to */
    uint64_t rows;
    struct drift_profile **profiles; /* one a feature of the layout */
    struct drift_cohorts *cohorts;   /* NULL: there are no keys */
    VEC(struct drift_part_offsets) offsets;
    size_t at; /* private: those of the last event */
};

struct drift_part *drift_part_new(const struct drift_layout *l);
void drift_part_free(struct drift_part *p, const struct drift_layout *l); /* NULL is allowed */
/* Counts an event that was read by the schema's plan. */
void drift_part_add(struct drift_part *p, const struct drift_layout *l, const struct drift_event *e, int64_t time_ms);
/* That this part has events of a partition from first to next - 1. */
void drift_part_mark(struct drift_part *p, int32_t partition, int64_t first, int64_t next);
/* Before it is read or merged. */
void drift_part_settle(struct drift_part *p, const struct drift_layout *l);
/* Adds another's events, settled: of the same layout, or of a like one whose edges are others where p has none. */
void drift_part_merge(struct drift_part *p, const struct drift_layout *l, const struct drift_part *other);
/* Counts over edges, one a feature, whatever they were over (drift/profile_counts.h); settles. */
void drift_part_over(struct drift_part *p, const struct drift_layout *l, const struct drift_edges *const *edges);
size_t drift_part_bytes(const struct drift_part *p, const struct drift_layout *l);

#endif
