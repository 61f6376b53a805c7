/* Charts made of characters. A chart is a field of dots first; a glyph set says how many dots a
 * cell has and how they look. */
#include "ui/graph.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

/* Bit of the dot at column and row of a cell: braille counts down the left column first, for
 * historical reasons dots 7 and 8 last; quadrants are upper left, upper right, lower left, lower
 * right; ASCII has an upper and a lower half. */
static const uint8_t braille_bits[2][4] = {{0x01, 0x02, 0x04, 0x40}, {0x08, 0x10, 0x20, 0x80}};
static const uint8_t block_bits[2][4] = {{0x1, 0x4}, {0x2, 0x8}};
static const uint8_t ascii_bits[2][4] = {{0x1, 0x2}};

static const uint32_t quadrants[16] = {
    ' ',    0x2598, 0x259D, 0x2580, 0x2596, 0x258C, 0x259E, 0x259B,
    0x2597, 0x259A, 0x2590, 0x259C, 0x2584, 0x2599, 0x259F, 0x2588,
};

static const struct {
    int columns, rows; /* dots of a cell */
    const uint8_t (*bits)[4];
} sets[] = {
    [GRAPH_BRAILLE] = {2, 4, braille_bits},
    [GRAPH_BLOCK] = {2, 2, block_bits},
    [GRAPH_ASCII] = {1, 2, ascii_bits},
};

/* Seven steps of eight: full blocks one under the other would make a wall of a list. */
static const char ascii_levels[8] = {'_', '.', ',', '-', '=', '+', '*', '#'};
static const char ascii_halves[4] = {' ', '\'', '.', ':'};

/* What a grid of ASCII cells can show of a choice made for a better one. */
static enum graph_glyphs usable(const struct cells *c, enum graph_glyphs g)
{
    return c->ascii ? GRAPH_ASCII : g;
}

/* From 0 or less to the greatest of all values. */
static struct scale own_scale(const struct graph_series *series, int n)
{
    struct scale_range r = scale_range_none();
    for (int i = 0; i < n; i++)
        scale_range_add(&r, series[i].values, series[i].n);
    for (int i = 0; i < n; i++)
        if (series[i].least)
            scale_range_add(&r, series[i].least, series[i].n);
    return scale_tight(&r, false);
}

int graph_columns(enum graph_glyphs g, int width)
{
    return width < 0 ? 0 : width * sets[g].columns;
}

void graph_step(struct cells *c, int x, int y, enum graph_glyphs g, enum role role, int step)
{
    int last = GRAPH_STEPS - 1;
    step = step < 0 ? 0 : step > last ? last : step;
    char ascii = ascii_levels[step * 7 / last];
    if (usable(c, g) == GRAPH_ASCII)
        cells_glyph(c, x, y, role, (uint32_t)ascii, ascii);
    else
        cells_glyph(c, x, y, role, 0x2581u + (uint32_t)step, ascii);
}

void graph_sparkline(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role,
                     const double *values, int n, const struct scale *scale)
{
    g = usable(c, g);
    if (n > width) {
        values += n - (width > 0 ? width : 0);
        n = width > 0 ? width : 0;
    }
    const struct graph_series all = {.values = values, .n = n};
    struct scale own = scale ? *scale : own_scale(&all, 1);
    cells_fill(c, x, y, width, 1, role, ' ');
    for (int i = 0; i < n; i++) {
        if (isnan(values[i]))
            continue;
        int l = scale_level(&own, values[i], g == GRAPH_ASCII ? 8 : GRAPH_STEPS);
        uint32_t code = g == GRAPH_ASCII ? (uint32_t)ascii_levels[l] : 0x2581u + (uint32_t)l;
        cells_glyph(c, x + width - n + i, y, role, code, ascii_levels[l]);
    }
}

/* Dots of one chart: for each cell its bits, and which series is the first that has one there. */
struct field {
    int width, height; /* cells */
    enum graph_glyphs g;
    uint8_t *bits, *firsts;
    int series; /* that which is drawn */
    int length; /* dots of its line until now */
};

/* Which of the dots along a line are drawn, over and over. */
static const struct {
    uint16_t dots; /* the lowest bit first */
    int n;
} styles[] = {
    [GRAPH_SOLID] = {0x1, 1},
    [GRAPH_DASHED] = {0x1f, 8},
    [GRAPH_DOTTED] = {0x1, 3},
    [GRAPH_BOTH] = {0x11f, 12},
};

