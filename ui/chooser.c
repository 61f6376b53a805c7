/* What is chosen takes effect at once, so that the eye can judge it. */
#include "ui/chooser.h"

#include "base/text.h"

#include <string.h>

enum { CHOOSER_WIDTH = 52 };

static int count(const struct chooser *ch)
{
    int n = 0;
    while (table_view_column(ch->list, (size_t)n))
        n++;
    return n + ch->sorting;
}

void chooser_open(struct chooser *ch, struct table_view *list, bool sorting)
{
    *ch = (struct chooser){.list = list, .sorting = sorting, .shown = 1};
    if (sorting)
        ch->at = table_view_sorted(list) + 1;
}

static void move(struct chooser *ch, int at)
{
    int n = count(ch), before = ch->at;
    ch->at = at < 0 ? 0 : at >= n ? n - 1 : at;
    if (ch->at < 0)
        ch->at = 0;
    if (!ch->sorting || ch->at == before)
        return;
    int level = table_view_sort_level(ch->list, ch->at - 1);
    if (level < 0 || (size_t)level >= ch->level) /* a column is sorted by once */
        table_view_sort_then(ch->list, ch->level, ch->at - 1);
}

/* The column becomes one more key of the order, behind which the next one comes; again: it is the last one once more. */
static void hold(struct chooser *ch)
{
    int level = table_view_sort_level(ch->list, ch->at - 1);
    if (level < 0)
        return;
    ch->level = (size_t)level < ch->level ? (size_t)level : (size_t)level + 1;
    if ((size_t)level >= ch->level)
        table_view_sort_then(ch->list, ch->level, ch->at - 1);
}

static void invert(struct chooser *ch)
{
    int level = table_view_sort_level(ch->list, ch->at - 1);
    table_view_invert(ch->list, level < 0 ? 0 : (size_t)level);
}

/* What only the list of columns has. */
static void arrange(struct chooser *ch, enum action action)
{
    switch (action) {
    case ACTION_LEFT:
    case ACTION_RIGHT:
        table_view_widen(ch->list, (size_t)ch->at, action == ACTION_LEFT ? -1 : 1);
        break;
    case ACTION_COLUMN_BACK:
    case ACTION_COLUMN_ON:
        ch->at = table_view_move(ch->list, ch->at, action == ACTION_COLUMN_BACK ? -1 : 1);
        break;
    default:
        table_view_toggle(ch->list, (size_t)ch->at);
        break;
    }
}

bool chooser_action(struct chooser *ch, enum action action)
{
    switch (action) {
    case ACTION_ROW_DOWN:
        move(ch, ch->at + 1);
        return true;
    case ACTION_ROW_UP:
        move(ch, ch->at - 1);
        return true;
    case ACTION_SORT:
        move(ch, ch->at + 1 < count(ch) ? ch->at + 1 : 0);
        return true;
    case ACTION_PAGE_DOWN:
        move(ch, ch->at + ch->shown);
        return true;
    case ACTION_PAGE_UP:
        move(ch, ch->at - ch->shown);
        return true;
    case ACTION_FIRST:
        move(ch, 0);
        return true;
    case ACTION_LAST:
        move(ch, count(ch) - 1);
        return true;
    case ACTION_INVERT:
        invert(ch);
        return true;
    case ACTION_TOGGLE:
    case ACTION_LEFT:
    case ACTION_RIGHT:
    case ACTION_COLUMN_BACK:
    case ACTION_COLUMN_ON:
        if (!ch->sorting)
            arrange(ch, action);
        else if (action == ACTION_TOGGLE)
            hold(ch);
        return true;
    case ACTION_RESET:
        table_view_reset(ch->list);
        chooser_open(ch, ch->list, ch->sorting);
        return true;
    case ACTION_OPEN:
        if (!ch->sorting)
            arrange(ch, action);
        else
            ch->list = NULL;
        return true;
    case ACTION_COLUMNS:
    case ACTION_UP:
        ch->list = NULL;
        return true;
    default:
        return false;
    }
}

void chooser_click(struct chooser *ch, int x, int y)
{
    int at = ch->top + y - ch->drawn.y - 1;
    if (x < ch->drawn.x || y < ch->drawn.y || y >= ch->drawn.y + ch->drawn.h) {
        ch->list = NULL;
    } else if (y > ch->drawn.y && at < count(ch)) {
        if (ch->at == at)
            chooser_action(ch, ACTION_TOGGLE);
        else
            move(ch, at);
    }
}

/* What the i-th line says: the mark, the name, and what the column means. */
static void line_text(const struct chooser *ch, int i, struct str *out)
{
    int column = i - ch->sorting;
    if (column < 0) {
        str_printf(out, "%s worst first, as declared", table_view_sorted(ch->list) < 0 ? "*  " : "   ");
        return;
    }
    const struct column *d = table_view_column(ch->list, (size_t)column);
    int level = table_view_sort_level(ch->list, column);
    if (!ch->sorting)
        str_printf(out, "[%c] ", table_view_shown(ch->list, (size_t)column) ? 'x' : ' ');
    else if (level >= 0)
        str_printf(out, "%d%s  ", level + 1,
                   table_view_descending(ch->list, (size_t)level) ? "\xe2\x96\xbe" : "\xe2\x96\xb4");
    else
        str_add(out, "    ");
    str_printf(out, "%-18s ", d->name);
    if (!ch->sorting && table_view_width(ch->list, (size_t)column))
        str_printf(out, "(%d wide) ", table_view_width(ch->list, (size_t)column));
    if (d->help)
        text_safe(out, d->help, strlen(d->help));
}

/* What the keys do that are not in the footer for want of room. */
static const char *heading(const struct chooser *ch)
{
    return !ch->sorting     ? "COLUMNS  Space shows, < > move, h l narrow, widen"
           : ch->level == 0 ? "SORT BY  S inverts, Space: and then by"
                            : "AND THEN BY  S inverts, Space: and then by";
}

void chooser_draw(struct chooser *ch, struct cells *c, struct rect box)
{
    int w = box.w < CHOOSER_WIDTH ? box.w : CHOOSER_WIDTH;
    int n = count(ch);
    int x = box.x + box.w - w;
    int h = n + 1 < box.h ? n + 1 : box.h;
    ch->drawn = (struct rect){x, box.y, w, h > 0 ? h : 0};
    if (h < 1)
        return;
    cells_fill(c, x, box.y, w, h, ROLE_TEXT, ' ');
    for (int y = 0; y < h; y++)
        cells_glyph(c, x, box.y + y, ROLE_DIM, 0x2502, '|');
    cells_text(c, x + 2, box.y, w - 2, ROLE_TITLE, heading(ch));
    ch->shown = h > 1 ? h - 1 : 1;
    if (ch->at < ch->top)
        ch->top = ch->at;
    if (ch->at >= ch->top + ch->shown)
        ch->top = ch->at - ch->shown + 1;
    for (int i = 0; i < h - 1 && ch->top + i < n; i++) {
        struct str s = {0};
        int y = box.y + 1 + i;
        line_text(ch, ch->top + i, &s);
        cells_text(c, x + 2, y, w - 2, ROLE_TEXT, str_text(&s));
        if (ch->top + i == ch->at) {
            cells_select(c, x + 1, y, w - 1);
            c->cursor_x = x + 1;
            c->cursor_y = y;
        }
        str_done(&s);
    }
}
