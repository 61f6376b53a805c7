/* Fields of shaded cells. */
#include "ui/heat.h"

#include <math.h>

/* Parts of a column differ by little; values of minutes and buckets by orders of magnitude. */
static const double shares[HEAT_SHADES] = {0, 0.05, 0.2, 0.5};
static const double parts[HEAT_SHADES] = {0, 1.0 / 27, 1.0 / 9, 1.0 / 3};

static double value_at(const struct heat *h, int line, int column)
{
    return h->values[(size_t)line * (size_t)h->columns + (size_t)column];
}

void heat_measure(struct heat *h)
{
    h->all = NAN;
    for (size_t i = 0; i < (size_t)h->lines * (size_t)h->columns; i++)
        if (isfinite(h->values[i]))
            h->all = fmax(h->all, h->values[i]);
}

double heat_threshold(const struct heat *h, int shade)
{
    int i = shade < 1 ? 0 : shade > HEAT_SHADES ? HEAT_SHADES - 1 : shade - 1;
    return h->share ? shares[i] : parts[i];
}

/* What a column has in all its lines. */
static double total(const struct heat *h, int column)
{
    double sum = 0;
    for (int line = 0; line < h->lines; line++) {
        double v = value_at(h, line, column);
        sum += v > 0 ? v : 0;
    }
    return sum;
}

int heat_shade(const struct heat *h, int line, int column)
{
    double v = value_at(h, line, column);
    if (isnan(v))
        return HEAT_UNKNOWN;
    double of = h->share ? total(h, column) : h->all;
    if (!(v > 0) || !(of > 0))
        return 0;
    double part = isinf(v) ? 1 : v / of;
    int shade = 1;
    while (shade < HEAT_SHADES && part >= heat_threshold(h, shade + 1))
        shade++;
    return shade;
}

void heat_glyph(struct cells *c, int x, int y, enum graph_glyphs g, int shade)
{
    static const uint32_t blocks[HEAT_SHADES + 1] = {' ', 0x2591, 0x2592, 0x2593, 0x2588};
    static const char ascii[HEAT_SHADES + 1] = {' ', '.', 'o', '%', '#'};
    bool plain = c->ascii || g == GRAPH_ASCII;
    if (shade < 0) {
        cells_glyph(c, x, y, ROLE_DIM, plain ? '?' : 0xb7, '?');
        return;
    }
    int i = shade > HEAT_SHADES ? HEAT_SHADES : shade;
    cells_glyph(c, x, y, ROLE_CHART, plain ? (uint32_t)ascii[i] : blocks[i], ascii[i]);
}

void heat_draw(const struct heat *h, struct cells *c, struct rect box, enum graph_glyphs g)
{
    int columns = h->columns < box.w ? h->columns : box.w, lines = h->lines < box.h ? h->lines : box.h;
    if (columns < 1 || lines < 1)
        return;
    cells_fill(c, box.x, box.y, box.w, box.h, ROLE_TEXT, ' ');
    for (int line = 0; line < lines; line++)
        for (int i = 0; i < columns; i++)
            heat_glyph(c, box.x + box.w - columns + i, box.y + box.h - 1 - line, g,
                       heat_shade(h, line, h->columns - columns + i));
}
