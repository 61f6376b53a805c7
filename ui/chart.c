/* Charts of a row's recent values; the numbers are said in words beside the picture. */
#include "ui/chart.h"

#include "ui/series.h"

#include "base/clock.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

enum { CHART_AXIS = 9, CHART_TIME = 8, CHART_MINUTES = 5, CHART_SECONDS_MS = 5 * 60 * 1000 };

/* One, two or five times a power of ten, at or above: scales that do not jump with every value. */
static double round_up(double v)
{
    if (!(v > 0) || !isfinite(v))
        return 1;
    double power = pow(10, floor(log10(v)));
    double lead = v / power;
    return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/* "lag 84.2 k   max 91 k", or for two "in/s 3.1 k  out/s 1.9 k", each in the role it is drawn in.
 */
static void draw_words(const struct view_chart *chart, const struct context *ctx, const struct table *t,
                       const struct row *r, double max, struct cells *c, struct rect box)
{
    int x = box.x, end = box.x + box.w;
    bool many = chart->columns[1] != NULL;
    if (!many)
        x += cells_text(c, x, box.y, end - x, ROLE_TITLE, chart->title) + 1;
    struct str s = {0};
    for (int i = 0; i < VIEWS_SERIES && chart->columns[i]; i++) {
        int column = table_column_index(t, chart->columns[i]);
        if (column < 0)
            continue;
        const struct column *d = table_column(t, (size_t)column);
        if (many) {
            x += cells_text(c, x, box.y, end - x, i ? ROLE_CHART2 : ROLE_CHART, d->title ? d->title : d->name);
            x++;
        }
        str_clear(&s);
        format_cell(&s, d, row_get(r, (size_t)column), &ctx->format);
        x += cells_text(c, x, box.y, end - x, ROLE_STRONG, str_text(&s)) + 2;
    }
    if (isfinite(max)) {
        str_clear(&s);
        str_add(&s, "max ");
        format_si(&s, max);
        cells_text(c, x, box.y, end - x, ROLE_DIM, str_text(&s));
    }
    str_done(&s);
}

/* A round number beside the axis: "2 M", without the zeros behind its point. */
static void draw_tick(double value, struct cells *c, struct rect plot, int y)
{
    struct str s = {0};
    format_si(&s, value);
    const char *text = str_text(&s);
    size_t digits = strcspn(text, " "), end = digits;
    if (memchr(text, '.', digits)) {
        while (text[end - 1] == '0')
            end--;
        end -= text[end - 1] == '.';
    }
    char *number = mem_printf("%.*s%s", (int)end, text, text + digits);
    cells_text_right(c, plot.x - CHART_AXIS, y, CHART_AXIS - 2, ROLE_DIM, number);
    cells_glyph(c, plot.x - 1, y, ROLE_DIM, 0x2524, '|');
    free(number);
    str_done(&s);
}

static void draw_axes(const struct context *ctx, double scale, struct cells *c, struct rect plot)
{
    draw_tick(scale, c, plot, plot.y);
    for (int y = plot.y + 1; y < plot.y + plot.h - 1; y++)
        cells_glyph(c, plot.x - 1, y, ROLE_DIM, 0x2502, '|');
    if (plot.h > 4 && plot.h % 2)
        draw_tick(scale / 2, c, plot, plot.y + plot.h / 2);
    if (plot.h > 1)
        draw_tick(0, c, plot, plot.y + plot.h - 1);
    char buf[16];
    int64_t now = ctx->format.now_ms, span = series_span(ctx->series, now, 0);
    int steps = plot.w >= 45 ? 3 : 1;
    for (int i = 0; i <= steps; i++) {
        const char *time = clock_format(now - span + span * i / steps, ctx->format.utc, "%H:%M:%S", buf, sizeof buf);
        if (span >= CHART_SECONDS_MS) /* seconds where they tell one from the next */
            buf[CHART_MINUTES] = '\0';
        int x = plot.x + (plot.w - (int)strlen(time)) * i / steps;
        cells_text(c, x, plot.y + plot.h, CHART_TIME, ROLE_DIM, time);
    }
}

void chart_draw(const struct view_chart *chart, const struct context *ctx, const struct table *t, const struct row *r,
                struct cells *c, struct rect box)
{
    struct rect plot = {box.x + CHART_AXIS, box.y + 1, box.w - CHART_AXIS, box.h - 2};
    int n = plot.w > 0 ? graph_columns(c->ascii ? GRAPH_ASCII : ctx->graph, plot.w) : 0;
    double *values = mem_calloc((size_t)n + 1, VIEWS_SERIES * sizeof *values);
    struct graph_series series[VIEWS_SERIES];
    int64_t now = ctx->format.now_ms;
    double max = NAN;
    int count = 0;
    for (int i = 0; i < VIEWS_SERIES && chart->columns[i]; i++) {
        const struct series *s = series_get(ctx->series, ctx, t, r, chart->columns[i]);
        double *mine = values + (size_t)i * (size_t)n;
        max = fmax(max, series_sample(s, now - series_span(ctx->series, now, 0), now, mine, n));
        series[count++] = (struct graph_series){
            .values = mine, .n = n, .role = i ? ROLE_CHART2 : ROLE_CHART, .fill = !chart->columns[1]};
    }
    draw_words(chart, ctx, t, r, max, c, box);
    if (plot.h > 0 && plot.w > CHART_TIME) {
        double scale = round_up(max);
        graph_area(c, plot.x, plot.y, plot.w, plot.h, ctx->graph, series, count, scale);
        draw_axes(ctx, scale, c, plot);
    }
    free(values);
}
