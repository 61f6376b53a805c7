/* What the cells of a list say: values, ages, changes, sums. */
#include "ui/heads.h"
#include "ui/shares.h"
#include "ui/table_drawing.h"

#include "base/clock.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

enum { AGE_STEP_MS = 5000 };

/* The time of day; of another day the date as well. */
static void add_clock(struct drawing *d, int64_t time_ms)
{
    char today[16], day[16], text[32];
    clock_format(d->format.now_ms, d->format.utc, "%Y-%m-%d", today, sizeof today);
    clock_format(time_ms, d->format.utc, "%Y-%m-%d", day, sizeof day);
    bool same = strcmp(today, day) == 0;
    str_add(&d->texts, clock_format(time_ms, d->format.utc, same ? "%H:%M:%S" : "%m-%d %H:%M", text, sizeof text));
}

/* An age in steps of five seconds: to the second, every row of a list would change every second, which nobody reads and a
 * slow line pays for. Whoever wants to know asks for exact numbers, or inspects the row. */
static void add_age(struct drawing *d, const struct column *c, struct value v)
{
    int64_t age = d->format.now_ms - v.i;
    if (age >= 0 && age < AGE_STEP_MS && v.quality != QUALITY_GE && v.quality != QUALITY_LE) {
        str_add(&d->texts, "< 5 s");
        return;
    }
    if (age > 0)
        v.i = d->format.now_ms - age / AGE_STEP_MS * AGE_STEP_MS;
    format_cell(&d->texts, c, v, &d->format);
}

/* A change with its sign. */
static void add_change(struct drawing *d, const struct column *c, struct value v)
{
    bool more = v.quality && (c->type == COLUMN_REAL ? v.d > 0 : v.i > 0);
    bool less = v.quality && (c->type == COLUMN_REAL ? v.d < 0 : v.i < 0);
    if (c->type == COLUMN_REAL)
        v.d = fabs(v.d);
    else if (v.i < 0 && v.i > INT64_MIN)
        v.i = -v.i;
    if (c->type == COLUMN_REAL && c->unit == UNIT_SECONDS && v.d < 1 && !d->format.exact) {
        more = less = false;
        v.d = 0;
    }
    if (v.quality == QUALITY_EST && (more || less))
        str_char(&d->texts, '~');
    str_add(&d->texts, more ? "+" : less ? "-" : "");
    v.quality = v.quality == QUALITY_EST ? QUALITY_EXACT : v.quality;
    format_cell(&d->texts, c, v, &d->format);
}

bool table_text_heads(const struct drawing *d, int i, struct str *out)
{
    const char *of = d->v->pane->matrix;
    size_t before = out->len;
    if (!of || declared(d, i)->unit != UNIT_MARKS || d->v->at >= d->v->rows.n)
        return false;
    struct heads_names names = {0};
    heads_find(of, d->ctx, d->v->rows.items[d->v->at].row, &names);
    heads_text(&names, false, out);
    vec_done(&names);
    return out->len > before;
}

/* Of which column letters stand below heads; -1: of none. */
static int matrix_of(const struct drawing *d)
{
    int found = -1;
    struct str s = {0};
    for (int i = 0; d->v->pane->matrix && i < d->n; i++)
        found = table_text_heads(d, i, &s) ? i : found;
    str_done(&s);
    return found;
}

void table_text_make(struct drawing *d)
{
    int matrix = matrix_of(d);
    for (size_t r = 0; r < d->rows; r++) {
        const struct row *row = d->v->rows.items[d->first + r].row;
        for (int i = 0; i < d->n; i++) {
            d->offsets[r * (size_t)d->n + (size_t)i] = d->texts.len;
            struct value value = row_get(row, kept(d, i)->index);
            if (since_mark(d, i)) {
                add_change(d, declared(d, i), change(d, row, i));
                str_bytes(&d->texts, "", 1);
                continue;
            }
            struct column own;
            const struct column *c = format_column(d->v->table, row, kept(d, i)->index, &own);
            bool time = c->type == COLUMN_TIME && value.quality != QUALITY_UNKNOWN;
            if (time && d->v->pane->clock)
                add_clock(d, value.i);
            else if (time && !d->format.exact && !d->format.absolute)
                add_age(d, c, value);
            else if (c->unit == UNIT_SHARES && value.quality != QUALITY_UNKNOWN)
                shares_levels(&d->texts, value.s->safe);
            else if (i == matrix && value.quality != QUALITY_UNKNOWN)
                heads_spread(&d->texts, value.s->safe);
            else
                format_cell(&d->texts, c, value, &d->format);
            str_bytes(&d->texts, "", 1);
        }
    }
}

/* Off it is as if nothing had been drawn. */
void table_text_changes(struct drawing *d)
{
    struct table_flash before;
    d->flash = mem_calloc(d->rows * (size_t)d->n + 1, sizeof *d->flash);
    if (d->ctx->still) {
        table_flash_done(&d->v->flash);
        return;
    }
    table_flash_begin(&d->v->flash, d->rows, table_ncolumns(d->v->table), &before);
    for (size_t r = 0; r < d->rows; r++) {
        for (int i = 1; i < d->n; i++) {
            if (table_flash_counts(declared(d, i)))
                d->flash[r * (size_t)d->n + (size_t)i] =
                    table_flash_cell(&d->v->flash, &before, r, d->v->rows.items[d->first + r].id, kept(d, i)->index,
                                     d->texts.s + d->offsets[r * (size_t)d->n + (size_t)i], d->format.now_ms);
        }
    }
    table_flash_done(&before);
}

void table_text_total(struct drawing *d)
{
    struct sum *sums = mem_calloc(d->v->columns.n + 1, sizeof *sums);
    size_t n = table_tags_sum(d->v, sums);
    for (int i = 0; i < d->n; i++) {
        d->offsets[d->rows * (size_t)d->n + (size_t)i] = d->texts.len;
        if (i == 0)
            str_printf(&d->texts, "%zu marked", n);
        else if (sums_adds(declared(d, i)))
            format_cell(&d->texts, declared(d, i), sums_value(&sums[d->columns[i]], declared(d, i)), &d->format);
        str_bytes(&d->texts, "", 1);
    }
    free(sums);
}
