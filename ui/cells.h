/* A grid of cells: what views draw on, and what a terminal or a test compares. No curses here. */
#ifndef UI_CELLS_H
#define UI_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a cell means; the theme turns it into colours and attributes. Never a colour by itself. */
enum role {
    ROLE_TEXT,   /* ordinary */
    ROLE_DIM,    /* fine, unimportant, stale */
    ROLE_STRONG, /* names, the number that matters */
    ROLE_TITLE,  /* headings of tables and panes */
    ROLE_KEY,    /* a key in the footer and in help */
    ROLE_OK,     /* good news */
    ROLE_WARN,   /* "!" */
    ROLE_BAD,    /* "✗" */
    ROLE_LINK,   /* leads somewhere */
    ROLE_MATCH,  /* what a search found */
    ROLE_CHART,  /* the first series of a chart */
    ROLE_CHART2, /* the second */
    ROLE_CHART3,
    ROLE_CHART4,
    ROLE_BAR,   /* status and crumbs line */
    ROLE_INPUT, /* a prompt being typed into */
    ROLE_FLASH, /* changed a moment ago */
    ROLE_COUNT,
};

struct cell_glyph {
    uint32_t code[3]; /* base and up to two combining marks; 0 ends; code[0] 0: the right half of a
                         wide cell to the left */
    uint8_t role;     /* enum role */
    bool selected;    /* on the row under the cursor: drawn reversed */
};

struct cells {
    int width, height;
    bool ascii;             /* glyphs outside ASCII are replaced where they are put (box, signs, ellipsis) */
    int cursor_x, cursor_y; /* where the hardware cursor rests; -1: hidden corner */
    bool cursor_visible;    /* while a prompt is typed into */
    struct cell_glyph *at;  /* width * height, row by row */
};

/* All blank. Sizes from 1x1; less is taken as 1. */
void cells_init(struct cells *c, int width, int height, bool ascii);
void cells_done(struct cells *c);
/* Blank afterwards, whether the size changed or not. */
void cells_resize(struct cells *c, int width, int height);
void cells_clear(struct cells *c);
/* Makes `to`, which was initialised or zeroed, an equal grid of its own. */
void cells_copy(struct cells *to, const struct cells *from);

/* Puts safe UTF-8 text from (x, y) on, at most `columns` wide, cut with "…" ("~" in ASCII) when
 * longer. Everything outside the grid is dropped. Returns the columns used, clipped ones included.
 * A wide character of which only one half fits becomes a blank; what overwrites one half blanks the
 * other. Control characters become U+FFFD, zero-width ones that are no mark are dropped. ASCII
 * grids get a stand-in of the same width for every sign. */
int cells_text(struct cells *c, int x, int y, int columns, enum role role, const char *text);
/* The same, right-aligned in `columns`; returns `columns` unless they are negative. */
int cells_text_right(struct cells *c, int x, int y, int columns, enum role role, const char *text);
__attribute__((format(printf, 6, 7))) int cells_printf(struct cells *c, int x, int y, int columns, enum role role,
                                                       const char *fmt, ...);
/* One code point; ascii is put instead on an ASCII grid. Controls and marks are ignored. */
void cells_glyph(struct cells *c, int x, int y, enum role role, uint32_t code, char ascii);
/* As cells_text, but what does not fit goes in the middle: of names that begin alike the end tells which it is. */
int cells_text_middle(struct cells *c, int x, int y, int columns, enum role role, const char *text);
/* A rectangle of one glyph, one column wide (else blanks are put). */
void cells_fill(struct cells *c, int x, int y, int width, int height, enum role role, uint32_t code);
/* Marks a stretch as selected, or gives it a role, keeping its text; a wide character is in it as a
 * whole. */
void cells_select(struct cells *c, int x, int y, int width);
void cells_role(struct cells *c, int x, int y, int width, enum role role);
const struct cell_glyph *cells_at(const struct cells *c, int x, int y); /* NULL outside */
/* Row y as UTF-8 without trailing blanks, appended to out: for tests, dumps and copies. */
struct str;
void cells_row_text(const struct cells *c, int y, struct str *out);

#endif
