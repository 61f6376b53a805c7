/* Finds the bins of a row and draws both of their shares. */
#include "ui/shape.h"

#include "ui/beneath.h"
#include "ui/graph.h"
#include "ui/shape_over.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BINS = 500,
    GAP = 1,
    PERCENT = 8,
    NAME_MIN = 8,
    NAME_MOST = 28,
    SIDE_MOST = 60,
    BOTH_WIDTH = 130,
    OVER_MOST = 90
};

struct bin {
    const struct row *first, *last; /* of those that share its line */
    double reference, current;
    double order; /* ascending */
};

/* One drawing. */
struct drawing {
    const struct view_shape *def; /* of the first declaration that has bins */
    const struct context *ctx;
    const struct table *table; /* of the bins */
    struct cells *c;
    struct rect box;
    VEC(struct bin) bins;
    int label, side; /* cells */
    double most;
};

/* ---- bins ---- */

/* What is not known is nothing: a bin of one side alone. */
static double share(const struct row *r, const char *column)
{
    struct value v = row_cell(r, column);
    return v.quality == QUALITY_UNKNOWN || !(v.d > 0) ? 0 : v.d;
}

static int by_order(const void *a, const void *b)
{
    const struct bin *x = a, *y = b;
    return (x->order > y->order) - (x->order < y->order);
}

/* Finds the first declaration that has bins. */
static void find_bins(struct drawing *d, const struct view_shape *defs, const struct table *t, const struct row *r)
{
    for (int i = 0; i < VIEWS_SHAPES && defs[i].table && d->bins.n == 0; i++) {
        d->def = &defs[i];
        d->table = store_find(d->ctx->store, d->def->table);
        if (!d->table || table_nkeys(d->table) < table_nkeys(t))
            continue;
        for (const struct row *at = table_first(d->table); at && d->bins.n < BINS; at = row_next(at)) {
            if (!beneath_is(at, t, r))
                continue;
            struct bin b = {at, at, share(at, d->def->reference), share(at, d->def->current), 0};
            b.order = d->def->name ? -fabs(b.current - b.reference) : (double)row_cell(at, d->def->by).i;
            vec_push(&d->bins, b);
        }
    }
    if (d->bins.n > 1)
        qsort(d->bins.items, d->bins.n, sizeof *d->bins.items, by_order);
}

static double mass(const struct bin *b)
{
    return b->reference + b->current;
}

/* No more bins than lines: neighbours that have least are put together. */
static void merge(struct drawing *d, int lines)
{
    size_t room = lines > 0 ? (size_t)lines : 1;
    if (d->bins.n <= room)
        return;
    if (d->def->name) {
        d->bins.n = room;
        return;
    }
    while (d->bins.n > room) {
        struct bin *b = d->bins.items;
        size_t at = 0;
        for (size_t i = 1; i + 1 < d->bins.n; i++)
            at = mass(&b[i]) + mass(&b[i + 1]) < mass(&b[at]) + mass(&b[at + 1]) ? i : at;
        b[at].reference += b[at + 1].reference;
        b[at].current += b[at + 1].current;
        b[at].last = b[at + 1].last;
        memmove(&b[at + 1], &b[at + 2], (d->bins.n - at - 2) * sizeof *b);
        d->bins.n--;
    }
}

/* ---- the picture ---- */

static void add_edge(struct str *out, struct value v)
{
    if (v.quality == QUALITY_UNKNOWN)
        return;
    format_si(out, v.d);
}

/* "20 - 30", "< 20", ">= 30", or the bin's name. */
static void label(const struct drawing *d, const struct bin *b, struct str *out)
{
    const struct view_shape *def = d->def;
    if (def->name) {
        int column = table_column_index(d->table, def->name);
        if (column >= 0)
            format_cell(out, table_column(d->table, (size_t)column), row_get(b->first, (size_t)column),
                        &d->ctx->format);
        return;
    }
    struct value from = row_cell(b->first, def->from), to = row_cell(b->last, def->to);
    bool low = from.quality != QUALITY_UNKNOWN, high = to.quality != QUALITY_UNKNOWN;
    if (!low && !high)
        str_add(out, "all");
    else if (!low || !high)
        str_add(out, !low ? "< " : d->c->ascii ? ">= " : "\xe2\x89\xa5 ");
    add_edge(out, from);
    if (low && high)
        str_add(out, " \xe2\x80\x93 ");
    add_edge(out, to);
}

/* How wide labels are, and both sides. */
static void measure(struct drawing *d)
{
    int widest = NAME_MIN, most = d->box.w / 3 < NAME_MOST ? d->box.w / 3 : NAME_MOST;
    for (size_t i = 0; i < d->bins.n; i++) {
        struct str s = {0};
        label(d, &d->bins.items[i], &s);
        int width = (int)text_width(str_text(&s), s.len);
        widest = width > widest ? width : widest;
        d->most = fmax(d->most, fmax(d->bins.items[i].reference, d->bins.items[i].current));
        str_done(&s);
    }
    d->label = widest < most ? widest : most;
    d->side = (d->box.w - d->label - 2 * (PERCENT + GAP) - 1) / 2;
    d->side = d->side > SIDE_MOST ? SIDE_MOST : d->side;
}

