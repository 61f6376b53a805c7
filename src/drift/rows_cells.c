/* Keys and cells of drift's rows. */
#include "drift/rows_cells.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { KEY_MOST = 3 };

struct table *drift_rows_cells_table(const struct drift_rows *r, const struct table_def *def)
{
    return store_find(r->store, def->name);
}

struct row *drift_rows_cells_row(const struct drift_rows *r, struct table *t, const struct drift_rows_key *more,
                                 size_t n)
{
    struct names *names = store_names(r->store);
    struct value key[KEY_MOST] = {value_text(name_intern(names, r->dataset, strlen(r->dataset)))};
    for (size_t i = 0; i < n && i + 1 < KEY_MOST; i++)
        key[i + 1] =
            more[i].bytes ? value_text(name_intern(names, more[i].bytes, more[i].len)) : value_int(more[i].number);
    struct row *row = table_upsert(t, key, r->owner);
    table_key_done(t, key);
    return row;
}

void drift_rows_cells_share(struct str *out, double part, double whole)
{
    str_printf(out, out->len ? " %d" : "%d", whole > 0 ? (int)lround(fmin(part / whole, 1) * 1000) : 0);
}

void drift_rows_cells_ratio(struct table *t, struct row *row, size_t column, double part, double whole)
{
    table_set_told(t, row, column, whole > 0 ? part / whole : NAN);
}

void drift_rows_cells_offsets(struct table *t, struct row *row, size_t column,
                              const struct drift_dataset_result *result, bool next)
{
    struct str s = {0};
    for (size_t i = 0; i < result->noffsets; i++) {
        const struct drift_part_offsets *o = &result->offsets[i];
        str_printf(&s, "%s%" PRId32 ":%" PRId64, i ? " " : "", o->partition, next ? o->next : o->first);
    }
    drift_rows_cells_text(t, row, column, &s);
    str_done(&s);
}

void drift_rows_cells_streak(struct table *t, struct row *row, const struct drift_rows_streak *columns,
                             enum drift_mark mark, const struct drift_streak *s)
{
    struct str holds = {0};
    for (int m = DRIFT_MARKS - 1; m > DRIFT_MARK_OK; m--)
        if (s->marks[m].windows)
            str_printf(&holds, "%s%s:%u:%" PRId64, holds.len ? " " : "", drift_mark_names[m].word, s->marks[m].windows,
                       s->marks[m].since_ms);
    table_set_text(t, row, columns->state, drift_mark_names[mark].word);
    table_set_int(t, row, columns->windows, s->marks[mark].windows, QUALITY_EXACT);
    table_set_int(t, row, columns->since, s->marks[mark].since_ms, QUALITY_EXACT);
    drift_rows_cells_text(t, row, columns->holds, &holds);
    str_done(&holds);
}

void drift_rows_cells_text(struct table *t, struct row *row, size_t column, struct str *s)
{
    if (s->len)
        table_set_bytes(t, row, column, s->s, s->len);
    else
        table_set_unknown(t, row, column);
    str_clear(s);
}
