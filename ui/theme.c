/* The themes: one table each. A new one is a new table, listed at the end. */
#include "ui/theme.h"

#include <string.h>

enum {
    OWN = -1, /* the terminal's own colour */
    BLACK = 0,
    RED = 1,
    GREEN = 2,
    YELLOW = 3,
    BLUE = 4,
    MAGENTA = 5,
    CYAN = 6,
    WHITE = 7,
    GREY = 245, /* of the fixed ramp: some palettes make colour 8 the background */
    BRIGHT_RED = 9,
    BRIGHT_GREEN = 10,
    BRIGHT_YELLOW = 11,
    BRIGHT_BLUE = 12,
    BRIGHT_CYAN = 14,
    BRIGHT_WHITE = 15,
};

static const struct theme theme_default = {
    .name = "default",
    .help = "few colours, on whatever background the terminal has",
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, OWN, 0},
            [ROLE_DIM] = {GREY, OWN, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {CYAN, OWN, CYAN, THEME_BOLD},
            [ROLE_KEY] = {CYAN, OWN, CYAN, THEME_BOLD},
            [ROLE_OK] = {GREEN, OWN, GREEN, 0},
            [ROLE_WARN] = {YELLOW, OWN, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {RED, OWN, RED, THEME_BOLD},
            [ROLE_LINK] = {BLUE, OWN, BLUE, THEME_UNDERLINE},
            [ROLE_MATCH] = {YELLOW, OWN, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {CYAN, OWN, CYAN, 0},
            [ROLE_CHART2] = {MAGENTA, OWN, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {YELLOW, OWN, YELLOW, 0},
            [ROLE_CHART4] = {GREEN, OWN, GREEN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, OWN, THEME_UNDERLINE},
        },
};

static const struct theme theme_mono = {
    .name = "mono",
    .help = "no colour at all: bold, dim, underlined, reversed",
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, OWN, 0},
            [ROLE_DIM] = {OWN, OWN, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {OWN, OWN, OWN, THEME_BOLD | THEME_UNDERLINE},
            [ROLE_KEY] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_OK] = {OWN, OWN, OWN, 0},
            [ROLE_WARN] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_BAD] = {OWN, OWN, OWN, THEME_BOLD | THEME_REVERSE},
            [ROLE_LINK] = {OWN, OWN, OWN, THEME_UNDERLINE},
            [ROLE_MATCH] = {OWN, OWN, OWN, THEME_REVERSE},
            [ROLE_CHART] = {OWN, OWN, OWN, 0},
            [ROLE_CHART2] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_CHART3] = {OWN, OWN, OWN, THEME_DIM},
            [ROLE_CHART4] = {OWN, OWN, OWN, THEME_UNDERLINE},
            [ROLE_BAR] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, OWN, THEME_UNDERLINE},
        },
};

static const struct theme theme_contrast = {
    .name = "high-contrast",
    .help = "bright colours and nothing dim, for projectors and tired eyes",
    .styles =
        {
            [ROLE_TEXT] = {BRIGHT_WHITE, OWN, WHITE, 0},
            [ROLE_DIM] = {WHITE, OWN, WHITE, 0},
            [ROLE_STRONG] = {BRIGHT_WHITE, OWN, WHITE, THEME_BOLD},
            [ROLE_TITLE] = {BRIGHT_CYAN, OWN, CYAN, THEME_BOLD | THEME_UNDERLINE},
            [ROLE_KEY] = {BRIGHT_CYAN, OWN, CYAN, THEME_BOLD},
            [ROLE_OK] = {BRIGHT_GREEN, OWN, GREEN, THEME_BOLD},
            [ROLE_WARN] = {BRIGHT_YELLOW, OWN, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {BRIGHT_RED, OWN, RED, THEME_BOLD | THEME_REVERSE},
            [ROLE_LINK] = {BRIGHT_CYAN, OWN, CYAN, THEME_UNDERLINE},
            [ROLE_MATCH] = {BRIGHT_YELLOW, OWN, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {BRIGHT_CYAN, OWN, CYAN, THEME_BOLD},
            [ROLE_CHART2] = {BRIGHT_YELLOW, OWN, YELLOW, THEME_BOLD},
            [ROLE_CHART3] = {BRIGHT_GREEN, OWN, GREEN, THEME_BOLD},
            [ROLE_CHART4] = {BRIGHT_WHITE, OWN, WHITE, 0},
            [ROLE_BAR] = {BRIGHT_WHITE, OWN, WHITE, THEME_BOLD | THEME_REVERSE},
            [ROLE_INPUT] = {BRIGHT_WHITE, OWN, WHITE, THEME_BOLD | THEME_UNDERLINE},
        },
};

/* Yellow, cyan and green vanish on white: darker ones where there are 256, blue and bold where not.
 */
static const struct theme theme_light = {
    .name = "light",
    .help = "darker colours, for light backgrounds",
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, OWN, 0},
            [ROLE_DIM] = {243, OWN, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {24, OWN, BLUE, THEME_BOLD},
            [ROLE_KEY] = {24, OWN, BLUE, THEME_BOLD},
            [ROLE_OK] = {28, OWN, GREEN, 0},
            [ROLE_WARN] = {130, OWN, MAGENTA, THEME_BOLD},
            [ROLE_BAD] = {124, OWN, RED, THEME_BOLD},
            [ROLE_LINK] = {24, OWN, BLUE, THEME_UNDERLINE},
            [ROLE_MATCH] = {130, OWN, MAGENTA, THEME_REVERSE},
            [ROLE_CHART] = {24, OWN, BLUE, 0},
            [ROLE_CHART2] = {90, OWN, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {130, OWN, OWN, 0},
            [ROLE_CHART4] = {28, OWN, OWN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, OWN, THEME_UNDERLINE},
        },
};

static const struct theme *const themes[] = {
    &theme_default,
    &theme_mono,
    &theme_contrast,
    &theme_light,
};

enum { THEMES = sizeof themes / sizeof *themes };

const struct theme *theme_find(const char *name)
{
    for (int i = 0; i < THEMES; i++)
        if (strcmp(themes[i]->name, name) == 0)
            return themes[i];
    return NULL;
}

const struct theme *theme_at(int i)
{
    return i >= 0 && i < THEMES ? themes[i] : NULL;
}

int theme_foreground(const struct theme_style *style, int colors)
{
    if (colors < 8)
        return OWN;
    if (style->fg < 8 || style->fg < colors)
        return style->fg;
    return style->fg8;
}
