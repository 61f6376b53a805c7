/* Finds the bins of a row, what is known of each over time, and which of them share a line. */
#include "ui/heat_rows.h"

#include "ui/beneath.h"
#include "ui/chart.h"
#include "ui/heat.h"
#include "ui/series.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 150, GAP = 1, BAR = 18, BAR_MIN = 8, PERCENT = 7, TRACK_MIN = 20, FRAME = 3 };

struct bin {
    double to; /* its upper bound */
    const struct row *row;
};

/* One drawing. Lines are counted from the bottom. */
struct drawing {
    const struct view_heat *def;
    const struct context *ctx;
    const struct table *table, *bins_table;
    const struct row *row;
    struct cells *c;
    enum graph_glyphs g;
    VEC(struct bin) bins; /* by their bounds */
    double *values;       /* of each bin, columns of them */
    int columns, lines;
    size_t first, end; /* those bins that are drawn */
    int64_t span_ms;
};

/* ---- amounts ---- */

/* How it is measured: by the row's own word, or by the last one of its name. */
static enum column_unit unit_of(const struct drawing *d)
{
    const char *told = d->def->unit ? row_text(d->row, d->def->unit) : "";
    const char *name = !*told && d->def->name ? row_text(d->row, d->def->name) : "", *last = strrchr(name, '_');
    return format_unit(*told ? told : last ? last + 1 : name);
}

/* "12 ms", "1.25 s", "500 us". Where a cell of a table is content with tenths, bounds are told from each other. */
static void add_seconds(const struct drawing *d, struct str *out, double seconds)
{
    double size = fabs(seconds);
    if (size >= 60 || seconds == 0) {
        format_duration(out, seconds);
        return;
    }
    format_si(out, seconds * (size < 1e-3 ? 1e6 : size < 1 ? 1e3 : 1));
    str_add(out, size >= 1 ? " s" : size >= 1e-3 ? " ms" : d->c->ascii ? " us" : " \xc2\xb5s");
}

/* "12 ms", "64 KiB", "0.5". */
static void add_amount(const struct drawing *d, struct str *out, double v)
{
    enum column_unit unit = unit_of(d);
    if (isnan(v) || isinf(v))
        str_add(out, isnan(v) ? "-" : v > 0 ? "inf" : "-inf");
    else if (unit == UNIT_LATENCY || unit == UNIT_MS)
        add_seconds(d, out, unit == UNIT_MS ? v / 1000 : v);
    else if (unit == UNIT_BYTES && fabs(v) < 1e18)
        format_bytes(out, (int64_t)v, d->ctx->format.si);
    else
        format_si(out, v);
}

/* ---- bins ---- */

static int by_bound(const void *a, const void *b)
{
    const struct bin *x = a, *y = b;
    return (x->to > y->to) - (x->to < y->to);
}

static void find_bins(struct drawing *d)
{
    d->bins_table = store_find(d->ctx->store, d->def->table);
    if (!d->bins_table || table_nkeys(d->bins_table) != table_nkeys(d->table) + 1)
        return;
    for (const struct row *r = table_first(d->bins_table); r && d->bins.n < BINS; r = row_next(r))
        if (beneath_is(r, d->table, d->row))
            vec_push(&d->bins, ((struct bin){row_cell(r, d->def->by).d, r}));
    if (d->bins.n > 1)
        qsort(d->bins.items, d->bins.n, sizeof *d->bins.items, by_bound);
}

static bool has_any(const struct drawing *d, size_t bin)
{
    for (int i = 0; i < d->columns; i++)
        if (d->values[bin * (size_t)d->columns + (size_t)i] > 0)
            return true;
    return false;
}

/* Which bins are drawn on how many lines. */
static void choose(struct drawing *d, int room)
{
    size_t most = room > 0 ? (size_t)room : 1;
    d->first = 0;
    d->end = d->bins.n;
    for (bool left = true; left && d->end - d->first > most;) { /* one at the top, one at the bottom */
        left = false;
        if (!has_any(d, d->end - 1))
            d->end--, left = true;
        if (d->end - d->first > most && !has_any(d, d->first))
            d->first++, left = true;
    }
    size_t n = d->end - d->first;
    d->lines = (int)(n < most ? n : most);
}

/* The first bin of a line, and the one after its last. */
static size_t line_first(const struct drawing *d, int line)
{
    return d->first + (size_t)line * (d->end - d->first) / (size_t)d->lines;
}

static size_t line_end(const struct drawing *d, int line)
{
    return line_first(d, line + 1);
}

