/* Charts of a row's recent values; the numbers are said in words beside the picture. */
#include "ui/chart.h"

#include "ui/series.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { CHART_AXIS = 9, CHART_TIME = 11, CHART_MINUTE_MS = 60 * 1000, CHART_DAY_MS = 24 * 60 * CHART_MINUTE_MS };
enum { CHART_WIDE = 45, CHART_ROWS = 4 };

static const enum role roles[VIEWS_SERIES] = {ROLE_CHART, ROLE_CHART2, ROLE_CHART3, ROLE_CHART4};

/* One drawing. */
struct picture {
    const struct context *ctx;
    const struct table *table;
    const struct row *row;
    struct cells *c;
    struct rect plot;
    const char *title;
    int n;
    int columns[VIEWS_SERIES];            /* in the table */
    struct column declared[VIEWS_SERIES]; /* as they are meant in this row */
    char marks[VIEWS_SERIES];             /* what a line ends in */
    struct graph_series series[VIEWS_SERIES];
    int64_t span_ms;
    struct scale_range range;
    struct scale scale;
};

static const struct column *declared(const struct picture *p, int i)
{
    return &p->declared[i];
}

static const char *heading(const struct column *c)
{
    return c->title ? c->title : c->name;
}

/* Words one after the other, as many as there is room for as a whole; returns where the next ones go. */
static int put(struct cells *c, int x, int y, int end, enum role role, const char *text)
{
    int width = (int)text_width(text, strlen(text));
    if (x + width <= end)
        cells_text(c, x, y, width, role, text);
    return x + width;
}

static int put_value(const struct picture *p, int x, int y, int end, const char *name, double value)
{
    struct str s = {0};
    str_printf(&s, "%s ", name);
    scale_value(&s, declared(p, 0), value, p->ctx->format.si);
    x = put(p->c, x, y, end, ROLE_DIM, str_text(&s));
    str_done(&s);
    return x + 2;
}

/* "lag 84.2 k  max 91 k  min 12", or for several "in/s 3.1 k  out/s 1.9 k  max 3.1 k", each in the role it is drawn in.
 */
static void draw_words(const struct picture *p, struct rect box)
{
    int x = box.x, end = box.x + box.w;
    struct str s = {0};
    for (int i = 0; i < p->n; i++) {
        const struct column *d = declared(p, i);
        if (p->n == 1)
            x += cells_text(p->c, x, box.y, end - x, ROLE_TITLE, p->title) + 1;
        else
            x = put(p->c, x, box.y, end, roles[i], heading(d)) + 1;
        str_clear(&s);
        format_cell(&s, d, row_get(p->row, (size_t)p->columns[i]), &p->ctx->format);
        x = put(p->c, x, box.y, end, ROLE_STRONG, str_text(&s)) + 2;
    }
    str_done(&s);
    if (isnan(p->range.high))
        return;
    x = put_value(p, x, box.y, end, "max", p->range.high);
    x = put_value(p, x, box.y, end, "min", p->range.low);
    if (p->scale.least > 0)
        put(p->c, x, box.y, end, ROLE_DIM, "log");
}

/* Is it written as it is? Durations are cut to whole seconds. */
static bool exact(const struct column *c, double value)
{
    double unit = c->unit == UNIT_SECONDS || c->unit == UNIT_OFFSET ? 1 : c->unit == UNIT_MS ? 1000 : 0;
    return unit == 0 || fmod(value, unit) == 0;
}

/* The line of the plot that a value is on. */
static int line_of(const struct picture *p, double value)
{
    return p->plot.y + p->plot.h - 1 - scale_level(&p->scale, value, p->plot.h * CHART_ROWS) / CHART_ROWS;
}

static void draw_tick(const struct picture *p, double value, int axis)
{
    int y = line_of(p, value);
    struct str s = {0};
    scale_label(&s, declared(p, 0), value, p->ctx->format.si);
    cells_text_right(p->c, p->plot.x - axis, y, axis - 2, ROLE_DIM, str_text(&s));
    cells_glyph(p->c, p->plot.x - 1, y, ROLE_DIM, 0x2524, '|');
    str_done(&s);
}

