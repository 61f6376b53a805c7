/* Themes: which attributes and colours a role has. Backgrounds are always the terminal's own. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "base/error.h"
#include "ui/cells.h"

enum theme_attr { THEME_BOLD = 1, THEME_DIM = 2, THEME_REVERSE = 4, THEME_UNDERLINE = 8 };

struct theme_style {
    int fg;         /* -1: the terminal's own; 0..7 the ANSI colours; 8..15 their bright ones, where there are 16;
                       16..255 the fixed ones, where there are 256 */
    int fg8;        /* instead of fg where the terminal has not that many; -1 or 0..7 */
    unsigned attrs; /* theme_attr; all of the meaning that is left without colour. THEME_DIM holds only where there
                       is no colour: a dimmed grey is too little on many screens */
};

/* What a theme is made for. */
enum theme_ground { THEME_ANY, THEME_DARK, THEME_LIGHT };

struct theme {
    const char *name, *help;
    enum theme_ground ground;
    struct theme_style styles[ROLE_COUNT];
};

const struct theme *theme_find(const char *name); /* of those built in; NULL: there is none */
const struct theme *theme_at(int i);              /* NULL at the end; 0 is the default */
/* The foreground of a style on a terminal of so many colours; -1 is its own, and all there is
 * below 8. */
int theme_foreground(const struct theme_style *style, int colors);
/* The fixed colours 16..255 of a terminal with 256 as 0xRRGGBB: a cube of 6x6x6 levels, then 24 greys. */
uint32_t theme_rgb(int color);

/* The name of a role in files, "warn", and what it is for; theme_role_find gives -1 where there is none. */
const char *theme_role_name(enum role role);
const char *theme_role_help(enum role role);
int theme_role_find(const char *name);
const char *theme_ground_name(enum theme_ground ground); /* "any", "dark", "light" */

/* Reads a style as files have it: a colour, if any, then attributes. A colour is default, black, red, green, yellow, blue,
 * magenta, cyan, white, a number from 0 to 255, or #rrggbb, of which the nearest fixed one is taken; behind a slash the one
 * of the first eight that stands for it on terminals with no more ("130/yellow bold"), else the nearest of them is.
 * Attributes are bold, dim, underline and reverse. ERR_INVALID. */
int theme_style_parse(const char *text, struct theme_style *ret, struct error *err);

#endif
