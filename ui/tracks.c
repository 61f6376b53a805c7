/* Tracks: sorts the rows by time, and draws the last values of each column. */
#include "ui/tracks.h"

#include "ui/table_view_internal.h"

#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRACKS_MAX = 6, SIGN = 2, GAP = 2, TRACK_MIN = 10, WORDS = 44, TRACK_MOST = 400 };

/* The declared columns that the table has. */
static int columns_of(const struct table_view *v, int columns[TRACKS_MAX])
{
    int n = 0;
    const char *at = v->table && !v->groups ? v->pane->tracks : NULL;
    while (at && *at && n < TRACKS_MAX) {
        char name[64];
        size_t len = strcspn(at, " ");
        if (len < sizeof name) {
            memcpy(name, at, len);
            name[len] = '\0';
            int i = table_column_index(v->table, name);
            if (i >= 0)
                columns[n++] = i;
        }
        at += len + strspn(at + len, " ");
    }
    return n;
}

int tracks_lines(const struct table_view *v, int most)
{
    int columns[TRACKS_MAX];
    int n = v->all.n > 1 ? columns_of(v, columns) : 0;
    return n < most ? n : most > 0 ? most : 0;
}

struct moment {
    int64_t ms;
    const struct row *row;
};

static int by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    return x->ms != y->ms ? (x->ms < y->ms ? -1 : 1) : 0;
}

/* The rows that have a time, in its order, on the heap. */
static struct moment *moments(const struct table_view *v, size_t *n)
{
    struct moment *m = mem_calloc(v->all.n, sizeof *m);
    *n = 0;
    for (size_t i = 0; i < v->all.n; i++) {
        struct value at = row_cell(v->all.items[i].row, v->pane->tracks_by);
        if (at.quality != QUALITY_UNKNOWN)
            m[(*n)++] = (struct moment){at.i, v->all.items[i].row};
    }
    qsort(m, *n, sizeof *m, by_time);
    return m;
}

static void words(struct str *out, const struct column *column, const struct scale_range *range, double last, bool si)
{
    const double values[] = {range->low, range->high, last};
    static const char *const names[] = {"", " to ", ", last "};
    if (isnan(range->low))
        return;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        str_add(out, names[i]);
        if (isnan(values[i]))
            str_char(out, '-');
        else
            scale_value(out, column, values[i], si);
    }
}

static void draw_track(const struct context *ctx, const struct table *t, int column, const struct moment *m, size_t n,
                       struct cells *c, struct rect at, int label)
{
    const struct column *shown = table_column(t, (size_t)column);
    struct scale_range range = scale_range_none();
    double values[TRACK_MOST];
    int x = at.x + SIGN + label + GAP, width = at.w - SIGN - label - GAP - WORDS;
    if (width < TRACK_MIN)
        width = at.w - SIGN - label - GAP;
    width = width < TRACK_MOST ? width : TRACK_MOST;
    int count = n < (size_t)(width > 0 ? width : 0) ? (int)n : width > 0 ? width : 0;
    for (int i = 0; i < count; i++) {
        struct value v = row_get(m[n - (size_t)count + (size_t)i].row, (size_t)column);
        values[i] = v.quality == QUALITY_UNKNOWN ? NAN : shown->type == COLUMN_REAL ? v.d : (double)v.i;
    }
    scale_range_add(&range, values, count);
    cells_text(c, at.x + SIGN, at.y, label, ROLE_DIM, shown->title ? shown->title : shown->name);
    struct scale scale = scale_tight(&range, ctx->log_scale);
    if (count > 0 && !isnan(range.high))
        graph_sparkline(c, x, at.y, count, ctx->graph, ROLE_CHART, values, count, &scale);
    struct str s = {0};
    words(&s, shown, &range, count > 0 ? values[count - 1] : NAN, ctx->format.si);
    int behind = x + count + GAP, room = at.x + at.w - behind;
    if ((int)text_width(str_text(&s), s.len) <= room)
        cells_text(c, behind, at.y, room, ROLE_DIM, str_text(&s));
    str_done(&s);
}

void tracks_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    int columns[TRACKS_MAX], label = 0;
    int n = columns_of(v, columns);
    size_t rows;
    if (n == 0 || v->all.n < 2)
        return;
    struct moment *m = moments(v, &rows);
    for (int i = 0; i < n; i++) {
        const struct column *shown = table_column(v->table, (size_t)columns[i]);
        const char *title = shown->title ? shown->title : shown->name;
        int mine = (int)text_width(title, strlen(title));
        label = mine > label ? mine : label;
    }
    for (int i = 0; i < n && i < box.h; i++)
        draw_track(ctx, v->table, columns[i], m, rows, c, (struct rect){box.x, box.y + i, box.w, 1}, label);
    free(m);
}