/* Powers of ten, as many as have two lines each. */
static void draw_decades(const struct picture *p, int axis)
{
    int first = (int)ceil(log10(p->scale.least) - 1e-9), last = (int)floor(log10(p->scale.max) + 1e-9);
    int fit = p->plot.h / 2 > 1 ? p->plot.h / 2 : 1, every = (last - first) / fit + 1;
    for (int i = last; i > first; i -= every) {
        if (line_of(p, pow(10, i)) < p->plot.y + p->plot.h - 1)
            draw_tick(p, pow(10, i), axis);
    }
    draw_tick(p, p->scale.min, axis);
}

static void draw_scale(const struct picture *p, int axis)
{
    int top = p->plot.y, h = p->plot.h;
    for (int y = top; y < top + h; y++)
        cells_glyph(p->c, p->plot.x - 1, y, ROLE_DIM, 0x2502, '|');
    if (p->scale.least > 0) {
        draw_decades(p, axis);
        return;
    }
    int parts = h >= 9 && h % 4 == 1 ? 4 : h > 4 && h % 2 ? 2 : 1;
    for (int i = 0; i <= parts; i++) {
        double value = scale_at(&p->scale, (double)i / parts);
        if (i == 0 || i == parts || exact(declared(p, 0), value))
            draw_tick(p, i == parts ? p->scale.max : value, axis);
    }
    if (p->scale.min < 0 && p->scale.max > 0)
        draw_tick(p, 0, axis);
}

/* The time of day, with seconds where they tell one from the next; over days the date too, or alone. */
static const char *time_text(const struct context *ctx, int64_t span_ms, int64_t time_ms, char buf[24])
{
    return clock_format(time_ms, ctx->format.utc,
                        span_ms >= 7LL * CHART_DAY_MS      ? "%m-%d"
                        : span_ms >= CHART_DAY_MS          ? "%m-%d %H:%M"
                        : span_ms >= 5LL * CHART_MINUTE_MS ? "%H:%M"
                                                           : "%H:%M:%S",
                        buf, 24);
}

void chart_times(const struct context *ctx, struct cells *c, struct rect line, int64_t span_ms)
{
    int64_t begin = ctx->format.now_ms - span_ms;
    int steps = line.w >= CHART_WIDE ? 3 : 1;
    for (int i = 0; i <= steps; i++) {
        char buf[24];
        const char *time = time_text(ctx, span_ms, begin + span_ms * i / steps, buf);
        int x = line.x + (line.w - (int)strlen(time)) * i / steps;
        if (x >= line.x)
            cells_text(c, x, line.y, CHART_TIME, ROLE_DIM, time);
    }
}

/* Cells that the labels need. */
static int axis_width(const struct picture *p, int width)
{
    struct str s = {0};
    scale_label(&s, declared(p, 0), p->scale.max, p->ctx->format.si);
    int most = (int)text_width(s.s, s.len) + 2;
    str_clear(&s);
    scale_label(&s, declared(p, 0), p->scale.min, p->ctx->format.si);
    int other = (int)text_width(s.s, s.len) + 2;
    str_done(&s);
    most = other > most ? other : most;
    most = most > CHART_AXIS ? most : CHART_AXIS;
    return most < width / 2 ? most : CHART_AXIS;
}

/* The first letter of a title that no line before has; a digit if they all have. */
static char mark_of(const struct picture *p, int i)
{
    const char *title = heading(declared(p, i));
    for (; *title; title++) {
        bool taken = !isalnum((unsigned char)*title);
        for (int k = 0; k < i; k++)
            taken |= p->marks[k] == *title;
        if (!taken)
            return *title;
    }
    return (char)('1' + i);
}

