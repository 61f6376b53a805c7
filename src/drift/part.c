/* Profiles and cohorts, filled and merged together. */
#include "drift/part.h"

#include "base/mem.h"
#include "drift/profile_counts.h"

#include <stdlib.h>

struct drift_part *drift_part_new(const struct drift_layout *l)
{
    struct drift_part *p = mem_new(struct drift_part);
    p->from_ms = INT64_MAX;
    p->to_ms = INT64_MIN;
    p->profiles = drift_layout_profiles(l);
    p->cohorts = drift_cohorts_of(l);
    return p;
}

void drift_part_free(struct drift_part *p, const struct drift_layout *l)
{
    if (!p)
        return;
    drift_layout_profiles_free(l, p->profiles);
    drift_cohorts_free(p->cohorts);
    vec_done(&p->offsets);
    free(p);
}

static void stretch(struct drift_part *p, int64_t from_ms, int64_t to_ms)
{
    if (from_ms < p->from_ms)
        p->from_ms = from_ms;
    if (to_ms > p->to_ms)
        p->to_ms = to_ms;
}

void drift_part_add(struct drift_part *p, const struct drift_layout *l, const struct drift_event *e, int64_t time_ms)
{
    p->rows++;
    stretch(p, time_ms, time_ms);
    for (size_t i = 0; i < l->nfeatures; i++)
        drift_profile_add(p->profiles[i], drift_event_get(e, l->features[i]));
    if (p->cohorts)
        drift_cohorts_add(p->cohorts, l, e);
}

void drift_part_mark(struct drift_part *p, int32_t partition, int64_t first, int64_t next)
{
    if (p->at >= p->offsets.n || p->offsets.items[p->at].partition != partition)
        for (p->at = 0; p->at < p->offsets.n; p->at++)
            if (p->offsets.items[p->at].partition == partition)
                break;
    if (p->at == p->offsets.n) {
        if (p->offsets.n < DRIFT_PART_PARTITIONS)
            vec_push(&p->offsets, (struct drift_part_offsets){partition, first, next});
        return;
    }
    struct drift_part_offsets *o = &p->offsets.items[p->at];
    if (first < o->first)
        o->first = first;
    if (next > o->next)
        o->next = next;
}

void drift_part_settle(struct drift_part *p, const struct drift_layout *l)
{
    for (size_t i = 0; i < l->nfeatures; i++)
        drift_profile_settle(p->profiles[i]);
    if (p->cohorts)
        drift_cohorts_settle(p->cohorts);
}

void drift_part_merge(struct drift_part *p, const struct drift_layout *l, const struct drift_part *other)
{
    p->rows += other->rows;
    if (other->rows)
        stretch(p, other->from_ms, other->to_ms);
    for (size_t i = 0; i < other->offsets.n; i++)
        drift_part_mark(p, other->offsets.items[i].partition, other->offsets.items[i].first,
                        other->offsets.items[i].next);
    for (size_t i = 0; i < l->nfeatures; i++)
        (void)drift_profile_merge(p->profiles[i], other->profiles[i], NULL); /* of one schema: types are the same */
    if (p->cohorts && other->cohorts)
        drift_cohorts_merge(p->cohorts, l, other->cohorts);
}

void drift_part_over(struct drift_part *p, const struct drift_layout *l, const struct drift_edges *const *edges)
{
    drift_part_settle(p, l);
    for (size_t i = 0; i < l->nfeatures; i++)
        drift_profile_counts_over(p->profiles[i], edges[i]);
    if (p->cohorts)
        drift_cohorts_over(p->cohorts, edges);
}

size_t drift_part_bytes(const struct drift_part *p, const struct drift_layout *l)
{
    size_t bytes =
        sizeof *p + p->offsets.room * sizeof *p->offsets.items + (p->cohorts ? drift_cohorts_bytes(p->cohorts) : 0);
    for (size_t i = 0; i < l->nfeatures; i++)
        bytes += drift_profile_bytes(p->profiles[i]);
    return bytes;
}
