/* Datasets: when they last had events that no window counts. */
#include "findings/gather_internal.h"

#include "drift/tables.h"

static int64_t count_of(const struct row *r, size_t column)
{
    int64_t n = derive_cells_number(r, column);
    return n == CONNECT_EVENT_UNKNOWN ? 0 : n;
}

void gather_datasets_read(struct findings_gather *g, int64_t now_ms)
{
    const struct table *t = store_find(g->store, drift_table_datasets.name);
    g->datasets.n = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct findings_dataset d = {.row = r, .bad = count_of(r, DATASETS_BAD), .late = count_of(r, DATASETS_LATE)};
        d.bad_since_ms = gather_memory_since(&g->memory, GATHER_BAD, row_id(r), (uint64_t)d.bad, now_ms);
        d.late_since_ms = gather_memory_since(&g->memory, GATHER_LATE, row_id(r), (uint64_t)d.late, now_ms);
        vec_push(&g->datasets, d);
    }
}
