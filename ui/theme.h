/* Themes: which attributes and colours a role has. */
#ifndef UI_THEME_H
#define UI_THEME_H

#include "ui/cells.h"

enum theme_attr { THEME_BOLD = 1, THEME_DIM = 2, THEME_REVERSE = 4, THEME_UNDERLINE = 8 };

struct theme_style {
    int fg, bg;     /* -1: the terminal's own; 0..7 the ANSI colours; 8.. only where the terminal has
                   more than 8 */
    int fg8;        /* instead of fg where there are fewer; -1 or 0..7 */
    unsigned attrs; /* theme_attr; all of the meaning that is left without colour */
};

struct theme {
    const char *name, *help;
    struct theme_style styles[ROLE_COUNT];
};

const struct theme *theme_find(const char *name); /* NULL: there is none */
const struct theme *theme_at(int i);              /* NULL at the end; 0 is the default */
/* The foreground of a style on a terminal of so many colours; -1 is its own, and all there is
 * below 8. */
int theme_foreground(const struct theme_style *style, int colors);

#endif
