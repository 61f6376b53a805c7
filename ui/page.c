/* Lays out pages of text, and fills the two there are. */
#include "ui/page.h"

#include "ui/command.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

void page_clear(struct page *p)
{
    for (size_t i = 0; i < p->lines.n; i++) {
        free(p->lines.items[i].left);
        free(p->lines.items[i].middle);
        free(p->lines.items[i].right);
    }
    p->lines.n = 0;
}

void page_done(struct page *p)
{
    page_clear(p);
    vec_done(&p->lines);
}

void page_add(struct page *p, enum role role, const char *left, const char *middle, const char *right)
{
    vec_push(&p->lines,
             ((struct page_line){role, mem_strdup_opt(left), mem_strdup_opt(middle), mem_strdup_opt(right)}));
}

void page_title(struct page *p, enum role role, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    page_add(p, role, text, NULL, NULL);
    free(text);
}

/* ---- drawing ---- */

static int width_of(const char *text)
{
    return text ? (int)text_width(text, strlen(text)) : 0;
}

/* Does the blank at i stand within a number, as both do in "12 m 30 s", or before its unit? */
static bool in_number(const char *text, size_t i)
{
    bool unit = (i > 1 && text[i - 2] == ' ') || (i > 2 && text[i - 3] == ' ');
    return (i > 0 && isdigit((unsigned char)text[i - 1])) || (unit && isdigit((unsigned char)text[i + 1]));
}

size_t page_break(const char *text, int width)
{
    size_t len = strlen(text), any = 0;
    size_t fit = text_fit(text, len, width > 0 ? (size_t)width : 1, NULL);
    if (fit == len || fit == 0)
        return fit ? fit : len;
    for (size_t i = fit; i > 0; i--) {
        if (text[i] != ' ')
            continue;
        any = any ? any : i;
        if (!in_number(text, i))
            return i > any / 2 ? i : any;
    }
    return any ? any : fit;
}

/* Draws one line of the page, wrapped, from screen line y (which may be above the box) on; returns
 * the lines it took. */
