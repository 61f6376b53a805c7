/* Cells of rows of commit cycles; see commit_cells.h. */
#include "derive/commit_cells.h"

struct value derive_commit_cells_name(struct name *n, enum quality q)
{
    return n ? (struct value){.s = n, .quality = q} : value_unknown();
}

void derive_commit_cells_number(struct table *t, struct row *r, size_t column, int64_t v, enum quality q)
{
    table_set_int(t, r, column, v, v == CONNECT_EVENT_UNKNOWN ? QUALITY_UNKNOWN : q);
}

void derive_commit_cells_text(struct table *t, struct row *r, size_t column, const struct name *n)
{
    if (n && n->len)
        table_set_bytes(t, r, column, n->raw, n->len);
    else
        table_set_unknown(t, r, column);
}

/* Of a settled cycle what is known stays, but for an estimate that is known for certain now. */
void derive_commit_cells_settled(struct table *t, struct row *r, size_t column, struct value v, bool settled)
{
    struct value old = row_get(r, column);
    if (settled && old.quality != QUALITY_UNKNOWN && !(old.quality == QUALITY_EST && v.quality == QUALITY_EXACT))
        return;
    table_set(t, r, column, v);
}

struct value derive_commit_cells_worker(const struct derive_commit_rows *w, const struct derive_sink *sink,
                                        int64_t task)
{
    struct name *worker = sink ? derive_sinks_worker(w->sinks, sink, task) : NULL;
    return derive_commit_cells_name(worker, sink && sink->connect ? QUALITY_EXACT : QUALITY_EST);
}
