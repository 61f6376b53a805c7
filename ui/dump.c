/* Pictures of a grid: runs of cells that look the same, written in three ways. */
#include "ui/dump.h"

#include "base/str.h"
#include "base/text.h"

#include <string.h>

enum {
    COLORS = 256,
    CELL_W = 9, /* pixels of a cell in an SVG */
    CELL_H = 18,
    FONT_SIZE = 15, /* at which most fonts are as wide as a cell: not every program heeds textLength */
    BASELINE = 13,  /* from the top of a cell */
    MARGIN = 12,
};

/* How a cell looks once role, theme and selection are taken together. */
struct look {
    int fg; /* -1: the terminal's own */
    bool bold, dim, underline, reverse;
};

/* What the terminal's own colours are in a picture, and the sixteen that palettes differ in. */
struct palette {
    uint32_t fg, bg, ansi[16];
};

static const struct palette dark = {
    0xd5dae2,
    0x10151c,
    {0x2a313b, 0xf07178, 0x9ece6a, 0xe6b455, 0x6ea8fe, 0xc792ea, 0x56c8d8, 0xd5dae2, 0x6b7684, 0xff8a8f, 0xb9e88a,
     0xffd580, 0x93c0ff, 0xdcb6ff, 0x7fe3f0, 0xffffff},
};

static const struct palette light = {
    0x1f2328,
    0xffffff,
    {0x1f2328, 0xb3201d, 0x1a7f37, 0x8a6100, 0x0550ae, 0x8250df, 0x0b6e7f, 0x6e7781, 0x57606a, 0xcf222e, 0x2da44e,
     0xbf8700, 0x0969da, 0xa475f9, 0x1b9aaa, 0x8c959f},
};

static const struct palette *palette_of(const struct theme *theme)
{
    return theme->ground == THEME_LIGHT ? &light : &dark;
}

static struct look look_of(const struct cell_glyph *g, const struct theme *theme)
{
    const struct theme_style *style = &theme->styles[g->role];
    struct look look = {.fg = theme_foreground(style, COLORS)};
    look.bold = style->attrs & THEME_BOLD;
    look.dim = (style->attrs & THEME_DIM) && look.fg < 0;
    look.underline = style->attrs & THEME_UNDERLINE;
    look.reverse = (style->attrs & THEME_REVERSE) || g->selected;
    return look;
}

static bool same(const struct look *a, const struct look *b)
{
    return a->fg == b->fg && a->bold == b->bold && a->dim == b->dim && a->underline == b->underline &&
           a->reverse == b->reverse;
}

static bool is_plain(const struct look *l)
{
    return l->fg < 0 && !l->bold && !l->dim && !l->underline && !l->reverse;
}

/* The end of the row: behind the last cell that can be told from a blank. */
static int row_end(const struct cells *c, int y, const struct theme *theme)
{
    int end = c->width;
    for (; end > 0; end--) {
        const struct cell_glyph *g = cells_at(c, end - 1, y);
        struct look look = look_of(g, theme);
        if (g->code[0] != ' ' || g->code[1] || look.reverse || look.underline)
            break;
    }
    return end;
}

/* The end of the run of equal looks that starts at x. */
static int run_end(const struct cells *c, int x, int y, int end, const struct theme *theme)
{
    struct look first = look_of(cells_at(c, x, y), theme);
    for (x++; x < end; x++) {
        struct look look = look_of(cells_at(c, x, y), theme);
        if (!same(&first, &look))
            break;
    }
    return x;
}

static void add_glyph(struct str *out, const struct cell_glyph *g)
{
    for (int i = 0; i < 3 && g->code[i]; i++) {
        char buf[4];
        str_bytes(out, buf, text_encode(g->code[i], buf));
    }
}

static void add_glyph_escaped(struct str *out, const struct cell_glyph *g)
{
    switch (g->code[0]) {
    case '&':
        str_add(out, "&amp;");
        break;
    case '<':
        str_add(out, "&lt;");
        break;
    case '>':
        str_add(out, "&gt;");
        break;
    case 0xFFFE: /* no characters of XML */
    case 0xFFFF:
        str_add(out, "\xEF\xBF\xBD");
        break;
    default:
        add_glyph(out, g);
    }
}

