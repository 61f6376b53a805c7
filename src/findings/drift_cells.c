/* Cells of drift's rows, as rules want them. */
#include "findings/drift_cells.h"

#include "drift/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double findings_drift_cells_real(const struct row *r, size_t column)
{
    struct value v = row_get(r, column);
    return v.quality == QUALITY_UNKNOWN ? NAN : v.d;
}

struct findings_words findings_drift_cells_share(double share)
{
    struct findings_words w = {"?"};
    if (!isnan(share))
        snprintf(w.s, sizeof w.s, "%.3g %%", share * 100);
    return w;
}

static unsigned mark_of(const char *word, size_t len)
{
    for (unsigned m = 0; m < DRIFT_MARKS; m++)
        if (strlen(drift_mark_names[m].word) == len && memcmp(drift_mark_names[m].word, word, len) == 0)
            return 1U << m;
    return 0;
}

unsigned findings_drift_cells_marks(const char *state, const char *note)
{
    static const char also[] = "also ";
    unsigned marks = state ? mark_of(state, strlen(state)) : 0;
    if (!note || strncmp(note, also, strlen(also)) != 0)
        return marks;
    for (note += strlen(also); *note; note += strspn(note, ", ")) {
        size_t len = strcspn(note, ", ");
        marks |= mark_of(note, len);
        note += len;
    }
    return marks;
}

const struct row *findings_drift_cells_dataset(const struct findings_world *world, struct value dataset)
{
    const struct table *t = store_find(world->store, drift_table_datasets.name);
    return t && dataset.quality != QUALITY_UNKNOWN ? table_find(t, &dataset) : NULL;
}

bool findings_drift_cells_read(const struct findings_world *world, const struct row *r, size_t state, size_t windows,
                               size_t since, struct findings_drift_cells *ret)
{
    int64_t n = derive_cells_number(r, windows);
    if (n == CONNECT_EVENT_UNKNOWN || n < FINDINGS_DRIFT_WINDOWS)
        return false;
    struct value dataset = row_get(r, 0);
    const struct row *d = findings_drift_cells_dataset(world, dataset);
    *ret = (struct findings_drift_cells){.row = r,
                                         .dataset = dataset.s->raw,
                                         .cluster = derive_cells_raw(d, DATASETS_CLUSTER),
                                         .topic = derive_cells_raw(d, DATASETS_TOPIC),
                                         .state = derive_cells_raw(r, state),
                                         .windows = n,
                                         .since_ms = derive_cells_number(r, since)};
    return ret->state != NULL;
}
