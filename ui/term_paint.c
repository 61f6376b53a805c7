/* Rows that changed are put into curses' screen again; curses finds out what of it must be sent. */
#include "ui/term_paint.h"

#include "base/mem.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct term_paint {
    struct cells shown; /* what curses was given last */
    bool shown_valid;
    struct {
        attr_t attrs;
        short pair;
    } styles[ROLE_COUNT];
};

static attr_t to_attrs(const struct theme_style *style, bool colored)
{
    attr_t attrs = A_NORMAL;
    if (style->attrs & THEME_BOLD)
        attrs |= A_BOLD;
    if ((style->attrs & THEME_DIM) && !colored) /* a dimmed grey is too little on many screens */
        attrs |= A_DIM;
    if (style->attrs & THEME_REVERSE)
        attrs |= A_REVERSE;
    if (style->attrs & THEME_UNDERLINE)
        attrs |= A_UNDERLINE;
    return attrs;
}

struct term_paint *term_paint_new(const struct theme *theme, int colors)
{
    struct term_paint *p = mem_new(struct term_paint);
    for (int role = 0; role < ROLE_COUNT; role++) {
        int fg = theme_foreground(&theme->styles[role], colors);
        p->styles[role].attrs = to_attrs(&theme->styles[role], fg >= 0);
        if (fg >= 0 && init_pair((short)(role + 1), (short)fg, -1) == OK)
            p->styles[role].pair = (short)(role + 1);
    }
    return p;
}

void term_paint_free(struct term_paint *p)
{
    if (!p)
        return;
    cells_done(&p->shown);
    free(p);
}

/* Columns of a code point as the C library sees it, which is what curses goes by; 0 if it cannot be
 * drawn there. */
static int columns_of(uint32_t code)
{
    int w = wcwidth((wchar_t)code);
    return w < 0 ? 0 : w;
}

/* Puts the glyph at the cursor, `columns` wide. Where the C library is of another opinion about the
 * width, or the locale has no such character, a question mark stands for it. */
static void put_glyph(const struct term_paint *p, const struct cell_glyph *g, int columns)
{
    wchar_t text[4] = {0};
    int n = 0;
    bool ok = columns_of(g->code[0]) == columns;
    text[n++] = ok ? (wchar_t)g->code[0] : L'?';
    for (int i = 1; ok && i < 3 && g->code[i]; i++)
        if (wcwidth((wchar_t)g->code[i]) == 0)
            text[n++] = (wchar_t)g->code[i];
    attr_t attrs = p->styles[g->role].attrs | (g->selected ? A_REVERSE : A_NORMAL);
    cchar_t c;
    setcchar(&c, text, attrs, p->styles[g->role].pair, NULL);
    wadd_wch(stdscr, &c); /* the bottom right cell is drawn and yet called an error */
    if (!ok && columns == 2) {
        text[0] = L' ';
        setcchar(&c, text, attrs, p->styles[g->role].pair, NULL);
        wadd_wch(stdscr, &c);
    }
}

static void put_row(const struct term_paint *p, const struct cells *c, int y, int width)
{
    wmove(stdscr, y, 0);
    for (int x = 0; x < width; x++) {
        const struct cell_glyph *g = cells_at(c, x, y);
        const struct cell_glyph *next = cells_at(c, x + 1, y);
        bool wide = next && next->code[0] == 0;
        if (g->code[0] == 0 || (wide && x + 1 >= width)) { /* half a character at the edge of a smaller screen */
            struct cell_glyph blank = {.code = {' '}, .role = g->role, .selected = g->selected};
            put_glyph(p, &blank, 1);
            continue;
        }
        put_glyph(p, g, wide ? 2 : 1);
        x += wide;
    }
}

/* A reader of the screen, or a magnifier, follows the hardware cursor even where it is hidden. */
static void park_cursor(const struct cells *c, int width, int height)
{
    bool inside = c->cursor_x >= 0 && c->cursor_y >= 0 && c->cursor_x < width && c->cursor_y < height;
    curs_set(c->cursor_visible && inside);
    if (inside)
        wmove(stdscr, c->cursor_y, c->cursor_x);
    else
        wmove(stdscr, height - 1, width - 1);
}

void term_paint_frame(struct term_paint *p, const struct cells *c, bool everything)
{
    int width = getmaxx(stdscr), height = getmaxy(stdscr);
    bool same_size = p->shown_valid && p->shown.width == c->width && p->shown.height == c->height;
    if (everything)
        clearok(curscr, TRUE);
    if (everything || !same_size)
        werase(stdscr);
    size_t row_bytes = (size_t)c->width * sizeof *c->at;
    for (int y = 0; y < c->height && y < height; y++) {
        const struct cell_glyph *row = cells_at(c, 0, y);
        if (everything || !same_size || memcmp(row, cells_at(&p->shown, 0, y), row_bytes) != 0)
            put_row(p, c, y, c->width < width ? c->width : width);
    }
    park_cursor(c, width, height);
    wnoutrefresh(stdscr);
    doupdate();
    cells_copy(&p->shown, c);
    p->shown_valid = true;
}