static void add_sgr(struct str *out, const struct look *l)
{
    str_add(out, "\033[0");
    if (l->bold)
        str_add(out, ";1");
    if (l->dim)
        str_add(out, ";2");
    if (l->underline)
        str_add(out, ";4");
    if (l->reverse)
        str_add(out, ";7");
    if (l->fg >= 16)
        str_printf(out, ";38;5;%d", l->fg);
    else if (l->fg >= 8)
        str_printf(out, ";%d", 90 + l->fg - 8);
    else if (l->fg >= 0)
        str_printf(out, ";%d", 30 + l->fg);
    str_char(out, 'm');
}

void dump_ansi(struct str *out, const struct cells *c, const struct theme *theme)
{
    for (int y = 0; y < c->height; y++) {
        int end = row_end(c, y, theme);
        for (int x = 0; x < end;) {
            struct look look = look_of(cells_at(c, x, y), theme);
            int stop = run_end(c, x, y, end, theme);
            if (!is_plain(&look))
                add_sgr(out, &look);
            for (; x < stop; x++)
                add_glyph(out, cells_at(c, x, y));
            if (!is_plain(&look))
                str_add(out, "\033[0m");
        }
        str_char(out, '\n');
    }
}

static uint32_t rgb(const struct palette *p, int color)
{
    return color < 0 ? p->fg : color < 16 ? p->ansi[color] : theme_rgb(color);
}

static void add_css(struct str *out, const struct look *l, const struct palette *p)
{
    uint32_t fg = rgb(p, l->fg);
    if (l->reverse)
        str_printf(out, "color:#%06x;background:#%06x;", p->bg, fg);
    else if (l->fg >= 0)
        str_printf(out, "color:#%06x;", fg);
    if (l->bold)
        str_add(out, "font-weight:bold;");
    if (l->dim)
        str_add(out, "opacity:.6;");
    if (l->underline)
        str_add(out, "text-decoration:underline;");
}

void dump_html(struct str *out, const struct cells *c, const struct theme *theme)
{
    const struct palette *p = palette_of(theme);
    str_printf(out,
               "<pre style=\"color:#%06x;background:#%06x;padding:1em;line-height:1.25;"
               "font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\">\n",
               p->fg, p->bg);
    for (int y = 0; y < c->height; y++) {
        int end = row_end(c, y, theme);
        for (int x = 0; x < end;) {
            struct look look = look_of(cells_at(c, x, y), theme);
            int stop = run_end(c, x, y, end, theme);
            if (!is_plain(&look)) {
                str_add(out, "<span style=\"");
                add_css(out, &look, p);
                str_add(out, "\">");
            }
            for (; x < stop; x++)
                add_glyph_escaped(out, cells_at(c, x, y));
            if (!is_plain(&look))
                str_add(out, "</span>");
        }
        str_char(out, '\n');
    }
    str_add(out, "</pre>\n");
}

static void rect(struct str *out, double x, double y, double w, double h, uint32_t color)
{
    str_printf(out, "<rect x=\"%g\" y=\"%g\" width=\"%g\" height=\"%g\" fill=\"#%06x\"/>\n", x, y, w, h, color);
}

/* Quarters of a cell that U+2596..U+259F fill: 1 upper left, 2 upper right, 4 lower left, 8 lower
 * right. */
static const uint8_t quarters[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};

static bool is_shape(uint32_t code)
{
    return (code >= 0x2580 && code <= 0x2590) || (code >= 0x2596 && code <= 0x259F) ||
           (code >= 0x2800 && code <= 0x28FF);
}

static void quarter_shapes(struct str *out, unsigned bits, double left, double top, uint32_t color)
{
    for (unsigned i = 0; i < 4; i++)
        if (bits >> i & 1)
            rect(out, left + (i & 1 ? CELL_W / 2.0 : 0), top + (i & 2 ? CELL_H / 2.0 : 0), CELL_W / 2.0, CELL_H / 2.0,
                 color);
}