static int draw_line(const struct page_line *l, struct cells *c, struct rect box, int y, int left, int middle)
{
    bool title = !l->middle && !l->right;
    bool seen = y >= box.y && y < box.y + box.h;
    if (l->left && seen)
        cells_text(c, box.x, y, title ? box.w : left, l->role, l->left);
    int x = box.x + left + 2;
    if (l->middle && seen)
        cells_text(c, x, y, middle, ROLE_STRONG, l->middle);
    if (l->middle || middle)
        x += middle + 2;
    const char *rest = l->right;
    int lines = 0, room = box.x + box.w - x;
    if (room < 10 && rest) { /* a narrow screen: below, from the left edge */
        x = box.x + 2;
        room = box.w - 2;
        lines = 1;
    }
    while (rest && *rest) {
        size_t n = page_break(rest, room);
        char *part = mem_memdup(rest, n);
        if (y + lines >= box.y && y + lines < box.y + box.h)
            cells_text(c, x, y + lines, room, ROLE_DIM, part);
        free(part);
        rest += n;
        rest += strspn(rest, " ");
        lines++;
    }
    return lines ? lines : 1;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

void page_draw(struct page *p, struct cells *c, struct rect box)
{
    int left = 0, middle = 0;
    for (size_t i = 0; i < p->lines.n; i++) {
        const struct page_line *l = &p->lines.items[i];
        if (!l->middle && !l->right)
            continue;
        left = width_of(l->left) > left ? width_of(l->left) : left;
        middle = width_of(l->middle) > middle ? width_of(l->middle) : middle;
    }
    left = least(left, box.w / 3);
    middle = least(middle, box.w / 3);
    int y = box.y - p->top;
    for (size_t i = 0; i < p->lines.n; i++)
        y += draw_line(&p->lines.items[i], c, box, y, left, middle);
    p->total = y - (box.y - p->top);
    p->shown = box.h;
    int most = p->total > box.h ? p->total - box.h : 0;
    if (p->top > most) {
        p->top = most;
        cells_fill(c, box.x, box.y, box.w, box.h, ROLE_TEXT, ' ');
        page_draw(p, c, box);
        return;
    }
    if (p->top < most)
        cells_glyph(c, box.x + box.w - 1, box.y + box.h - 1, ROLE_KEY, 0x2193, 'v');
    if (p->top > 0)
        cells_glyph(c, box.x + box.w - 1, box.y, ROLE_KEY, 0x2191, '^');
}

bool page_action(struct page *p, enum action action)
{
    int page = p->shown > 2 ? p->shown - 2 : 1;
    int most = p->total > p->shown ? p->total - p->shown : 0;
    switch (action) {
    case ACTION_ROW_DOWN:
        p->top++;
        break;
    case ACTION_ROW_UP:
        p->top--;
        break;
    case ACTION_PAGE_DOWN:
        p->top += page;
        break;
    case ACTION_PAGE_UP:
        p->top -= page;
        break;
    case ACTION_FIRST:
        p->top = 0;
        break;
    case ACTION_LAST:
        p->top = most;
        break;
    default:
        return false;
    }
    p->top = p->top < 0 ? 0 : least(p->top, most);
    return true;
}

/* ---- what they say ---- */

static void help_signs(struct page *p)
{
    static const char *const signs[][2] = {
        {"\xe2\x9c\x97 ! \xc2\xb7", "wrong, worth a look, fine"},
        {"-", "unknown, which is not 0"},
        {"\xe2\x89\xa5 \xe2\x89\xa4 ~", "the truth is this or more, this or less, near it"},
        {"dim", "nothing, or old: its source failed since; the header says when it last answered"},
        {"k M G", "thousands, millions, thousands of millions"},
        {"never", "at these rates it will not catch up"},
    };
    page_title(p, ROLE_TITLE, "SIGNS");
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        page_add(p, ROLE_STRONG, signs[i][0], NULL, signs[i][1]);
}

static void help_filters(struct page *p)
{
    static const char *const examples[][2] = {
        {"payments", "some text column contains the word"},
        {"lag > 1000", "numbers; sizes as 10MB, durations as 5m"},
        {"moved > 5m", "a time is compared by its age"},
        {"group ~ \"^pay\"", "matches a regular expression; !~ does not"},
        {"state in (Empty, Dead)", "any of these"},
        {"lag = unknown", "has no value; other comparisons with unknown are never true"},
        {"lag > 0 and not trend = falling", "and, or, not, ( )"},
    };
    page_title(p, ROLE_TITLE, "FILTERS");
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        page_add(p, ROLE_STRONG, examples[i][0], NULL, examples[i][1]);
}

static void help_commands(struct page *p)
{
    page_title(p, ROLE_TITLE, "COMMANDS, after :");
    for (size_t i = 0; command_at(i); i++) {
        struct str usage = {0};
        command_usage(command_at(i), &usage);
        page_add(p, ROLE_KEY, str_text(&usage), NULL, command_at(i)->help);
        str_done(&usage);
    }
}

void page_help(struct page *p, const struct keymap *map)
{
    char buf[16];
    page_clear(p);
    page_title(p, ROLE_TITLE, "KEYS");
    for (size_t i = 0; keymap_at(map, i); i++) {
        struct str keys = {0};
        keys_text(keymap_at(map, i), &keys);
        page_add(p, ROLE_KEY, keys.len ? str_text(&keys) : "-", NULL, keymap_at(map, i)->help);
        str_done(&keys);
    }
    page_title(p, ROLE_TEXT, " ");
    page_title(p, ROLE_TITLE, "VIEWS");
    for (size_t i = 0; views_at(i); i++) {
        const struct view_def *d = views_at(i);
        uint32_t key = keymap_view_key(map, d);
        struct str s = {0};
        str_printf(&s, "%s %s", key ? input_name(key, buf) : " ", d->name);
        page_add(p, ROLE_KEY, str_text(&s), NULL, d->help);
        str_done(&s);
    }
    page_title(p, ROLE_TEXT, " ");
    help_commands(p);
    page_title(p, ROLE_TEXT, " ");
    help_signs(p);
    page_title(p, ROLE_TEXT, " ");
    help_filters(p);
}