static void sample(struct drawing *d)
{
    int64_t now = d->ctx->format.now_ms;
    d->values = mem_calloc(d->bins.n * (size_t)d->columns + 1, sizeof *d->values);
    for (size_t i = 0; i < d->bins.n; i++) /* all are asked for before it is known how far back they go */
        series_get(d->ctx->series, d->ctx, d->bins_table, d->bins.items[i].row, d->def->value);
    d->span_ms = series_span(d->ctx->series, now, 0); /* as charts beside it */
    for (size_t i = 0; i < d->bins.n; i++) {
        const struct series *s = series_get(d->ctx->series, d->ctx, d->bins_table, d->bins.items[i].row, d->def->value);
        series_sample(s, now - d->span_ms, now, d->values + i * (size_t)d->columns, NULL, d->columns);
    }
}

/* The values of the lines: what their bins have together. */
static double *add_up(const struct drawing *d)
{
    size_t columns = (size_t)d->columns;
    double *sums = mem_calloc((size_t)d->lines * columns + 1, sizeof *sums);
    for (int line = 0; line < d->lines; line++)
        for (size_t i = 0; i < columns; i++) {
            double sum = NAN;
            for (size_t b = line_first(d, line); b < line_end(d, line); b++) {
                double v = d->values[b * columns + i];
                sum = isnan(v) ? sum : isnan(sum) ? v : sum + v;
            }
            sums[(size_t)line * columns + i] = sum;
        }
    return sums;
}

/* ---- words ---- */

static void bound_text(const struct drawing *d, int line, struct str *out)
{
    const struct bin *top = &d->bins.items[line_end(d, line) - 1];
    size_t first = line_first(d, line);
    bool open = isinf(top->to) && top->to > 0 && first > 0;
    if (isinf(top->to) && !open) {
        str_add(out, "all");
        return;
    }
    str_add(out, open ? "> " : d->c->ascii ? "<= " : "\xe2\x89\xa4 ");
    add_amount(d, out, open ? d->bins.items[first - 1].to : top->to);
}

static int bound_width(const struct drawing *d)
{
    int most = 0;
    for (int line = 0; line < d->lines; line++) {
        struct str s = {0};
        bound_text(d, line, &s);
        int width = (int)text_width(str_text(&s), s.len);
        most = width > most ? width : most;
        str_done(&s);
    }
    return most;
}

/* "p50 12 ms  p95 80 ms". */
static void draw_quantiles(const struct drawing *d, struct rect box)
{
    int x = box.x;
    const char *at = d->def->quantiles ? d->def->quantiles : "";
    while (*at) {
        char name[32];
        struct str s = {0};
        size_t len = strcspn(at, " ");
        struct value v = value_unknown();
        if (len < sizeof name) {
            memcpy(name, at, len);
            name[len] = '\0';
            v = row_cell(d->row, name);
            if (v.quality == QUALITY_EST)
                str_char(&s, '~');
            add_amount(d, &s, v.quality == QUALITY_UNKNOWN ? NAN : v.d);
            x += cells_text(d->c, x, box.y, box.x + box.w - x, ROLE_DIM, name) + 1;
            x += cells_text(d->c, x, box.y, box.x + box.w - x, ROLE_STRONG, str_text(&s)) + 2;
        }
        str_done(&s);
        at += len + strspn(at + len, " ");
    }
}

/* One shade with its words; returns where the next goes. What does not fit is left out. */
static int put_shade(const struct drawing *d, int x, int y, int end, int shade, const char *words)
{
    int width = 2 + (int)text_width(words, strlen(words));
    if (x + width > end)
        return x;
    heat_glyph(d->c, x, y, d->g, shade);
    cells_text(d->c, x + 2, y, width, ROLE_DIM, words);
    return x + width + 2;
}

static void draw_legend(const struct drawing *d, const struct heat *h, struct rect box)
{
    int x = box.x, end = box.x + box.w;
    const struct column *value = table_column(d->bins_table, (size_t)table_column_index(d->bins_table, d->def->value));
    bool gaps = false;
    for (size_t i = 0; i < (size_t)h->lines * (size_t)h->columns; i++)
        gaps |= isnan(h->values[i]);
    if (gaps)
        x = put_shade(d, x, box.y, end, HEAT_UNKNOWN, "not known");
    for (int shade = 1; shade <= HEAT_SHADES && h->all > 0; shade++) {
        struct str s = {0};
        if (shade == 1)
            str_add(&s, "some");
        else if (h->share)
            str_printf(&s, "%.0f %%", 100 * heat_threshold(h, shade));
        else
            scale_value(&s, value, h->all * heat_threshold(h, shade), d->ctx->format.si);
        if (shade > 1 && !h->share)
            str_add(&s, "/s");
        if (shade == HEAT_SHADES)
            str_add(&s, " or more");
        x = put_shade(d, x, box.y, end, shade, str_text(&s));
        str_done(&s);
    }
    const char *of = "of what was observed then";
    if (h->share && h->all > 0 && x + (int)strlen(of) <= end)
        cells_text(d->c, x - 1, box.y, end - x + 1, ROLE_DIM, of);
    if (!(h->all > 0) && !gaps)
        cells_text(d->c, x, box.y, end - x, ROLE_DIM, "nothing was observed");
}

