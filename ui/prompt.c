/* The one-line editor. Text is UTF-8; what no terminal should be sent is not taken. */
#include "ui/prompt.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"

#include <string.h>

enum { PROMPT_HISTORY = 100 };

void prompt_done(struct prompt *p)
{
    for (size_t i = 0; i < p->history.n; i++)
        free(p->history.items[i]);
    vec_done(&p->history);
    str_done(&p->text);
}

static void set_text(struct prompt *p, const char *text)
{
    str_clear(&p->text);
    str_add(&p->text, text);
    p->cursor = p->text.len;
}

void prompt_open(struct prompt *p, const char *label, const char *text)
{
    p->label = label;
    p->at = p->history.n;
    set_text(p, text);
}

static size_t before(const struct prompt *p, size_t at)
{
    if (at > 0)
        at--;
    while (at > 0 && ((unsigned char)p->text.s[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static size_t after(const struct prompt *p, size_t at)
{
    if (at < p->text.len)
        at++;
    while (at < p->text.len && ((unsigned char)p->text.s[at] & 0xc0) == 0x80)
        at++;
    return at;
}

/* Replaces the bytes from..to by others and puts the cursor behind them. */
static void replace(struct prompt *p, size_t from, size_t to, const char *bytes, size_t len)
{
    char *rest = mem_memdup(str_text(&p->text) + to, p->text.len - to);
    size_t nrest = p->text.len - to;
    str_cut(&p->text, from);
    str_bytes(&p->text, bytes, len);
    p->cursor = p->text.len;
    str_bytes(&p->text, rest, nrest);
    free(rest);
}

static void insert(struct prompt *p, uint32_t code)
{
    char buf[8];
    size_t len = text_encode(code, buf);
    struct str safe = {0};
    text_safe(&safe, buf, len);
    bool ok = safe.len == len && memcmp(safe.s, buf, len) == 0;
    str_done(&safe);
    if (ok && p->text.len + len <= LIMITS_EXPR_BYTES)
        replace(p, p->cursor, p->cursor, buf, len);
}

static size_t word_start(const struct prompt *p)
{
    size_t at = p->cursor;
    while (at > 0 && p->text.s[at - 1] == ' ')
        at--;
    while (at > 0 && p->text.s[at - 1] != ' ')
        at--;
    return at;
}

static void walk_history(struct prompt *p, int step)
{
    if ((step < 0 && p->at == 0) || (step > 0 && p->at >= p->history.n))
        return;
    p->at = step < 0 ? p->at - 1 : p->at + 1;
    set_text(p, p->at < p->history.n ? p->history.items[p->at] : "");
}

static void remember(struct prompt *p)
{
    const char *text = str_text(&p->text);
    if (!*text || (p->history.n && strcmp(p->history.items[p->history.n - 1], text) == 0))
        return;
    if (p->history.n >= PROMPT_HISTORY) {
        free(p->history.items[0]);
        memmove(p->history.items, p->history.items + 1, (p->history.n - 1) * sizeof *p->history.items);
        p->history.n--;
    }
    vec_push(&p->history, mem_strdup(text));
}

/* Keys that only move the cursor; false for others. */
static bool move(struct prompt *p, uint32_t key)
{
    switch (key) {
    case INPUT_LEFT:
    case INPUT_CTRL | 'b':
        p->cursor = before(p, p->cursor);
        return true;
    case INPUT_RIGHT:
    case INPUT_CTRL | 'f':
        p->cursor = after(p, p->cursor);
        return true;
    case INPUT_HOME:
    case INPUT_CTRL | 'a':
        p->cursor = 0;
        return true;
    case INPUT_END:
    case INPUT_CTRL | 'e':
        p->cursor = p->text.len;
        return true;
    default:
        return false;
    }
}

/* Keys that change the text; false for others. */
static bool edit(struct prompt *p, uint32_t key)
{
    switch (key) {
    case INPUT_BACKSPACE:
    case INPUT_CTRL | 'h':
        replace(p, before(p, p->cursor), p->cursor, "", 0);
        return true;
    case INPUT_DELETE:
    case INPUT_CTRL | 'd': {
        size_t at = p->cursor;
        replace(p, at, after(p, at), "", 0);
        return true;
    }
    case INPUT_CTRL | 'u':
        replace(p, 0, p->cursor, "", 0);
        return true;
    case INPUT_CTRL | 'k':
        str_cut(&p->text, p->cursor);
        return true;
    case INPUT_CTRL | 'w':
        replace(p, word_start(p), p->cursor, "", 0);
        return true;
    case INPUT_UP:
    case INPUT_CTRL | 'p':
        walk_history(p, -1);
        return true;
    case INPUT_DOWN:
    case INPUT_CTRL | 'n':
        walk_history(p, 1);
        return true;
    default:
        if (key < 0x20 || key >= INPUT_SPECIAL)
            return false;
        insert(p, key);
        return true;
    }
}

enum prompt_result prompt_input(struct prompt *p, uint32_t key)
{
    if (key == INPUT_ENTER) {
        remember(p);
        return PROMPT_ACCEPTED;
    }
    if (key == INPUT_ESCAPE || key == (INPUT_CTRL | 'c'))
        return PROMPT_CANCELLED;
    if (key == INPUT_BACKSPACE && p->text.len == 0)
        return PROMPT_CANCELLED;
    if (move(p, key))
        return PROMPT_MOVED;
    return edit(p, key) ? PROMPT_EDITED : PROMPT_NONE;
}

int prompt_draw(const struct prompt *p, struct cells *c, int x, int y, int width, size_t at)
{
    const char *text = str_text(&p->text);
    int label = cells_text(c, x, y, width, ROLE_KEY, p->label);
    int room = width - label - 1;
    size_t first = 0;
    while (room > 0 && first < p->cursor && text_width(text + first, p->cursor - first) > (size_t)room)
        first = after(p, first);
    cells_fill(c, x + label, y, width - label, 1, ROLE_INPUT, ' ');
    cells_text(c, x + label, y, width - label, ROLE_INPUT, text + first);
    c->cursor_x = x + label + (int)text_width(text + first, p->cursor - first);
    c->cursor_y = y;
    c->cursor_visible = true;
    if (at > p->text.len)
        at = p->text.len;
    return at < first ? x + label : x + label + (int)text_width(text + first, at - first);
}