static void draw_percent(const struct drawing *d, int x, int y, double part, bool strong)
{
    char text[16];
    snprintf(text, sizeof text, part > 0 && part < 0.0005 ? "< 0.1 %%" : "%.1f %%", 100 * part);
    cells_text_right(d->c, x, y, PERCENT,
                     strong     ? ROLE_STRONG
                     : part > 0 ? ROLE_TEXT
                                : ROLE_DIM,
                     part > 0 ? text : "0");
}

static void draw_bin(const struct drawing *d, const struct bin *b, int y, bool strong)
{
    enum graph_glyphs g = d->c->ascii ? GRAPH_ASCII : d->ctx->graph;
    struct str s = {0};
    label(d, b, &s);
    if (d->def->name)
        cells_text(d->c, d->box.x, y, d->label, strong ? ROLE_STRONG : ROLE_TEXT, str_text(&s));
    else
        cells_text_right(d->c, d->box.x, y, d->label, strong ? ROLE_STRONG : ROLE_TEXT, str_text(&s));
    str_done(&s);
    int x = d->box.x + d->label;
    draw_percent(d, x, y, b->reference, strong);
    int axis = x + PERCENT + GAP + d->side;
    int filled = d->most > 0 ? (int)(b->reference / d->most * d->side + 0.5) : 0;
    filled = b->reference > 0 && filled == 0 ? 1 : filled;
    for (int i = 1; i <= filled && i <= d->side; i++)
        cells_glyph(d->c, axis - i, y, ROLE_CHART2, g == GRAPH_ASCII ? ':' : 0x2592, ':');
    cells_glyph(d->c, axis, y, ROLE_DIM, g == GRAPH_ASCII ? '|' : 0x2502, '|');
    graph_bar(d->c, axis + 1, y, d->side, g, ROLE_CHART, b->current, d->most);
    draw_percent(d, axis + 1 + d->side, y, b->current, strong);
}

static void draw_heading(const struct drawing *d)
{
    static const char reference[] = "REFERENCE";
    bool ascii = d->c->ascii || d->ctx->graph == GRAPH_ASCII;
    int axis = d->box.x + d->label + PERCENT + GAP + d->side, width = (int)sizeof reference - 1;
    int x = axis - 2 - width;
    if (x > d->box.x)
        cells_text(d->c, x, d->box.y, width, ROLE_TITLE, reference);
    cells_glyph(d->c, axis - 1, d->box.y, ROLE_CHART2, ascii ? ':' : 0x2592, ':');
    cells_glyph(d->c, axis + 1, d->box.y, ROLE_CHART, ascii ? '#' : 0x2588, '#');
    cells_text(d->c, axis + 3, d->box.y, d->box.x + d->box.w - axis - 3, ROLE_TITLE, "CURRENT");
}

int shape_height(const struct view_shape *defs, const struct context *ctx, const struct table *t, const struct row *r)
{
    struct drawing d = {.ctx = ctx};
    find_bins(&d, defs, t, r);
    int lines = d.bins.n ? (int)d.bins.n + 1 : 0;
    vec_done(&d.bins);
    return lines;
}

/* Both in one picture, where there is room beside. */
static void draw_over(const struct drawing *d, struct rect box)
{
    struct shape_over_bin *bins = mem_calloc(d->bins.n, sizeof *bins);
    struct str *names = mem_calloc(d->bins.n, sizeof *names);
    for (size_t i = 0; i < d->bins.n; i++) {
        const struct bin *b = &d->bins.items[i];
        if (d->def->name)
            label(d, b, &names[i]);
        else
            add_edge(&names[i], row_cell(b->first, d->def->from));
        bins[i] = (struct shape_over_bin){b->reference, b->current, str_text(&names[i])};
    }
    shape_over_draw(d->c, box, d->ctx->graph, bins, (int)d->bins.n);
    for (size_t i = 0; i < d->bins.n; i++)
        str_done(&names[i]);
    free(names);
    free(bins);
}

void shape_draw(const struct view_shape *defs, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box)
{
    enum { WIDTH_MIN = NAME_MIN + 2 * (PERCENT + GAP) + 5 };
    struct drawing d = {.ctx = ctx, .c = c, .box = box};
    find_bins(&d, defs, t, r);
    if (d.bins.n && box.h > 1 && box.w >= WIDTH_MIN) {
        size_t far = 0;
        merge(&d, box.h - 1);
        if (box.w >= BOTH_WIDTH && box.h >= SHAPE_OVER_HEIGHT) {
            int over = box.w / 2 - 2 < OVER_MOST ? box.w / 2 - 2 : OVER_MOST;
            draw_over(&d, (struct rect){box.x + box.w - over, box.y, over, box.h});
            d.box.w -= over + 4;
        }
        measure(&d);
        for (size_t i = 1; i < d.bins.n; i++) {
            const struct bin *a = &d.bins.items[i], *b = &d.bins.items[far];
            far = fabs(a->current - a->reference) > fabs(b->current - b->reference) ? i : far;
        }
        draw_heading(&d);
        for (size_t i = 0; i < d.bins.n; i++)
            draw_bin(&d, &d.bins.items[i], box.y + 1 + (int)i, i == far);
    }
    vec_done(&d.bins);
}
