/* What is chosen takes effect at once, so that the eye can judge it. */
#include "ui/chooser.h"

#include "base/text.h"

#include <string.h>

enum { CHOOSER_WIDTH = 46 };

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
    int n = count(ch);
    ch->at = at < 0 ? 0 : at >= n ? n - 1 : at;
    if (ch->at < 0)
        ch->at = 0;
    if (ch->sorting && ch->at - 1 != table_view_sorted(ch->list))
        table_view_sort(ch->list, ch->at - 1);
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
        return table_view_action(ch->list, ACTION_INVERT);
    case ACTION_TOGGLE:
        if (!ch->sorting)
            table_view_toggle(ch->list, (size_t)ch->at);
        return true;
    case ACTION_OPEN:
        if (!ch->sorting) {
            table_view_toggle(ch->list, (size_t)ch->at);
            return true;
        }
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

/* What the i-th line says: the mark, the name, and what the column means. */
static void line_text(const struct chooser *ch, int i, struct str *out)
{
    int column = i - ch->sorting;
    if (column < 0) {
        str_printf(out, "%s worst first, as declared", table_view_sorted(ch->list) < 0 ? "*" : " ");
        return;
    }
    const struct column *d = table_view_column(ch->list, (size_t)column);
    bool on = ch->sorting ? table_view_sorted(ch->list) == column : table_view_shown(ch->list, (size_t)column);
    str_printf(out, ch->sorting ? "%s " : "[%s] ", on ? (ch->sorting ? "*" : "x") : " ");
    str_printf(out, "%-18s ", d->name);
    if (d->help)
        text_safe(out, d->help, strlen(d->help));
}

void chooser_draw(struct chooser *ch, struct cells *c, struct rect box)
{
    int w = box.w < CHOOSER_WIDTH ? box.w : CHOOSER_WIDTH;
    int n = count(ch);
    int x = box.x + box.w - w;
    int h = n + 1 < box.h ? n + 1 : box.h;
    if (h < 1)
        return;
    cells_fill(c, x, box.y, w, h, ROLE_TEXT, ' ');
    for (int y = 0; y < h; y++)
        cells_glyph(c, x, box.y + y, ROLE_DIM, 0x2502, '|');
    cells_text(c, x + 2, box.y, w - 2, ROLE_TITLE,
               ch->sorting ? "SORT BY  S inverts" : "COLUMNS  Space shows or hides");
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
