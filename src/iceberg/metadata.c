/* The metadata of an Iceberg table: what is asked of it once it is read. */
#include "iceberg/metadata.h"

#include <stdlib.h>
#include <string.h>

void iceberg_metadata_free(struct iceberg_metadata *m)
{
    if (!m)
        return;
    iceberg_pool_done(&m->pool);
    free(m);
}

const struct iceberg_snapshot *iceberg_metadata_snapshot(const struct iceberg_metadata *m, int64_t id)
{
    size_t low = 0, high = m->n_snapshots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->snapshots[m->by_id[middle]].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (id == ICEBERG_UNKNOWN || low == m->n_snapshots || m->snapshots[m->by_id[low]].id != id)
        return NULL;
    return &m->snapshots[m->by_id[low]];
}

const struct iceberg_snapshot *iceberg_metadata_current(const struct iceberg_metadata *m)
{
    return iceberg_metadata_snapshot(m, m->current_snapshot_id);
}

void iceberg_metadata_column(const struct iceberg_metadata *m, size_t i, struct str *out)
{
    size_t path[ICEBERG_METADATA_NESTED], n = 0;
    for (ptrdiff_t at = (ptrdiff_t)i; at >= 0 && n < ICEBERG_METADATA_NESTED; at = m->columns[at].parent)
        path[n++] = (size_t)at;
    while (n-- > 0) {
        str_add(out, m->columns[path[n]].name);
        if (n)
            str_char(out, '.');
    }
}

const char *iceberg_pairs_get(const struct iceberg_pairs *pairs, const char *key)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (strcmp(pairs->items[i].key, key) == 0)
            return pairs->items[i].value;
    return NULL;
}
