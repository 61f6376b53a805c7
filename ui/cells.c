/* A grid of cells, clipped at every edge, in which a wide character never loses only one half. */
#include "ui/cells.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { REPLACEMENT = 0xFFFD, ELLIPSIS = 0x2026, MARKS = 2 };

/* What stands for a sign on a grid that can hold ASCII only. Ranges, sorted by code point. */
static const struct {
    uint32_t first, last;
    char ascii;
} replacements[] = {
    {0xA0, 0xA0, ' '},      {0xB0, 0xB0, 'o'},      {0xB1, 0xB1, '+'},      {0xB5, 0xB5, 'u'},
    {0xB7, 0xB7, '.'},      {0xD7, 0xD7, 'x'},      {0x394, 0x394, '+'},    {0x2010, 0x2015, '-'},
    {0x2018, 0x201B, '\''}, {0x201C, 0x201F, '"'},  {0x2022, 0x2022, '*'},  {0x2026, 0x2026, '~'},
    {0x2039, 0x2039, '<'},  {0x203A, 0x203A, '>'},  {0x2190, 0x2190, '<'},  {0x2191, 0x2191, '^'},
    {0x2192, 0x2192, '>'},  {0x2193, 0x2193, 'v'},  {0x2194, 0x2194, '-'},  {0x2195, 0x2195, '|'},
    {0x21E7, 0x21E7, '^'},  {0x2212, 0x2212, '-'},  {0x221E, 0x221E, '8'},  {0x2248, 0x2248, '~'},
    {0x2260, 0x2260, '#'},  {0x2264, 0x2264, '<'},  {0x2265, 0x2265, '>'},  {0x2500, 0x2501, '-'},
    {0x2502, 0x2503, '|'},  {0x2504, 0x2505, '-'},  {0x2506, 0x2507, ':'},  {0x2508, 0x2509, '-'},
    {0x250A, 0x250B, ':'},  {0x250C, 0x254B, '+'},  {0x254C, 0x254D, '-'},  {0x254E, 0x254F, ':'},
    {0x2550, 0x2550, '='},  {0x2551, 0x2551, '|'},  {0x2552, 0x2570, '+'},  {0x2571, 0x2571, '/'},
    {0x2572, 0x2572, '\\'}, {0x2573, 0x2573, 'x'},  {0x2574, 0x2574, '-'},  {0x2575, 0x2575, '|'},
    {0x2576, 0x2576, '-'},  {0x2577, 0x2577, '|'},  {0x2578, 0x2578, '-'},  {0x2579, 0x2579, '|'},
    {0x257A, 0x257A, '-'},  {0x257B, 0x257B, '|'},  {0x257C, 0x257C, '-'},  {0x257D, 0x257D, '|'},
    {0x257E, 0x257E, '-'},  {0x257F, 0x257F, '|'},  {0x2580, 0x2580, '\''}, {0x2581, 0x2582, '_'},
    {0x2583, 0x2584, '.'},  {0x2585, 0x2586, ':'},  {0x2587, 0x2589, '#'},  {0x258A, 0x258D, '='},
    {0x258E, 0x258F, '-'},  {0x2590, 0x2590, '#'},  {0x2591, 0x2591, '.'},  {0x2592, 0x2592, ':'},
    {0x2593, 0x2593, '#'},  {0x2594, 0x2594, '\''}, {0x2595, 0x2595, '|'},  {0x2596, 0x259F, '#'},
    {0x25A0, 0x25A0, '#'},  {0x25A1, 0x25A1, 'o'},  {0x25AA, 0x25AA, '#'},  {0x25B2, 0x25B3, '^'},
    {0x25B6, 0x25B9, '>'},  {0x25BC, 0x25BF, 'v'},  {0x25C0, 0x25C3, '<'},  {0x25C6, 0x25C6, '*'},
    {0x25CB, 0x25CB, 'o'},  {0x25CC, 0x25CC, '?'},  {0x25CF, 0x25CF, '*'},  {0x26A0, 0x26A0, '!'},
    {0x2713, 0x2714, 'v'},  {0x2715, 0x2718, 'X'},  {0x27E8, 0x27E8, '<'},  {0x27E9, 0x27E9, '>'},
    {0x2800, 0x2800, ' '},  {0x2801, 0x28FF, '*'},
};

static char ascii_for(uint32_t code)
{
    size_t low = 0, high = sizeof replacements / sizeof *replacements;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (code > replacements[mid].last)
            low = mid + 1;
        else if (code < replacements[mid].first)
            high = mid;
        else
            return replacements[mid].ascii;
    }
    return '?';
}

