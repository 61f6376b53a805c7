/* Styles as files have them, and the colours that terminals agree about. */
#include "ui/theme.h"

#include "base/str.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { CUBE = 16, RAMP = 232, COLORS = 256, ANSI = 8, WORD = 32 };

static const struct {
    const char *name, *help;
} roles[ROLE_COUNT] = {
    [ROLE_TEXT] = {"text", "ordinary text"},
    [ROLE_DIM] = {"dim", "what is fine, unimportant or old"},
    [ROLE_STRONG] = {"strong", "names, and the number that matters"},
    [ROLE_TITLE] = {"title", "headings of lists"},
    [ROLE_KEY] = {"key", "keys, in the last line and in help"},
    [ROLE_OK] = {"ok", "good news"},
    [ROLE_WARN] = {"warn", "what deserves a look"},
    [ROLE_BAD] = {"bad", "what is wrong"},
    [ROLE_LINK] = {"link", "what leads somewhere"},
    [ROLE_MATCH] = {"match", "what a search found"},
    [ROLE_CHART] = {"chart", "the first line of a chart"},
    [ROLE_CHART2] = {"chart2", "the second"},
    [ROLE_CHART3] = {"chart3", "the third"},
    [ROLE_CHART4] = {"chart4", "the fourth"},
    [ROLE_BAR] = {"bar", "the line that says where one is"},
    [ROLE_INPUT] = {"input", "what is being typed"},
    [ROLE_FLASH] = {"flash", "what changed a moment ago"},
};

static const char *const ansi_names[ANSI] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
/* As xterm has them out of the box; others are near. */
static const uint32_t ansi_rgb[ANSI] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5};

const char *theme_role_name(enum role role)
{
    return roles[role].name;
}

const char *theme_role_help(enum role role)
{
    return roles[role].help;
}

int theme_role_find(const char *name)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(roles[i].name, name) == 0)
            return i;
    return -1;
}

const char *theme_ground_name(enum theme_ground ground)
{
    static const char *const names[] = {[THEME_ANY] = "any", [THEME_DARK] = "dark", [THEME_LIGHT] = "light"};
    return names[ground];
}

uint32_t theme_rgb(int color)
{
    static const uint32_t levels[6] = {0, 95, 135, 175, 215, 255};
    if (color >= RAMP)
        return (uint32_t)(8 + 10 * (color - RAMP)) * 0x010101u;
    color = color < CUBE ? 0 : color - CUBE;
    return levels[color / 36] << 16 | levels[color / 6 % 6] << 8 | levels[color % 6];
}

static int distance(uint32_t a, uint32_t b)
{
    int sum = 0;
    for (int shift = 0; shift < 24; shift += 8) {
        int d = (int)(a >> shift & 0xff) - (int)(b >> shift & 0xff);
        sum += d * d;
    }
    return sum;
}

static int nearest_fixed(uint32_t rgb)
{
    int best = CUBE;
    for (int i = CUBE + 1; i < COLORS; i++)
        if (distance(theme_rgb(i), rgb) < distance(theme_rgb(best), rgb))
            best = i;
    return best;
}

/* Of the eight; greys are the terminal's own. */
static int nearest_ansi(int color)
{
    if (color < CUBE)
        return color < 0 ? -1 : color % ANSI;
    if (color >= RAMP)
        return -1;
    int best = 0;
    for (int i = 1; i < ANSI; i++)
        if (distance(ansi_rgb[i], theme_rgb(color)) < distance(ansi_rgb[best], theme_rgb(color)))
            best = i;
    return best == 0 || best == 7 ? -1 : best; /* black or white would vanish on some background */
}

/* false for what is no colour. */
static bool read_color(const char *text, int *ret)
{
    char *end;
    if (strcmp(text, "default") == 0) {
        *ret = -1;
        return true;
    }
    for (int i = 0; i < ANSI; i++) {
        if (strcmp(text, ansi_names[i]) == 0) {
            *ret = i;
            return true;
        }
    }
    if (text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6) {
        *ret = nearest_fixed((uint32_t)strtoul(text + 1, NULL, 16));
        return true;
    }
    if (!*text || strlen(text) > 3 || strspn(text, "0123456789") != strlen(text))
        return false;
    long n = strtol(text, &end, 10);
    *ret = (int)n;
    return n < COLORS;
}

static unsigned read_attribute(const char *text)
{
    static const struct {
        const char *name;
        unsigned attr;
    } names[] = {{"bold", THEME_BOLD}, {"dim", THEME_DIM}, {"underline", THEME_UNDERLINE}, {"reverse", THEME_REVERSE}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i].name, text) == 0)
            return names[i].attr;
    return 0;
}

static int refuse(const char *word, const char *why, struct error *err)
{
    struct str safe = {0};
    text_safe(&safe, word, strlen(word));
    int rc = error_set(err, ERR_INVALID, "\"%s\" %s", str_text(&safe), why);
    str_done(&safe);
    return rc;
}

static int read_word(char *word, bool first, struct theme_style *style, struct error *err)
{
    unsigned attr = read_attribute(word);
    style->attrs |= attr;
    if (attr)
        return 0;
    char *slash = strchr(word, '/');
    if (slash)
        *slash++ = '\0';
    if (!first)
        return refuse(word, "is no attribute; behind the colour may stand bold, dim, underline, reverse", err);
    if (!read_color(word, &style->fg))
        return refuse(word,
                      "is no colour; a style is a colour (default, black, red, green, yellow, blue, magenta, cyan, "
                      "white, 0 to 255, \"#rrggbb\"), then bold, dim, underline, reverse",
                      err);
    style->fg8 = nearest_ansi(style->fg);
    if (slash && (!read_color(slash, &style->fg8) || style->fg8 >= ANSI))
        return refuse(slash,
                      "is none of the first eight colours: default, black, red, green, yellow, blue, magenta, cyan, "
                      "white",
                      err);
    return 0;
}

int theme_style_parse(const char *text, struct theme_style *ret, struct error *err)
{
    struct theme_style style = {.fg = -1, .fg8 = -1};
    bool first = true;
    text += strspn(text, " ");
    while (*text) {
        char word[WORD];
        size_t len = strcspn(text, " ");
        if (len >= sizeof word)
            return error_set(err, ERR_INVALID, "a word of %zu bytes is none of a style", len);
        memcpy(word, text, len);
        word[len] = '\0';
        int rc = read_word(word, first, &style, err);
        if (rc)
            return rc;
        first = false;
        text += len;
        text += strspn(text, " ");
    }
    *ret = style;
    return 0;
}