static void dot(struct field *f, int dot_x, int dot_y)
{
    int per_row = sets[f->g].rows, per_column = sets[f->g].columns;
    int from_top = f->height * per_row - 1 - dot_y;
    size_t at = (size_t)(from_top / per_row) * (size_t)f->width + (size_t)(dot_x / per_column);
    if (!f->bits[at])
        f->firsts[at] = (uint8_t)f->series;
    f->bits[at] |= sets[f->g].bits[dot_x % per_column][from_top % per_row];
}

/* Sets the dots of one column from row `from` to row `to`, counted from the bottom: all, or every other one, of which
 * those of the next column are not. */
static void column(struct field *f, int dot_x, int from, int to, bool thin)
{
    for (int y = from < to ? from : to; y <= (from < to ? to : from); y++) {
        if (!thin || (dot_x + y) % 2 == 0)
            dot(f, dot_x, y);
    }
}

/* The dots that a value has at its step's least and greatest. */
struct band {
    int low, high;
};

/* What lies beyond the ground: thick as far as all of the step did, thin as far as some of it. */
static void fill(struct field *f, int dot_x, int ground, struct band b)
{
    int near = b.low > ground ? b.low : b.high < ground ? b.high : ground;
    column(f, dot_x, b.low, b.high, true);
    column(f, dot_x, ground, near, false);
    column(f, dot_x, b.low, b.low, false);
    column(f, dot_x, b.high, b.high, false);
}

/* The band, joined to the one before it without doubling its thickness. */
static void line(struct field *f, int dot_x, const struct band *before, struct band b, enum graph_style style)
{
    bool down = before && before->low > b.high;
    if (before && before->high < b.low)
        b.low = before->high + 1;
    else if (down)
        b.high = before->low - 1;
    for (int i = 0; i <= b.high - b.low; i++, f->length++) {
        if (styles[style].dots >> f->length % styles[style].n & 1)
            dot(f, dot_x, down ? b.high - i : b.low + i);
    }
}

static void plot(struct field *f, const struct graph_series *s, const struct scale *scale)
{
    int columns = graph_columns(f->g, f->width), dots = f->height * sets[f->g].rows;
    int n = s->n < columns ? s->n : columns;
    const double *greatest = s->values + s->n - n, *least = s->least ? s->least + s->n - n : greatest;
    int ground = scale_level(scale, 0, dots); /* what is filled begins there */
    struct band before;
    bool joined = false; /* no gap to the left */
    f->length = 0;
    for (int i = 0; i < n; i++) {
        bool gap = isnan(greatest[i]) || isnan(least[i]);
        struct band now = {gap ? 0 : scale_level(scale, least[i], dots),
                           gap ? 0 : scale_level(scale, greatest[i], dots)};
        if (!gap && s->fill)
            fill(f, columns - n + i, ground, now);
        else if (!gap)
            line(f, columns - n + i, joined ? &before : NULL, now,
                 s->sign && f->g == GRAPH_ASCII ? GRAPH_SOLID : s->style);
        before = now;
        joined = !gap;
    }
}

static uint32_t glyph(enum graph_glyphs g, uint8_t bits)
{
    switch (g) {
    case GRAPH_BRAILLE:
        return 0x2800u + bits;
    case GRAPH_BLOCK:
        return quadrants[bits];
    case GRAPH_ASCII:
        break;
    }
    return (uint32_t)ascii_halves[bits];
}

static void put(const struct field *f, struct cells *c, int x, int y, const struct graph_series *s, uint8_t bits)
{
    bool sign = f->g == GRAPH_ASCII && s->sign && !s->fill;
    uint32_t code = sign ? (uint32_t)s->sign : glyph(f->g, bits);
    cells_glyph(c, x, y, s->role, code, sign ? s->sign : '*');
}

void graph_area(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g,
                const struct graph_series *series, int nseries, const struct scale *scale)
{
    if (width <= 0 || height <= 0)
        return;
    size_t cells = (size_t)width * (size_t)height;
    struct field f = {.width = width, .height = height, .g = usable(c, g)};
    f.bits = mem_calloc(cells, 1);
    f.firsts = mem_calloc(cells, 1);
    struct scale own = scale ? *scale : own_scale(series, nseries);
    for (f.series = 0; f.series < nseries; f.series++)
        plot(&f, &series[f.series], &own);
    cells_fill(c, x, y, width, height, ROLE_TEXT, ' '); /* an empty cell is a blank: not every font has U+2800 */
    for (int row = 0; row < height; row++)
        for (int col = 0; col < width; col++) {
            size_t at = (size_t)row * (size_t)width + (size_t)col;
            if (f.bits[at])
                put(&f, c, x + col, y + row, &series[f.firsts[at]], f.bits[at]);
        }
    free(f.bits);
    free(f.firsts);
}

