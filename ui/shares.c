/* Draws distributions and verdicts that are the text of a cell. */
#include "ui/shares.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 200 };

/* One letter of a verdict. */
static const struct letter {
    char letter;
    enum role role;
    const char *word;
} letters[] = {
    {'.', ROLE_DIM, "OK"},    {'?', ROLE_DIM, "NO-REF"}, {'n', ROLE_DIM, "LOW-N"},   {'E', ROLE_BAD, "EMPTY"},
    {'T', ROLE_BAD, "TYPE"},  {'R', ROLE_WARN, "RANGE"}, {'U', ROLE_WARN, "UNSEEN"}, {'V', ROLE_WARN, "VANISHED"},
    {'N', ROLE_BAD, "NULLS"}, {'Z', ROLE_BAD, "ZEROS"},  {'C', ROLE_BAD, "CONST"},   {'1', ROLE_WARN, "ONE"},
    {'L', ROLE_BAD, "LOST"},  {'D', ROLE_BAD, "DRIFT"},
};

static const struct letter *find(char c)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == c)
            return &letters[i];
    return NULL;
}

/* The numbers of a text; 0 where it has anything else, or too many. */
static int read_shares(const char *text, long *values)
{
    int n = 0;
    while (*text) {
        char *end;
        if (n == BINS || !isdigit((unsigned char)*text))
            return 0;
        values[n++] = strtol(text, &end, 10);
        if (*end && *end != ' ')
            return 0;
        text = *end ? end + 1 : end;
    }
    return n;
}

void shares_levels(struct str *out, const char *text)
{
    long values[BINS], most = 0;
    int n = read_shares(text, values);
    for (int i = 0; i < n; i++)
        most = values[i] > most ? values[i] : most;
    for (int i = 0; i < n; i++) {
        double part = most > 0 ? (double)values[i] / (double)most : 0;
        int level = values[i] == 0 ? 0 : 1 + (int)(part * (GRAPH_STEPS - 1) + 0.5);
        str_char(out, (char)('0' + level));
    }
    if (n == 0)
        str_add(out, text);
}

static bool is_levels(const char *text)
{
    size_t n = strspn(text, "01234567");
    return n > 0 && text[n] == '\0';
}

/* Signs of rising ink, few enough that chance does not change them. */
static char ascii_level(char level)
{
    static const char signs[] = "_.-++###";
    return signs[level - '0'];
}

void shares_draw(struct cells *c, int x, int y, int width, enum graph_glyphs g, enum role role, const char *levels)
{
    int n = (int)strlen(levels);
    if (!is_levels(levels)) {
        cells_text(c, x, y, width, role, levels);
        return;
    }
    int merged = width > 0 ? (n + width - 1) / width : n;
    for (int i = 0; i < n && width > 0; i += merged, x++) {
        char level = '0';
        for (int k = i; k < n && k < i + merged; k++)
            level = levels[k] > level ? levels[k] : level;
        if (c->ascii || g == GRAPH_ASCII)
            cells_glyph(c, x, y, level == '0' ? ROLE_DIM : role, (uint32_t)ascii_level(level), ascii_level(level));
        else if (level == '0')
            cells_glyph(c, x, y, ROLE_DIM, 0xb7, ' ');
        else
            graph_step(c, x, y, g, role, level - '1');
    }
}

void shares_draw_marks(struct cells *c, int x, int y, int width, const char *text, bool dim)
{
    size_t len = strlen(text);
    int end = x + width;
    for (size_t i = 0; i < len && x < end; i++, x++) {
        const struct letter *l = find(text[i]);
        if (x == end - 1 && i + 1 < len) {
            cells_glyph(c, x, y, ROLE_DIM, 0x2026, '~');
            return;
        }
        uint32_t code = text[i] == '.' ? 0xb7 : (unsigned char)text[i];
        cells_glyph(c, x, y, dim ? ROLE_DIM : l ? l->role : ROLE_TEXT, code, text[i]);
    }
}

const char *shares_mark_word(char letter)
{
    const struct letter *l = find(letter);
    return l ? l->word : NULL;
}
