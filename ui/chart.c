/* Charts of a row's recent values; the numbers are said in words beside the picture. */
#include "ui/chart_parts.h"

#include "ui/series.h"

#include "base/mem.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

static const char *heading(const struct column *c)
{
    return c->title ? c->title : c->name;
}

static void add_value(const struct chart_picture *p, int i, struct str *out)
{
    format_cell(out, &p->declared[i], row_get(p->row, (size_t)p->columns[i]), &p->ctx->format);
}

enum { SAMPLE = 3 }; /* cells of a piece of a line, in the legend */

/* Is there room for a piece of each line before its name, beside all else? */
static bool samples_fit(const struct chart_picture *p, int width)
{
    struct str s = {0};
    int used = -2;
    for (int i = 0; i < p->n; i++) {
        str_clear(&s);
        str_printf(&s, "%s ", heading(&p->declared[i]));
        add_value(p, i, &s);
        used += SAMPLE + (int)text_width(s.s, s.len) + 2;
    }
    for (int i = 0; i < 2 && !isnan(p->range.high); i++) {
        str_clear(&s);
        scale_value(&s, &p->declared[0], i ? p->range.low : p->range.high, p->ctx->format.si);
        used += (int)text_width(s.s, s.len) + 6;
    }
    str_done(&s);
    return p->n > 1 && used + (p->scale.least > 0 ? 5 : 0) <= width;
}

/* "lag 84.2 k  max 91 k  min 12", or for several "in/s 3.1 k  out/s 1.9 k  max 3.1 k", each in the role it is drawn in,
 * and behind a piece of its line. */
static void draw_words(const struct chart_picture *p, struct rect box)
{
    int x = box.x, end = box.x + box.w;
    bool samples = samples_fit(p, box.w);
    struct str s = {0};
    for (int i = 0; i < p->n; i++) {
        if (samples)
            graph_sample(p->c, x, box.y, p->ctx->graph, &p->series[i]);
        x += samples ? SAMPLE : 0;
        if (p->n == 1)
            x += cells_text(p->c, x, box.y, end - x, ROLE_TITLE, p->title) + 1;
        else
            x = chart_put(p->c, x, box.y, end, chart_roles[i], heading(&p->declared[i])) + 1;
        str_clear(&s);
        add_value(p, i, &s);
        x = chart_put(p->c, x, box.y, end, ROLE_STRONG, str_text(&s)) + 2;
    }
    str_done(&s);
    if (isnan(p->range.high))
        return;
    x = chart_put_value(p, x, box.y, end, "max", p->range.high);
    x = chart_put_value(p, x, box.y, end, "min", p->range.low);
    if (p->scale.least > 0)
        chart_put(p->c, x, box.y, end, ROLE_DIM, "log");
}

static const char signs[VIEWS_SERIES] = {'*', '+', 'o', 'x'}; /* what lines are drawn with in ASCII */

/* Which columns there are, and what is known of them over the span. */
static void gather(struct chart_picture *p, const struct view_chart *chart, double *values, int n)
{
    int64_t now = p->ctx->format.now_ms;
    for (int i = 0; i < VIEWS_SERIES && chart->columns[i]; i++) {
        int column = table_column_index(p->table, chart->columns[i]);
        if (column < 0)
            continue;
        double *mine = values + (size_t)p->n * 2 * (size_t)n;
        const struct series *s = series_get(p->ctx->series, p->ctx, p->table, p->row, chart->columns[i]);
        p->span_ms = series_span(p->ctx->series, now, 0);
        struct scale_range r = series_sample(s, now - p->span_ms, now, mine, mine + n, n);
        p->range.low = fmin(p->range.low, r.low);
        p->range.high = fmax(p->range.high, r.high);
        p->range.positive = fmin(p->range.positive, r.positive);
        p->columns[p->n] = column;
        p->declared[p->n] = *format_column(p->table, p->row, (size_t)column, &p->declared[p->n]);
        p->series[p->n] = (struct graph_series){.values = mine,
                                                .least = mine + n,
                                                .n = n,
                                                .role = chart_roles[p->n],
                                                .fill = !chart->columns[1],
                                                .style = (enum graph_style)p->n,
                                                .sign = signs[p->n]};
        p->n++;
    }
}

/* The names behind the lines; -1 is the line of what is not known now. */
static void draw_ends(const struct chart_picture *p, const struct chart_ends *ends)
{
    int lines[VIEWS_SERIES];
    for (int i = 0; i < p->n; i++) {
        const struct graph_series *s = &p->series[i];
        bool known = s->n > 0 && !isnan(s->values[s->n - 1]);
        lines[i] = known ? chart_line_of(p, s->values[s->n - 1]) : -1;
    }
    chart_ends_draw(ends, p->c, p->plot, lines);
}

static void draw_plot(struct chart_picture *p, const struct view_chart *chart, struct rect box, double *values)
{
    const char *names[VIEWS_SERIES];
    struct chart_ends ends;
    enum graph_glyphs g = p->c->ascii ? GRAPH_ASCII : p->ctx->graph;
    for (int i = 0; i < p->n; i++)
        names[i] = heading(&p->declared[i]);
    int axis = chart_axis(p, box.w), right = chart_ends_name(&ends, names, p->n, box.w);
    p->plot = (struct rect){box.x + axis, box.y + 1, box.w - axis - right, box.h - 2};
    if (p->plot.h < 1 || p->plot.w < CHART_AXIS)
        return;
    p->n = 0;
    gather(p, chart, values, graph_columns(g, p->plot.w));
    graph_area(p->c, p->plot.x, p->plot.y, p->plot.w, p->plot.h, g, p->series, p->n, &p->scale);
    chart_scale(p, axis);
    chart_times(p->ctx, p->c, (struct rect){p->plot.x, p->plot.y + p->plot.h, p->plot.w, 1}, p->span_ms);
    draw_ends(p, &ends);
}

void chart_draw(const struct view_chart *chart, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box)
{
    if (box.w < 1 || box.h < 1)
        return;
    struct chart_picture p = {
        .ctx = ctx, .table = t, .row = r, .c = c, .title = chart->title, .range = scale_range_none()};
    int most = graph_columns(c->ascii ? GRAPH_ASCII : ctx->graph, box.w);
    double *values = mem_calloc((size_t)most + 1, 2 * VIEWS_SERIES * sizeof *values);
    gather(&p, chart, values, most);
    if (p.n > 0) {
        enum column_unit unit = p.declared[0].unit;
        p.scale = scale_round(&p.range, unit, ctx->format.si, unit != UNIT_OFFSET, ctx->log_scale);
        draw_words(&p, box);
        draw_plot(&p, chart, box, values);
    }
    free(values);
}