/* Each line's letter behind its last value; those that stand there already are not written over. */
static void draw_marks(const struct picture *p)
{
    int x = p->plot.x + p->plot.w, top = p->plot.y, bottom = p->plot.y + p->plot.h - 1;
    for (int i = 0; i < p->n && p->n > 1; i++) {
        const struct graph_series *s = &p->series[i];
        if (s->n == 0 || isnan(s->values[s->n - 1]))
            continue;
        int y = line_of(p, s->values[s->n - 1]);
        for (int off = 0; off < p->plot.h; off++) {
            int at = y + off <= bottom ? y + off : y - (off - (bottom - y));
            const struct cell_glyph *g = at >= top ? cells_at(p->c, x, at) : NULL;
            if (!g || g->code[0] != ' ')
                continue;
            const char text[2] = {p->marks[i], '\0'};
            cells_text(p->c, x, at, 1, roles[i], text);
            break;
        }
    }
}

/* Which columns there are, and what is known of them over the span. */
static void gather(struct picture *p, const struct view_chart *chart, double *values, int n)
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
        p->marks[p->n] = mark_of(p, p->n);
        p->series[p->n] = (struct graph_series){
            .values = mine, .least = mine + n, .n = n, .role = roles[p->n], .fill = !chart->columns[1]};
        p->n++;
    }
}

void chart_draw(const struct view_chart *chart, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box)
{
    if (box.w < 1 || box.h < 1)
        return;
    struct picture p = {.ctx = ctx, .table = t, .row = r, .c = c, .title = chart->title, .range = scale_range_none()};
    enum graph_glyphs g = c->ascii ? GRAPH_ASCII : ctx->graph;
    int most = graph_columns(g, box.w);
    double *values = mem_calloc((size_t)most + 1, 2 * VIEWS_SERIES * sizeof *values);
    gather(&p, chart, values, most);
    if (p.n > 0) {
        const struct column *first = declared(&p, 0);
        p.scale = scale_round(&p.range, first->unit, ctx->format.si, first->unit != UNIT_OFFSET, ctx->log_scale);
        draw_words(&p, box);
        int axis = axis_width(&p, box.w);
        p.plot = (struct rect){box.x + axis, box.y + 1, box.w - axis - (p.n > 1), box.h - 2};
        if (p.plot.h > 0 && p.plot.w >= CHART_AXIS) {
            int n = graph_columns(g, p.plot.w);
            p.n = 0;
            gather(&p, chart, values, n);
            graph_area(c, p.plot.x, p.plot.y, p.plot.w, p.plot.h, g, p.series, p.n, &p.scale);
            draw_scale(&p, axis);
            chart_times(ctx, c, (struct rect){p.plot.x, p.plot.y + p.plot.h, p.plot.w, 1}, p.span_ms);
            draw_marks(&p);
        }
    }
    free(values);
}

/* ---- several, laid over each other ---- */

/* One line as a picture of its own. */
static void gather_line(struct picture *p, const struct chart_line *line, const struct context *ctx, struct cells *c,
                        double *values, int n)
{
    int64_t now = ctx->format.now_ms;
    *p = (struct picture){.ctx = ctx, .table = line->table, .row = line->row, .c = c, .n = 1};
    p->columns[0] = (int)line->column;
    p->declared[0] = *format_column(line->table, line->row, line->column, &p->declared[0]);
    p->span_ms = series_span(ctx->series, now, 0);
    const struct series *s =
        series_get(ctx->series, ctx, line->table, line->row, table_column(line->table, line->column)->name);
    p->range = series_sample(s, now - p->span_ms, now, values, values + n, n);
}

static void share_scale(struct picture *p, int n)
{
    struct scale_range all = scale_range_none();
    for (int i = 0; i < n; i++) {
        all.low = fmin(all.low, p[i].range.low);
        all.high = fmax(all.high, p[i].range.high);
        all.positive = fmin(all.positive, p[i].range.positive);
    }
    for (int i = 0; i < n; i++)
        p[i].scale = scale_round(&all, declared(&p[i], 0)->unit, p[i].ctx->format.si,
                                 declared(&p[i], 0)->unit != UNIT_OFFSET, p[i].ctx->log_scale);
}

