/* Cells of drift's rows, as rules want them. */
#include "findings/drift_cells.h"

#include "drift/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

/* DRIFT_MARKS: none has that word. */
static unsigned mark_of(const char *word, size_t len)
{
    unsigned m = 0;
    while (m < DRIFT_MARKS && (strlen(drift_mark_names[m].word) != len || memcmp(drift_mark_names[m].word, word, len)))
        m++;
    return m;
}

/* "DRIFT:2:1699999990000 NULLS:9:1699999590000" */
static void read_holds(const char *text, struct findings_drift_cells *c)
{
    while (text && *text) {
        size_t len = strcspn(text, ":");
        unsigned m = mark_of(text, len);
        char *end;
        long long windows = text[len] ? strtoll(text + len + 1, &end, 10) : 0;
        if (m == DRIFT_MARKS || !text[len] || *end != ':')
            return;
        c->held[m].windows = windows;
        c->held[m].since_ms = strtoll(end + 1, &end, 10);
        c->marks |= windows >= FINDINGS_DRIFT_WINDOWS ? 1U << m : 0;
        text = end + strspn(end, " ");
    }
}

const struct row *findings_drift_cells_dataset(const struct findings_world *world, struct value dataset)
{
    const struct table *t = store_find(world->store, drift_table_datasets.name);
    return t && dataset.quality != QUALITY_UNKNOWN ? table_find(t, &dataset) : NULL;
}

/* NULL: unknown, or there is no such column. */
static const char *text_of(const struct row *r, const char *column)
{
    const struct value v = row_cell(r, column);
    return v.quality == QUALITY_UNKNOWN ? NULL : v.s->raw;
}

void findings_drift_cells_brought(struct findings_look *look, const struct row *r)
{
    const char *commit = text_of(r, "brought_commit"), *by = text_of(r, "brought_by");
    const struct value at = row_cell(r, "brought_at");
    if (!commit || !by)
        return;
    char text[200];
    snprintf(text, sizeof text, "brought by %s", by);
    findings_evidence(look, text, at.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : at.i, "commits",
                      "commit_id = %s", commit);
}

bool findings_drift_cells_read(const struct findings_world *world, const struct row *r, size_t holds,
                               struct findings_drift_cells *ret)
{
    struct value dataset = row_get(r, 0);
    const struct row *d = findings_drift_cells_dataset(world, dataset);
    *ret = (struct findings_drift_cells){.row = r,
                                         .dataset = dataset.s->raw,
                                         .cluster = derive_cells_raw(d, DATASETS_CLUSTER),
                                         .topic = derive_cells_raw(d, DATASETS_TOPIC)};
    read_holds(derive_cells_raw(r, holds), ret);
    return ret->marks != 0;
}