static bool is_control(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/* Only true marks may share a cell: a format control (joiner, bidi override) would change its
 * neighbours. */
static bool is_mark(uint32_t code)
{
    utf8proc_category_t cat = utf8proc_category((utf8proc_int32_t)code);
    return cat == UTF8PROC_CATEGORY_MN || cat == UTF8PROC_CATEGORY_ME;
}

static void blank(struct cell_glyph *g, enum role role)
{
    *g = (struct cell_glyph){.code = {' '}, .role = (uint8_t)role};
}

void cells_init(struct cells *c, int width, int height, bool ascii)
{
    *c = (struct cells){.ascii = ascii};
    cells_resize(c, width, height);
}

void cells_done(struct cells *c)
{
    free(c->at);
    *c = (struct cells){0};
}

void cells_resize(struct cells *c, int width, int height)
{
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
    if (!c->at || width != c->width || height != c->height) {
        free(c->at);
        c->at = mem_calloc((size_t)width * (size_t)height, sizeof *c->at);
        c->width = width;
        c->height = height;
    }
    cells_clear(c);
}

void cells_clear(struct cells *c)
{
    size_t n = (size_t)c->width * (size_t)c->height;
    for (size_t i = 0; i < n; i++)
        blank(&c->at[i], ROLE_TEXT);
    c->cursor_x = c->cursor_y = -1;
    c->cursor_visible = false;
}

void cells_copy(struct cells *to, const struct cells *from)
{
    if (to->width != from->width || to->height != from->height || !to->at)
        cells_resize(to, from->width, from->height);
    struct cell_glyph *at = to->at;
    memcpy(at, from->at, (size_t)from->width * (size_t)from->height * sizeof *at);
    *to = *from;
    to->at = at;
}

/* The cell itself, or NULL outside. */
static struct cell_glyph *cell(struct cells *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->width || y >= c->height)
        return NULL;
    return &c->at[(size_t)y * (size_t)c->width + (size_t)x];
}

const struct cell_glyph *cells_at(const struct cells *c, int x, int y)
{
    if (x < 0 || y < 0 || x >= c->width || y >= c->height)
        return NULL;
    return &c->at[(size_t)y * (size_t)c->width + (size_t)x];
}

/* Is (x, y) the left half of a wide character? */
static bool is_left_half(const struct cells *c, int x, int y)
{
    const struct cell_glyph *right = cells_at(c, x + 1, y);
    return right && right->code[0] == 0;
}

/* Puts one code point of 1 or 2 columns; what is outside is dropped, half a wide one is a blank.
 * Returns its cell, where marks may be added, or NULL. */
static struct cell_glyph *put(struct cells *c, int x, int y, enum role role, uint32_t code, int columns)
{
    bool whole = columns == 1 || (x >= 0 && x + 1 < c->width);
    struct cell_glyph *first = NULL;
    for (int i = 0; i < columns; i++) {
        struct cell_glyph *g = cell(c, x + i, y);
        if (!g)
            continue;
        if (g->code[0] == 0 && i == 0) /* over the right half: its left one, outside of us, goes too */
            blank(cell(c, x - 1, y), cell(c, x - 1, y)->role);
        if (is_left_half(c, x + i, y))
            blank(cell(c, x + i + 1, y), cell(c, x + i + 1, y)->role);
        blank(g, role);
        if (!whole)
            continue;
        g->code[0] = i == 0 ? code : 0;
        if (i == 0)
            first = g;
    }
    return first;
}

static void add_mark(struct cell_glyph *g, uint32_t code)
{
    for (int i = 1; i <= MARKS; i++)
        if (!g->code[i]) {
            g->code[i] = code;
            return;
        }
}

/* Puts len bytes of text from x on, no wider than columns; returns the columns used, also of what
 * was clipped. */
static int put_text(struct cells *c, int x, int y, int columns, enum role role, const char *text, size_t len)
{
    int used = 0;
    struct cell_glyph *base = NULL;
    while (len) {
        uint32_t code;
        size_t n = text_decode(text, len, &code);
        text += n;
        len -= n;
        if (is_control(code))
            code = REPLACEMENT;
        int w = text_code_width(code);
        if (w == 0) {
            if (base && !c->ascii && is_mark(code))
                add_mark(base, code);
            continue;
        }
        if (used + w > columns)
            break;
        if (c->ascii && code >= 0x80) {
            char stand_in = ascii_for(code);
            for (int i = 0; i < w; i++) /* keeps the width that the text was laid out with */
                base = put(c, x + used + i, y, role, (uint32_t)stand_in, 1);
        } else {
            base = put(c, x + used, y, role, code, w);
        }
        used += w;
    }
    return used;
}

/* Columns of text as put_text counts them, looking no further than limit + 1. */
static int measure(const char *text, size_t len, int limit)
{
    int used = 0;
    while (len && used <= limit) {
        uint32_t code;
        size_t n = text_decode(text, len, &code);
        used += is_control(code) ? 1 : text_code_width(code);
        text += n;
        len -= n;
    }
    return used;
}

