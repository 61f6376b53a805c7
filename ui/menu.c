/* The menu's items and its cursor. */
#include "ui/menu.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { MENU_WIDTH = 52, MENU_NAME = 28 };

void menu_close(struct menu *m)
{
    for (size_t i = 0; i < m->items.n; i++) {
        free(m->items.items[i].name);
        free(m->items.items[i].text);
    }
    vec_done(&m->items);
    *m = (struct menu){0};
}

void menu_open(struct menu *m, const char *heading)
{
    menu_close(m);
    m->heading = heading;
    m->shown = 1;
}

void menu_add(struct menu *m, const char *name, const char *text, bool on)
{
    if (on)
        m->at = (int)m->items.n;
    vec_push(&m->items, ((struct menu_item){mem_strdup(name), mem_strdup(text ? text : ""), on}));
}

static void move(struct menu *m, int to)
{
    int last = (int)m->items.n - 1;
    m->at = to > last ? last : to;
    if (m->at < 0)
        m->at = 0;
}

bool menu_action(struct menu *m, enum action action)
{
    switch (action) {
    case ACTION_ROW_DOWN:
        move(m, m->at + 1);
        break;
    case ACTION_ROW_UP:
        move(m, m->at - 1);
        break;
    case ACTION_PAGE_DOWN:
        move(m, m->at + m->shown);
        break;
    case ACTION_PAGE_UP:
        move(m, m->at - m->shown);
        break;
    case ACTION_FIRST:
        move(m, 0);
        break;
    case ACTION_LAST:
        move(m, (int)m->items.n - 1);
        break;
    case ACTION_UP:
        menu_close(m);
        break;
    case ACTION_OPEN:
        return m->items.n > 0;
    default:
        break;
    }
    return false;
}

static int name_width(const struct menu *m)
{
    int widest = 0;
    for (size_t i = 0; i < m->items.n; i++) {
        int w = (int)text_width(m->items.items[i].name, strlen(m->items.items[i].name));
        widest = w > widest ? w : widest;
    }
    return widest < MENU_NAME ? widest : MENU_NAME;
}

void menu_draw(struct menu *m, struct cells *c, struct rect box)
{
    int w = box.w < MENU_WIDTH ? box.w : MENU_WIDTH, n = (int)m->items.n, x = box.x + box.w - w;
    int h = n + 1 < box.h ? n + 1 : box.h, name = name_width(m);
    if (h < 1)
        return;
    cells_fill(c, x, box.y, w, h, ROLE_TEXT, ' ');
    for (int y = 0; y < h; y++)
        cells_glyph(c, x, box.y + y, ROLE_DIM, 0x2502, '|');
    cells_text(c, x + 2, box.y, w - 2, ROLE_TITLE, m->heading);
    m->shown = h > 1 ? h - 1 : 1;
    if (m->at < m->top)
        m->top = m->at;
    if (m->at >= m->top + m->shown)
        m->top = m->at - m->shown + 1;
    for (int i = 0; i < h - 1 && m->top + i < n; i++) {
        const struct menu_item *item = &m->items.items[m->top + i];
        int y = box.y + 1 + i;
        if (item->on)
            cells_glyph(c, x + 2, y, ROLE_KEY, '*', '*');
        cells_text(c, x + 4, y, name < w - 4 ? name : w - 4, ROLE_TEXT, item->name);
        cells_text(c, x + 6 + name, y, w - 6 - name, ROLE_DIM, item->text);
        if (m->top + i == m->at) {
            cells_select(c, x + 1, y, w - 1);
            c->cursor_x = x + 1;
            c->cursor_y = y;
        }
    }
}
