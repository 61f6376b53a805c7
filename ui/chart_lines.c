/* Rows' values laid over each other, each with its name, its value and a line of its own kind. */
#include "ui/chart_parts.h"

#include "ui/series.h"

#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The i-th line as a picture of its own. */
static void gather_line(struct chart_picture *p, const struct chart_line *line, int i, const struct context *ctx,
                        struct cells *c, double *values, int n)
{
    int64_t now = ctx->format.now_ms;
    *p = (struct chart_picture){.ctx = ctx, .table = line->table, .row = line->row, .c = c, .n = 1};
    p->columns[0] = (int)line->column;
    p->declared[0] = *format_column(line->table, line->row, line->column, &p->declared[0]);
    p->span_ms = series_span(ctx->series, now, 0);
    const struct series *s =
        series_get(ctx->series, ctx, line->table, line->row, table_column(line->table, line->column)->name);
    p->range = series_sample(s, now - p->span_ms, now, values, values + n, n);
    p->series[0] = (struct graph_series){.values = values,
                                         .least = values + n,
                                         .n = n,
                                         .role = chart_roles[i],
                                         .style = (enum graph_style)i,
                                         .sign = (char)('1' + i)};
}

static void share_scale(struct chart_picture *p, int n)
{
    struct scale_range all = scale_range_none();
    for (int i = 0; i < n; i++) {
        all.low = fmin(all.low, p[i].range.low);
        all.high = fmax(all.high, p[i].range.high);
        all.positive = fmin(all.positive, p[i].range.positive);
    }
    for (int i = 0; i < n; i++)
        p[i].scale = scale_round(&all, p[i].declared[0].unit, p[i].ctx->format.si, p[i].declared[0].unit != UNIT_OFFSET,
                                 p[i].ctx->log_scale);
}

/* "1 -- lag payments  84.2 k  max 91 k  min 12"; in ASCII the line consists of its number. */
static void draw_name(const struct chart_picture *p, int i, const char *name, struct rect line)
{
    int x = line.x, end = line.x + line.w;
    struct str value = {0};
    format_cell(&value, &p->declared[0], row_get(p->row, (size_t)p->columns[0]), &p->ctx->format);
    x += cells_printf(p->c, x, line.y, end - x, chart_roles[i], "%d ", i + 1);
    if (!p->c->ascii && line.w >= 2 * CHART_AXIS) {
        graph_sample(p->c, x, line.y, p->ctx->graph, &p->series[0]);
        x += 3;
    }
    int room = end - x - (int)text_width(str_text(&value), value.len) - 3;
    x += cells_text(p->c, x, line.y, room > 0 ? room : 0, chart_roles[i], name) + 2;
    x += cells_text(p->c, x, line.y, end - x, ROLE_STRONG, str_text(&value)) + 2;
    str_done(&value);
    if (!isnan(p->range.high))
        chart_put_value(p, chart_put_value(p, x, line.y, end, "max", p->range.high), line.y, end, "min", p->range.low);
}

/* From the value to its height, 0 to 1, by the line's own scale. */
static void raise(const struct chart_picture *p, double *values, int n)
{
    enum { FINE = 10000 };
    for (int i = 0; i < n; i++)
        values[i] = isnan(values[i]) ? NAN : (double)scale_level(&p->scale, values[i], FINE) / (FINE - 1);
}

static void draw_right_axis(const struct chart_picture *p, struct rect plot, int width)
{
    const double ends[] = {p->scale.max, p->scale.min};
    for (int i = 0; i < 2; i++) {
        struct str s = {0};
        scale_label(&s, &p->declared[0], ends[i], p->ctx->format.si);
        cells_text(p->c, plot.x + plot.w + 2, i ? plot.y + plot.h - 1 : plot.y, width - 2, chart_roles[1],
                   str_text(&s));
        str_done(&s);
    }
}

/* The number of each line behind its last value, of those that stand between 0 and 1. */
static void draw_numbers(const struct graph_series *series, int n, struct cells *c, struct rect plot)
{
    struct chart_ends ends = {.n = n, .width = 1};
    int lines[VIEWS_SERIES];
    for (int i = 0; i < n; i++) {
        double last = series[i].n ? series[i].values[series[i].n - 1] : NAN;
        lines[i] = isnan(last) ? -1 : plot.y + plot.h - 1 - (int)(last * (plot.h - 1) + 0.5);
        snprintf(ends.names[i], sizeof ends.names[i], "%d", i + 1);
    }
    chart_ends_draw(&ends, c, plot, lines);
}

void chart_lines_draw(const struct chart_line *lines, int n, bool alike, const struct context *ctx, struct cells *c,
                      struct rect box)
{
    struct chart_picture p[VIEWS_SERIES];
    struct graph_series series[VIEWS_SERIES];
    enum graph_glyphs g = c->ascii ? GRAPH_ASCII : ctx->graph;
    n = n < VIEWS_SERIES ? n : VIEWS_SERIES;
    int right = alike || n != 2 ? 2 : CHART_AXIS, most = graph_columns(g, box.w);
    if (n < 1 || box.w < 1 || box.h < 1)
        return;
    double *values = mem_calloc((size_t)most + 1, 2 * VIEWS_SERIES * sizeof *values);
    for (int i = 0; i < n; i++) {
        gather_line(&p[i], &lines[i], i, ctx, c, values, most);
        if (i < box.h)
            draw_name(&p[i], i, lines[i].name, (struct rect){box.x, box.y + i, box.w, 1});
        share_scale(&p[i], 1);
    }
    if (alike)
        share_scale(p, n);
    int axis = chart_axis(&p[0], box.w);
    const struct rect plot = {box.x + axis, box.y + n + 1, box.w - axis - right, box.h - n - 2};
    int columns = graph_columns(g, plot.w);
    for (int i = 0; i < n && plot.h > 1 && plot.w >= CHART_AXIS; i++) {
        double *mine = values + (size_t)i * 2 * (size_t)most;
        const struct scale scale = p[i].scale;
        gather_line(&p[i], &lines[i], i, ctx, c, mine, columns);
        p[i].scale = scale;
        p[i].plot = plot;
        raise(&p[i], mine, 2 * columns);
        series[i] = p[i].series[0];
    }
    if (plot.h > 1 && plot.w >= CHART_AXIS) {
        graph_area(c, plot.x, plot.y, plot.w, plot.h, g, series, n, &(struct scale){.max = 1});
        chart_scale(&p[0], axis);
        if (!alike && n == 2)
            draw_right_axis(&p[1], plot, right);
        chart_times(ctx, c, (struct rect){plot.x, plot.y + plot.h, plot.w, 1}, p[0].span_ms);
        draw_numbers(series, n, c, plot);
    }
    free(values);
}