/* ---- the picture ---- */

/* What each line has now, as a part of all. */
static void draw_bars(const struct drawing *d, struct rect box)
{
    int bar = box.w - PERCENT;
    for (int line = 0; line < d->lines; line++) {
        double share = NAN;
        for (size_t b = line_first(d, line); b < line_end(d, line); b++) {
            struct value v = row_cell(d->bins.items[b].row, d->def->share);
            if (v.quality != QUALITY_UNKNOWN)
                share = (isnan(share) ? 0 : share) + v.d;
        }
        int y = box.y + box.h - 1 - line;
        char text[16];
        snprintf(text, sizeof text, share >= 0.0995 ? "%.0f %%" : "%.1f %%", 100 * share);
        cells_text_right(d->c, box.x, y, PERCENT - 1, share > 0 ? ROLE_TEXT : ROLE_DIM,
                         isnan(share)     ? "-"
                         : !(share > 0)   ? "0"
                         : share < 0.0005 ? "< 0.1 %"
                                          : text);
        if (bar >= BAR_MIN)
            graph_bar(d->c, box.x + PERCENT, y, bar, d->g, ROLE_CHART2, share, 1);
    }
}

static void draw_lines(struct drawing *d, struct rect box, int label, int bars)
{
    struct rect strip = {box.x + label + GAP, box.y + 1, d->columns, d->lines};
    double *values = add_up(d);
    struct heat h = {.values = values, .lines = d->lines, .columns = d->columns, .share = !d->ctx->heat_counts};
    heat_measure(&h);
    heat_draw(&h, d->c, strip, d->g);
    for (int line = 0; line < d->lines; line++) {
        struct str s = {0};
        bound_text(d, line, &s);
        cells_text_right(d->c, box.x, strip.y + d->lines - 1 - line, label, ROLE_DIM, str_text(&s));
        str_done(&s);
    }
    chart_times(d->ctx, d->c, (struct rect){strip.x, strip.y + d->lines, strip.w, 1}, d->span_ms);
    if (bars) {
        int x = strip.x + strip.w + GAP;
        cells_text(d->c, x + 1, box.y, box.x + box.w - x - 1, ROLE_DIM, "last interval");
        draw_bars(d, (struct rect){x, strip.y, bars, d->lines});
    }
    draw_legend(d, &h, (struct rect){strip.x, strip.y + d->lines + 1, box.x + box.w - strip.x, 1});
    free(values);
}

int heat_rows_height(const struct view_heat *def, const struct context *ctx, const struct table *t, const struct row *r)
{
    struct drawing d = {.def = def, .ctx = ctx, .table = t, .row = r};
    find_bins(&d);
    int lines = d.bins.n ? FRAME + (int)d.bins.n : 0;
    vec_done(&d.bins);
    return lines && lines < HEAT_ROWS_MIN ? HEAT_ROWS_MIN : lines;
}

void heat_rows_draw(const struct view_heat *def, const struct context *ctx, const struct table *t, const struct row *r,
                    struct cells *c, struct rect box)
{
    struct drawing d = {.def = def, .ctx = ctx, .table = t, .row = r, .c = c};
    d.g = c->ascii ? GRAPH_ASCII : ctx->graph;
    find_bins(&d);
    if (d.bins.n && box.h > FRAME) {
        enum { LABEL = 10 };
        int bars = box.w >= LABEL + TRACK_MIN + 2 * GAP + PERCENT + BAR ? PERCENT + BAR : PERCENT;
        bars = def->share && box.w >= LABEL + TRACK_MIN + 2 * GAP + PERCENT ? bars : 0;
        d.columns = box.w - LABEL - GAP - (bars ? bars + GAP : 0);
        d.columns = d.columns > 0 ? d.columns : 1;
        sample(&d);
        choose(&d, box.h - FRAME);
        int label = bound_width(&d);
        draw_quantiles(&d, (struct rect){box.x, box.y, box.w - (bars ? bars + GAP : 0), 1});
        draw_lines(&d, box, label < LABEL ? LABEL : label, bars);
        free(d.values);
    }
    vec_done(&d.bins);
}
