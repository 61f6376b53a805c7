/* What charts are made of: the scale on the left, times below, names at the lines' ends, numbers in words. */
#include "ui/chart_parts.h"

#include "base/clock.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CHART_TIME = 11, CHART_MINUTE_MS = 60 * 1000, CHART_DAY_MS = 24 * 60 * CHART_MINUTE_MS };
enum { CHART_WIDE = 45, CHART_ROWS = 4, NAME_MOST = 8 };

const enum role chart_roles[VIEWS_SERIES] = {ROLE_CHART, ROLE_CHART2, ROLE_CHART3, ROLE_CHART4};

int chart_put(struct cells *c, int x, int y, int end, enum role role, const char *text)
{
    int width = (int)text_width(text, strlen(text));
    if (x + width <= end)
        cells_text(c, x, y, width, role, text);
    return x + width;
}

int chart_put_value(const struct chart_picture *p, int x, int y, int end, const char *name, double value)
{
    struct str s = {0};
    str_printf(&s, "%s ", name);
    scale_value(&s, &p->declared[0], value, p->ctx->format.si);
    x = chart_put(p->c, x, y, end, ROLE_DIM, str_text(&s));
    str_done(&s);
    return x + 2;
}

/* Is it written as it is? Durations are cut to whole seconds. */
static bool exact(const struct column *c, double value)
{
    double unit = c->unit == UNIT_SECONDS || c->unit == UNIT_OFFSET ? 1 : c->unit == UNIT_MS ? 1000 : 0;
    return unit == 0 || fmod(value, unit) == 0;
}

int chart_line_of(const struct chart_picture *p, double value)
{
    return p->plot.y + p->plot.h - 1 - scale_level(&p->scale, value, p->plot.h * CHART_ROWS) / CHART_ROWS;
}

static void draw_tick(const struct chart_picture *p, double value, int axis)
{
    int y = chart_line_of(p, value);
    struct str s = {0};
    scale_label(&s, &p->declared[0], value, p->ctx->format.si);
    cells_text_right(p->c, p->plot.x - axis, y, axis - 2, ROLE_DIM, str_text(&s));
    cells_glyph(p->c, p->plot.x - 1, y, ROLE_DIM, 0x2524, '|');
    str_done(&s);
}

/* Powers of ten, as many as have two lines each. */
static void draw_decades(const struct chart_picture *p, int axis)
{
    int first = (int)ceil(log10(p->scale.least) - 1e-9), last = (int)floor(log10(p->scale.max) + 1e-9);
    int fit = p->plot.h / 2 > 1 ? p->plot.h / 2 : 1, every = (last - first) / fit + 1;
    for (int i = last; i > first; i -= every) {
        if (chart_line_of(p, pow(10, i)) < p->plot.y + p->plot.h - 1)
            draw_tick(p, pow(10, i), axis);
    }
    draw_tick(p, p->scale.min, axis);
}

void chart_scale(const struct chart_picture *p, int axis)
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
        if (i == 0 || i == parts || exact(&p->declared[0], value))
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

int chart_axis(const struct chart_picture *p, int width)
{
    struct str s = {0};
    scale_label(&s, &p->declared[0], p->scale.max, p->ctx->format.si);
    int most = (int)text_width(s.s, s.len) + 2;
    str_clear(&s);
    scale_label(&s, &p->declared[0], p->scale.min, p->ctx->format.si);
    int other = (int)text_width(s.s, s.len) + 2;
    str_done(&s);
    most = other > most ? other : most;
    most = most > CHART_AXIS ? most : CHART_AXIS;
    return most < width / 2 ? most : CHART_AXIS;
}

/* ---- the lines' ends ---- */

/* The first letter of a name that no line before has; a digit if they all have. */
static char letter_of(const char *const *names, const char *letters, int i)
{
    for (const char *name = names[i]; *name; name++) {
        bool taken = !isalnum((unsigned char)*name);
        for (int k = 0; k < i; k++)
            taken |= letters[k] == *name;
        if (!taken)
            return *name;
    }
    return (char)('1' + i);
}

int chart_ends_name(struct chart_ends *e, const char *const *names, int n, int width)
{
    char letters[VIEWS_SERIES];
    size_t most = 1;
    e->n = n;
    for (int i = 0; i < n; i++) {
        size_t cells = text_width(names[i], strlen(names[i]));
        most = cells > most ? cells : most;
    }
    bool whole = most <= NAME_MOST && (int)most <= width / 5;
    for (int i = 0; i < n; i++) {
        letters[i] = letter_of(names, letters, i);
        if (whole)
            snprintf(e->names[i], sizeof e->names[i], "%s", names[i]);
        else
            snprintf(e->names[i], sizeof e->names[i], "%c", letters[i]);
    }
    return e->width = n > 1 ? whole ? (int)most : 1 : 0;
}

/* Is nothing written there? */
static bool is_free(const struct cells *c, int x, int y, int width)
{
    for (int i = 0; i < width; i++) {
        const struct cell_glyph *g = cells_at(c, x + i, y);
        if (!g || g->code[0] != ' ')
            return false;
    }
    return true;
}

void chart_ends_draw(const struct chart_ends *e, struct cells *c, struct rect plot, const int *lines)
{
    int x = plot.x + plot.w, bottom = plot.y + plot.h - 1;
    for (int i = 0; i < e->n && e->width > 0; i++) {
        for (int off = 0; off < plot.h && lines[i] >= 0; off++) {
            int at = lines[i] + off <= bottom ? lines[i] + off : lines[i] - (off - (bottom - lines[i]));
            if (at < plot.y || !is_free(c, x, at, e->width))
                continue;
            cells_text(c, x, at, e->width, chart_roles[i], e->names[i]);
            break;
        }
    }
}
