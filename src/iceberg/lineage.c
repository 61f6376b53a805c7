/* Which snapshots led to which. */
#include "iceberg/lineage.h"
#include "base/mem.h"

#include <stdlib.h>

/* Follows parents from an id on until there is none, or one that was seen. Positions go to items where it is not
 * NULL. */
static size_t follow(const struct iceberg_metadata *m, int64_t id, bool *seen, size_t *items,
                     enum iceberg_lineage_end *end, int64_t *missing)
{
    const struct iceberg_snapshot *s = iceberg_metadata_snapshot(m, id);
    size_t n = 0;
    *end = s ? ICEBERG_LINEAGE_ROOT : ICEBERG_LINEAGE_NONE;
    *missing = s ? ICEBERG_UNKNOWN : id;
    while (s) {
        size_t at = (size_t)(s - m->snapshots);
        if (seen[at]) {
            *end = ICEBERG_LINEAGE_CYCLE;
            break;
        }
        seen[at] = true;
        items[n++] = at;
        id = s->parent_id;
        s = iceberg_metadata_snapshot(m, id);
        if (!s && id != ICEBERG_UNKNOWN) {
            *end = ICEBERG_LINEAGE_EXPIRED;
            *missing = id;
        }
    }
    return n;
}

void iceberg_lineage_init(struct iceberg_lineage *l, const struct iceberg_metadata *m, int64_t snapshot_id)
{
    bool *seen = mem_calloc(m->n_snapshots + 1, sizeof *seen);
    *l = (struct iceberg_lineage){.items = mem_calloc(m->n_snapshots + 1, sizeof *l->items)};
    l->n = follow(m, snapshot_id, seen, l->items, &l->end, &l->missing_id);
    free(seen);
}

void iceberg_lineage_done(struct iceberg_lineage *l)
{
    free(l->items);
    *l = (struct iceberg_lineage){0};
}
