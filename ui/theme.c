/* The themes: one table each. A new one is a new table, listed at the end. */
#include "ui/theme.h"

#include <string.h>

enum {
    OWN = -1, /* the terminal's own colour */
    RED = 1,
    GREEN = 2,
    YELLOW = 3,
    BLUE = 4,
    MAGENTA = 5,
    CYAN = 6,
    WHITE = 7,
};

/* Middle colours, three to one or more on black and on white; red, ochre and blue are told apart by all kinds of eyes. */
static const struct theme theme_default = {
    .name = "default",
    .help = "few colours, on whatever background the terminal has, that the colour-blind tell apart",
    .ground = THEME_ANY,
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, 0},
            [ROLE_DIM] = {245, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {31, CYAN, THEME_BOLD},
            [ROLE_KEY] = {31, CYAN, THEME_BOLD},
            [ROLE_OK] = {32, CYAN, 0},
            [ROLE_WARN] = {136, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {161, RED, THEME_BOLD},
            [ROLE_LINK] = {32, CYAN, THEME_UNDERLINE},
            [ROLE_MATCH] = {136, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {31, CYAN, 0},
            [ROLE_CHART2] = {133, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {136, YELLOW, 0},
            [ROLE_CHART4] = {29, GREEN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_FLASH] = {OWN, OWN, THEME_BOLD},
        },
};

static const struct theme theme_dark = {
    .name = "dark",
    .help = "brighter colours, for dark backgrounds",
    .ground = THEME_DARK,
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, 0},
            [ROLE_DIM] = {247, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {80, CYAN, THEME_BOLD},
            [ROLE_KEY] = {80, CYAN, THEME_BOLD},
            [ROLE_OK] = {75, CYAN, 0},
            [ROLE_WARN] = {220, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {203, RED, THEME_BOLD},
            [ROLE_LINK] = {111, CYAN, THEME_UNDERLINE},
            [ROLE_MATCH] = {220, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {80, CYAN, 0},
            [ROLE_CHART2] = {176, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {214, YELLOW, 0},
            [ROLE_CHART4] = {114, GREEN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_FLASH] = {OWN, OWN, THEME_BOLD},
        },
};

/* Yellow, cyan and green vanish on white: darker ones where there are 256, blue, magenta and red where not. */
static const struct theme theme_light = {
    .name = "light",
    .help = "darker colours, for light backgrounds",
    .ground = THEME_LIGHT,
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, 0},
            [ROLE_DIM] = {242, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {24, BLUE, THEME_BOLD},
            [ROLE_KEY] = {24, BLUE, THEME_BOLD},
            [ROLE_OK] = {25, BLUE, 0},
            [ROLE_WARN] = {94, MAGENTA, THEME_BOLD},
            [ROLE_BAD] = {125, RED, THEME_BOLD},
            [ROLE_LINK] = {25, BLUE, THEME_UNDERLINE},
            [ROLE_MATCH] = {94, MAGENTA, THEME_REVERSE},
            [ROLE_CHART] = {24, BLUE, 0},
            [ROLE_CHART2] = {90, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {94, OWN, 0},
            [ROLE_CHART4] = {22, OWN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_FLASH] = {OWN, OWN, THEME_BOLD},
        },
};

static const struct theme theme_contrast = {
    .name = "high-contrast",
    .help = "bright colours on a dark background and nothing dim, for projectors and tired eyes",
    .ground = THEME_DARK,
    .styles =
        {
            [ROLE_TEXT] = {231, WHITE, 0},
            [ROLE_DIM] = {252, WHITE, 0},
            [ROLE_STRONG] = {231, WHITE, THEME_BOLD},
            [ROLE_TITLE] = {123, CYAN, THEME_BOLD | THEME_UNDERLINE},
            [ROLE_KEY] = {123, CYAN, THEME_BOLD},
            [ROLE_OK] = {123, CYAN, THEME_BOLD},
            [ROLE_WARN] = {227, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {210, RED, THEME_BOLD | THEME_REVERSE},
            [ROLE_LINK] = {159, CYAN, THEME_UNDERLINE},
            [ROLE_MATCH] = {227, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {123, CYAN, THEME_BOLD},
            [ROLE_CHART2] = {219, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {215, YELLOW, THEME_BOLD},
            [ROLE_CHART4] = {157, GREEN, 0},
            [ROLE_BAR] = {231, WHITE, THEME_BOLD | THEME_REVERSE},
            [ROLE_INPUT] = {231, WHITE, THEME_BOLD | THEME_UNDERLINE},
            [ROLE_FLASH] = {231, WHITE, THEME_BOLD},
        },
};

/* For who has chosen the palette of the terminal himself. */
static const struct theme theme_eight = {
    .name = "8-colour",
    .help = "the eight colours of the terminal's own palette, for dark backgrounds",
    .ground = THEME_DARK,
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, 0},
            [ROLE_DIM] = {OWN, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {CYAN, CYAN, THEME_BOLD},
            [ROLE_KEY] = {CYAN, CYAN, THEME_BOLD},
            [ROLE_OK] = {CYAN, CYAN, 0},
            [ROLE_WARN] = {YELLOW, YELLOW, THEME_BOLD},
            [ROLE_BAD] = {RED, RED, THEME_BOLD},
            [ROLE_LINK] = {CYAN, CYAN, THEME_UNDERLINE},
            [ROLE_MATCH] = {YELLOW, YELLOW, THEME_REVERSE},
            [ROLE_CHART] = {CYAN, CYAN, 0},
            [ROLE_CHART2] = {MAGENTA, MAGENTA, THEME_BOLD},
            [ROLE_CHART3] = {YELLOW, YELLOW, 0},
            [ROLE_CHART4] = {GREEN, GREEN, THEME_BOLD},
            [ROLE_BAR] = {OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_FLASH] = {OWN, OWN, THEME_BOLD},
        },
};

static const struct theme theme_mono = {
    .name = "mono",
    .help = "no colour at all: bold, dim, underlined, reversed",
    .ground = THEME_ANY,
    .styles =
        {
            [ROLE_TEXT] = {OWN, OWN, 0},
            [ROLE_DIM] = {OWN, OWN, THEME_DIM},
            [ROLE_STRONG] = {OWN, OWN, THEME_BOLD},
            [ROLE_TITLE] = {OWN, OWN, THEME_BOLD | THEME_UNDERLINE},
            [ROLE_KEY] = {OWN, OWN, THEME_BOLD},
            [ROLE_OK] = {OWN, OWN, 0},
            [ROLE_WARN] = {OWN, OWN, THEME_BOLD},
            [ROLE_BAD] = {OWN, OWN, THEME_BOLD | THEME_REVERSE},
            [ROLE_LINK] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_MATCH] = {OWN, OWN, THEME_REVERSE},
            [ROLE_CHART] = {OWN, OWN, 0},
            [ROLE_CHART2] = {OWN, OWN, THEME_BOLD},
            [ROLE_CHART3] = {OWN, OWN, THEME_DIM},
            [ROLE_CHART4] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_BAR] = {OWN, OWN, THEME_BOLD},
            [ROLE_INPUT] = {OWN, OWN, THEME_UNDERLINE},
            [ROLE_FLASH] = {OWN, OWN, THEME_BOLD},
        },
};

static const struct theme *const themes[] = {
    &theme_default, &theme_dark, &theme_light, &theme_contrast, &theme_eight, &theme_mono,
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
    enum { ANSI = 8, BRIGHT = 16, ALL = 256 };
    if (colors < ANSI)
        return OWN;
    int needed = style->fg < ANSI ? ANSI : style->fg < BRIGHT ? BRIGHT : ALL; /* with 88, the fixed ones are others */
    return colors >= needed ? style->fg : style->fg8;
}