void graph_sample(struct cells *c, int x, int y, enum graph_glyphs g, const struct graph_series *s)
{
    static const uint32_t lines[][2] = {
        [GRAPH_SOLID] = {0x2500, 0x2500},
        [GRAPH_DASHED] = {0x254C, 0x254C},
        [GRAPH_DOTTED] = {0x2508, 0x2508},
        [GRAPH_BOTH] = {0x2500, 0x2508},
    };
    char sign = s->sign ? s->sign : '-';
    for (int i = 0; i < 2; i++)
        cells_glyph(c, x + i, y, s->role, usable(c, g) == GRAPH_ASCII ? (uint32_t)sign : lines[s->style][i], sign);
}

/* A bar in whole and broken cells; the rest is left as it is. */
static void bar(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value, double max)
{
    if (width <= 0 || !(value > 0) || !(max > 0))
        return;
    int parts = g == GRAPH_ASCII ? 2 : 8;
    const struct scale scale = {.max = max};
    int filled = scale_level(&scale, value, width * parts + 1);
    if (filled == 0)
        filled = 1; /* something is not nothing */
    for (int i = 0; i < width && filled > 0; i++, filled -= parts) {
        if (filled >= parts)
            cells_glyph(c, x + i, y, role, g == GRAPH_ASCII ? '#' : 0x2588, '#');
        else
            cells_glyph(c, x + i, y, role, g == GRAPH_ASCII ? '-' : 0x2590u - (uint32_t)filled, '-');
    }
}

void graph_bar(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value, double max)
{
    cells_fill(c, x, y, width, 1, role, ' ');
    bar(c, x, y, width, usable(c, g), role, value, max);
}

void graph_gauge(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, double value,
                 double max)
{
    g = usable(c, g);
    cells_fill(c, x, y, width, 1, ROLE_DIM, ' ');
    if (g != GRAPH_ASCII) {
        for (int i = 0; i < width; i++)
            cells_glyph(c, x + i, y, ROLE_DIM, 0x2591, '.');
    } else if (width > 2) {
        cells_glyph(c, x++, y, ROLE_DIM, '[', '[');
        width -= 2;
        for (int i = 0; i < width; i++)
            cells_glyph(c, x + i, y, ROLE_DIM, '.', '.');
        cells_glyph(c, x + width, y, ROLE_DIM, ']', ']');
    }
    bar(c, x, y, width, g, role, value, max);
}

/* An upright bar of `eighths` eighths of a cell, as wide as said. */
static void upright(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g, enum role role,
                    int eighths)
{
    for (int row = height - 1; row >= 0 && eighths > 0; row--, eighths -= 8)
        for (int i = 0; i < width; i++) {
            uint32_t block = eighths >= 8 ? 0x2588u : 0x2580u + (uint32_t)eighths;
            char ascii = eighths >= 8 ? '#' : eighths >= 4 ? '=' : '_';
            cells_glyph(c, x + i, y + row, role, g == GRAPH_ASCII ? (uint32_t)ascii : block, ascii);
        }
}

int graph_histogram(struct cells *c, int x, int y, int width, int height, enum graph_glyphs g, enum role role,
                    const double *counts, int n, int marked)
{
    if (width <= 0 || height <= 0 || n <= 0)
        return 0;
    g = usable(c, g);
    int merged = (n + width - 1) / width, bars = (n + merged - 1) / merged, step = width / bars;
    double *sums = mem_calloc((size_t)bars, sizeof *sums), most = 0;
    for (int i = 0; i < n; i++)
        sums[i / merged] += counts[i] > 0 ? counts[i] : 0;
    for (int i = 0; i < bars; i++)
        most = fmax(most, sums[i]);
    cells_fill(c, x, y, width, height, ROLE_TEXT, ' ');
    const struct scale scale = {.max = most};
    for (int i = 0; i < bars; i++) {
        int eighths = scale_level(&scale, sums[i], height * 8 + 1);
        eighths = sums[i] > 0 && eighths == 0 ? 1 : eighths;
        enum role mine = marked >= 0 && i == marked / merged ? ROLE_STRONG : role;
        upright(c, x + i * step, y, step > 1 ? step - 1 : 1, height, g, mine, eighths);
    }
    free(sums);
    return step;
}