int cells_text(struct cells *c, int x, int y, int columns, enum role role, const char *text)
{
    size_t len = strlen(text);
    if (columns <= 0)
        return 0;
    if (measure(text, len, columns) <= columns)
        return put_text(c, x, y, columns, role, text, len);
    int used = put_text(c, x, y, columns - 1, role, text, len);
    cells_glyph(c, x + used, y, role, ELLIPSIS, '~');
    return used + 1;
}

/* The end of a text, as much of it as is no wider. */
static const char *tail(const char *text, int width)
{
    size_t len = strlen(text);
    while (len && measure(text, len, width) > width) {
        uint32_t code;
        size_t n = text_decode(text, len, &code);
        text += n;
        len -= n;
    }
    return text;
}

int cells_text_middle(struct cells *c, int x, int y, int columns, enum role role, const char *text)
{
    enum { LEAST = 8 };
    size_t len = strlen(text);
    if (columns < LEAST || measure(text, len, columns) <= columns)
        return cells_text(c, x, y, columns, role, text);
    int head = columns / 3;
    int used = put_text(c, x, y, head, role, text, len);
    cells_glyph(c, x + used, y, role, ELLIPSIS, '~');
    const char *end = tail(text, columns - used - 1);
    return used + 1 + put_text(c, x + used + 1, y, columns - used - 1, role, end, strlen(end));
}

int cells_text_right(struct cells *c, int x, int y, int columns, enum role role, const char *text)
{
    int width = measure(text, strlen(text), columns);
    int skip = width < columns ? columns - width : 0;
    return skip + cells_text(c, x + skip, y, columns - skip, role, text);
}

int cells_printf(struct cells *c, int x, int y, int columns, enum role role, const char *fmt, ...)
{
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    int used = cells_text(c, x, y, columns, role, str_text(&text));
    str_done(&text);
    return used;
}

void cells_glyph(struct cells *c, int x, int y, enum role role, uint32_t code, char ascii)
{
    int w = is_control(code) ? 0 : text_code_width(code);
    if (w == 0)
        return;
    if (c->ascii && code >= 0x80) {
        uint32_t stand_in = (unsigned char)ascii;
        if (is_control(stand_in) || stand_in >= 0x80)
            stand_in = '?';
        for (int i = 0; i < w; i++)
            put(c, x + i, y, role, stand_in, 1);
        return;
    }
    put(c, x, y, role, code, w);
}

void cells_fill(struct cells *c, int x, int y, int width, int height, enum role role, uint32_t code)
{
    if (is_control(code) || text_code_width(code) != 1)
        code = ' ';
    int left = x < 0 ? 0 : x, top = y < 0 ? 0 : y;
    int64_t right = (int64_t)x + width, bottom = (int64_t)y + height;
    right = right > c->width ? c->width : right;
    bottom = bottom > c->height ? c->height : bottom;
    char ascii = ascii_for(code);
    for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++)
            cells_glyph(c, column, row, role, code, ascii);
}

/* The stretch [*x, *end) cut to the grid and widened to whole characters; false if nothing is left.
 */
static bool stretch(const struct cells *c, int *x, int y, int width, int *end)
{
    int64_t right = (int64_t)*x + width;
    *x = *x < 0 ? 0 : *x;
    *end = right > c->width ? c->width : (int)(right < 0 ? 0 : right);
    if (y < 0 || y >= c->height || *x >= *end)
        return false;
    if (*x > 0 && cells_at(c, *x, y)->code[0] == 0)
        *x -= 1;
    if (is_left_half(c, *end - 1, y))
        *end += 1;
    return true;
}

void cells_select(struct cells *c, int x, int y, int width)
{
    int end;
    if (!stretch(c, &x, y, width, &end))
        return;
    for (; x < end; x++)
        cell(c, x, y)->selected = true;
}

void cells_role(struct cells *c, int x, int y, int width, enum role role)
{
    int end;
    if (!stretch(c, &x, y, width, &end))
        return;
    for (; x < end; x++)
        cell(c, x, y)->role = (uint8_t)role;
}

void cells_row_text(const struct cells *c, int y, struct str *out)
{
    if (y < 0 || y >= c->height)
        return;
    const struct cell_glyph *row = cells_at(c, 0, y);
    int end = c->width;
    while (end > 0 && row[end - 1].code[0] == ' ' && !row[end - 1].code[1])
        end--;
    for (int x = 0; x < end; x++)
        for (int i = 0; i < 3 && row[x].code[i]; i++) {
            char buf[4];
            str_bytes(out, buf, text_encode(row[x].code[i], buf));
        }
}