static void braille_shapes(struct str *out, unsigned bits, double left, double top, uint32_t color)
{
    static const uint8_t column[8] = {0, 0, 0, 1, 1, 1, 0, 1}, row[8] = {0, 1, 2, 0, 1, 2, 3, 3};
    for (int i = 0; i < 8; i++)
        if (bits >> i & 1)
            str_printf(out, "<circle cx=\"%g\" cy=\"%g\" r=\"1.3\" fill=\"#%06x\"/>\n",
                       left + CELL_W * (0.25 + 0.5 * column[i]), top + CELL_H * (0.125 + 0.25 * row[i]), color);
}

/* Blocks and dots as shapes: fonts leave gaps between them, or lack them. */
static void shape(struct str *out, uint32_t code, double left, double top, uint32_t color)
{
    if (code >= 0x2800) {
        braille_shapes(out, code - 0x2800, left, top, color);
    } else if (code >= 0x2596) {
        quarter_shapes(out, quarters[code - 0x2596], left, top, color);
    } else if (code == 0x2590) {
        rect(out, left + CELL_W / 2.0, top, CELL_W / 2.0, CELL_H, color);
    } else if (code >= 0x2588) {
        rect(out, left, top, CELL_W * (0x2590 - (int)code) / 8.0, CELL_H, color);
    } else if (code == 0x2580) {
        rect(out, left, top, CELL_W, CELL_H / 2.0, color);
    } else {
        double h = CELL_H * ((int)code - 0x2580) / 8.0;
        rect(out, left, top + CELL_H - h, CELL_W, h, color);
    }
}

static bool is_blank(const struct cell_glyph *g)
{
    return g->code[0] == ' ' && !g->code[1];
}

/* A word: cells from x to stop that hold text; its length is fixed so that every font keeps the
 * grid. */
static void word(struct str *out, const struct cells *c, int x, int stop, int y, const struct look *l, uint32_t color)
{
    str_printf(out,
               "<text x=\"%d\" y=\"%d\" textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" "
               "fill=\"#%06x\"",
               MARGIN + x * CELL_W, MARGIN + y * CELL_H + BASELINE, (stop - x) * CELL_W, color);
    if (l->bold)
        str_add(out, " font-weight=\"bold\"");
    if (l->underline)
        str_add(out, " text-decoration=\"underline\"");
    if (l->dim)
        str_add(out, " opacity=\"0.6\"");
    str_char(out, '>');
    for (; x < stop; x++)
        add_glyph_escaped(out, cells_at(c, x, y));
    str_add(out, "</text>\n");
}

static void svg_run(struct str *out, const struct cells *c, int x, int stop, int y, const struct look *l,
                    const struct palette *p)
{
    double top = MARGIN + y * CELL_H;
    uint32_t color = l->reverse ? p->bg : rgb(p, l->fg);
    if (l->reverse)
        rect(out, MARGIN + x * CELL_W, top, (stop - x) * CELL_W, CELL_H, rgb(p, l->fg));
    while (x < stop) {
        const struct cell_glyph *g = cells_at(c, x, y);
        if (is_shape(g->code[0])) {
            shape(out, g->code[0], MARGIN + x * CELL_W, top, color);
            x++;
            continue;
        }
        int from = x;
        while (x < stop && !is_blank(cells_at(c, x, y)) && !is_shape(cells_at(c, x, y)->code[0]))
            x++;
        if (x > from)
            word(out, c, from, x, y, l, color);
        else
            x++;
    }
}

void dump_svg(struct str *out, const struct cells *c, const struct theme *theme)
{
    const struct palette *p = palette_of(theme);
    int width = c->width * CELL_W + 2 * MARGIN, height = c->height * CELL_H + 2 * MARGIN;
    str_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 "
               "%d %d\" "
               "font-family=\"ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace\" "
               "font-size=\"%d\">\n",
               width, height, width, height, FONT_SIZE);
    str_printf(out, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#%06x\"/>\n", width, height, p->bg);
    for (int y = 0; y < c->height; y++) {
        int end = row_end(c, y, theme);
        for (int x = 0; x < end;) {
            struct look look = look_of(cells_at(c, x, y), theme);
            int stop = run_end(c, x, y, end, theme);
            svg_run(out, c, x, stop, y, &look, p);
            x = stop;
        }
    }
    str_add(out, "</svg>\n");
}