/* "1 lag payments  84.2 k  max 91 k  min 12". */
static void draw_name(const struct picture *p, int i, const char *name, struct rect line)
{
    int x = line.x, end = line.x + line.w;
    struct str value = {0};
    format_cell(&value, declared(p, 0), row_get(p->row, (size_t)p->columns[0]), &p->ctx->format);
    int room = line.w - (int)text_width(str_text(&value), value.len) - 5;
    x += cells_printf(p->c, x, line.y, end - x, roles[i], "%d ", i + 1);
    x += cells_text(p->c, x, line.y, room > 0 ? room : 0, roles[i], name) + 2;
    x += cells_text(p->c, x, line.y, end - x, ROLE_STRONG, str_text(&value)) + 2;
    str_done(&value);
    if (!isnan(p->range.high))
        put_value(p, put_value(p, x, line.y, end, "max", p->range.high), line.y, end, "min", p->range.low);
}

/* From the value to its height, 0 to 1, by the line's own scale. */
static void raise(const struct picture *p, double *values, int n)
{
    enum { FINE = 10000 };
    for (int i = 0; i < n; i++)
        values[i] = isnan(values[i]) ? NAN : (double)scale_level(&p->scale, values[i], FINE) / (FINE - 1);
}

static void draw_right_axis(const struct picture *p, struct rect plot, int width)
{
    const double ends[] = {p->scale.max, p->scale.min};
    for (int i = 0; i < 2; i++) {
        struct str s = {0};
        scale_label(&s, declared(p, 0), ends[i], p->ctx->format.si);
        cells_text(p->c, plot.x + plot.w + 2, i ? plot.y + plot.h - 1 : plot.y, width - 2, roles[1], str_text(&s));
        str_done(&s);
    }
}

void chart_lines_draw(const struct chart_line *lines, int n, bool alike, const struct context *ctx, struct cells *c,
                      struct rect box)
{
    struct picture p[VIEWS_SERIES];
    struct graph_series series[VIEWS_SERIES];
    enum graph_glyphs g = c->ascii ? GRAPH_ASCII : ctx->graph;
    n = n < VIEWS_SERIES ? n : VIEWS_SERIES;
    int right = alike || n != 2 ? 2 : CHART_AXIS, most = graph_columns(g, box.w);
    if (n < 1 || box.w < 1 || box.h < 1)
        return;
    double *values = mem_calloc((size_t)most + 1, 2 * VIEWS_SERIES * sizeof *values);
    for (int i = 0; i < n; i++) {
        gather_line(&p[i], &lines[i], ctx, c, values, most);
        if (i < box.h)
            draw_name(&p[i], i, lines[i].name, (struct rect){box.x, box.y + i, box.w, 1});
        share_scale(&p[i], 1);
    }
    if (alike)
        share_scale(p, n);
    int axis = axis_width(&p[0], box.w);
    const struct rect plot = {box.x + axis, box.y + n + 1, box.w - axis - right, box.h - n - 2};
    int columns = graph_columns(g, plot.w);
    for (int i = 0; i < n && plot.h > 1 && plot.w >= CHART_AXIS; i++) {
        double *mine = values + (size_t)i * 2 * (size_t)most;
        const struct scale scale = p[i].scale;
        gather_line(&p[i], &lines[i], ctx, c, mine, columns);
        p[i].scale = scale;
        p[i].plot = plot;
        raise(&p[i], mine, 2 * columns);
        series[i] = (struct graph_series){.values = mine, .least = mine + columns, .n = columns, .role = roles[i]};
    }
    if (plot.h > 1 && plot.w >= CHART_AXIS) {
        graph_area(c, plot.x, plot.y, plot.w, plot.h, g, series, n, &(struct scale){.max = 1});
        draw_scale(&p[0], axis);
        if (!alike && n == 2)
            draw_right_axis(&p[1], plot, right);
        chart_times(ctx, c, (struct rect){plot.x, plot.y + plot.h, plot.w, 1}, p[0].span_ms);
    }
    free(values);
}
