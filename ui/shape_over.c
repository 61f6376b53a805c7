/* Bars by eighths of a cell (ASCII: by halves), and a line at its height within the cell. */
#include "ui/shape_over.h"

#include <math.h>
#include <stdio.h>

enum { EIGHTHS = 8, FULL = 0x2588, LINE = 0x2500 };

static void draw_bar(struct cells *c, struct rect at, bool ascii, double part)
{
    int eighths = (int)(part * at.h * EIGHTHS + 0.5);
    eighths = part > 0 && eighths < 1 ? 1 : eighths;
    for (int k = 0; k < at.h; k++, eighths -= EIGHTHS) {
        int y = at.y + at.h - 1 - k, level = eighths < EIGHTHS ? eighths : EIGHTHS;
        if (level <= 0)
            return;
        char sign = level >= EIGHTHS / 2 ? '#' : '_';
        for (int x = at.x; x < at.x + at.w; x++)
            cells_glyph(c, x, y, ROLE_CHART, ascii ? (uint32_t)sign : (uint32_t)(FULL - EIGHTHS + level), sign);
    }
}

static void draw_line(struct cells *c, struct rect at, bool ascii, double part)
{
    static const uint32_t heights[] = {0x23bd, 0x23bc, LINE, 0x23bb, 0x23ba}; /* within a cell */
    enum { HEIGHTS = sizeof heights / sizeof *heights };
    int step = (int)(part * at.h * HEIGHTS), top = at.h * HEIGHTS - 1;
    step = step < top ? step : top;
    for (int x = at.x; part > 0 && x < at.x + at.w; x++)
        cells_glyph(c, x, at.y + at.h - 1 - step / HEIGHTS, ROLE_CHART2, ascii ? '=' : heights[step % HEIGHTS], '=');
}

static void draw_legend(struct cells *c, struct rect box, bool ascii, double most)
{
    char text[48];
    cells_glyph(c, box.x, box.y, ROLE_CHART2, ascii ? '=' : LINE, '=');
    int x = box.x + 2 + cells_text(c, box.x + 2, box.y, box.w - 2, ROLE_TITLE, "REFERENCE") + 2;
    cells_glyph(c, x, box.y, ROLE_CHART, ascii ? '#' : FULL, '#');
    x += 2 + cells_text(c, x + 2, box.y, box.x + box.w - x - 2, ROLE_TITLE, "CURRENT") + 2;
    snprintf(text, sizeof text, "to %.1f %%", 100 * most);
    cells_text(c, x, box.y, box.x + box.w - x, ROLE_DIM, text);
}

void shape_over_draw(struct cells *c, struct rect box, enum graph_glyphs g, const struct shape_over_bin *bins, int n)
{
    bool ascii = c->ascii || g == GRAPH_ASCII;
    int width = n > 0 ? box.w / n : 0;
    double most = 0;
    if (width < SHAPE_OVER_WIDTH || box.h < SHAPE_OVER_HEIGHT)
        return;
    for (int i = 0; i < n; i++)
        most = fmax(most, fmax(bins[i].line, bins[i].bar));
    draw_legend(c, box, ascii, most);
    for (int i = 0; i < n && most > 0; i++) {
        struct rect at = {box.x + i * width, box.y + 1, width, box.h - 2};
        struct rect bar = {at.x, at.y, width - 1, at.h};
        draw_bar(c, bar, ascii, bins[i].bar / most);
        draw_line(c, at, ascii, bins[i].line / most); /* over the bar, and over the gap beside it */
        if (bins[i].name)
            cells_text(c, at.x, box.y + box.h - 1, width - 1, ROLE_DIM, bins[i].name);
    }
}
