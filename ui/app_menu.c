/* What is chosen from a menu: the column to group by, and where the names in a row lead. */
#include "ui/app_internal.h"

#include "base/mem.h"

#include <string.h>

enum { LINK_COLUMNS = 8 };

/* ---- groups ---- */

void app_menu_group(struct app *a)
{
    struct table_view *list = view_filtered(app_current(a));
    const struct column *c;
    if (!list || !table_view_table(list)) {
        app_say(a, "there is no list here");
        return;
    }
    const char *now = table_view_grouped(list);
    menu_open(&a->menu, "GROUP BY");
    a->menu_action = ACTION_GROUP;
    menu_add(&a->menu, "nothing", "every row by itself", !now);
    for (size_t i = 0; (c = table_view_group_column(list, i)); i++)
        menu_add(&a->menu, c->name, c->help, now && strcmp(now, c->name) == 0);
}

static void group_chosen(struct app *a, int i)
{
    struct table_view *list = view_filtered(app_current(a));
    const struct column *c = i > 0 ? table_view_group_column(list, (size_t)i - 1) : NULL;
    struct error err = {0};
    if (table_view_group(list, &a->ctx, c ? c->name : NULL, &err) < 0)
        app_say(a, "%s", err.text);
}

/* ---- names ---- */

/* The next word of text, of which it becomes the rest; false at the end. */
static bool next_word(const char **text, char *word, size_t size)
{
    *text += strspn(*text, " ");
    size_t len = strcspn(*text, " ");
    if (len == 0 || len >= size)
        return false;
    memcpy(word, *text, len);
    word[len] = '\0';
    *text += len;
    return true;
}

/* The columns of a row that a link names; their number, or 0 where one is not there or unknown. */
static size_t link_columns(const struct view_link *l, const struct table *t, const struct row *r,
                           size_t columns[LINK_COLUMNS])
{
    char word[64];
    const char *names = l->columns;
    size_t n = 0;
    while (n < LINK_COLUMNS && next_word(&names, word, sizeof word)) {
        int i = table_column_index(t, word);
        enum column_type type = i < 0 ? COLUMN_REAL : table_column(t, (size_t)i)->type;
        if ((type != COLUMN_TEXT && type != COLUMN_INT) || row_get(r, (size_t)i).quality == QUALITY_UNKNOWN)
            return 0;
        columns[n++] = (size_t)i;
    }
    return n;
}

/* A row with the first n of the key that the link names, in a store of its own: the one that is meant may not have been read
 * yet. */
static const struct row *link_row(const struct view_link *l, const struct table *t, const struct row *r, size_t n,
                                  struct store **store, const struct table **ret)
{
    struct column columns[LINK_COLUMNS];
    char words[LINK_COLUMNS][64];
    size_t from[LINK_COLUMNS];
    struct value key[LINK_COLUMNS];
    const char *names = l->keys;
    struct table *made;
    link_columns(l, t, r, from);
    *store = store_new(store_clock(table_store(t)));
    for (size_t i = 0; i < n && next_word(&names, words[i], sizeof words[i]); i++) {
        const struct column *c = table_column(t, from[i]);
        columns[i] = (struct column){.name = words[i], .type = c->type, .unit = c->unit, .flags = COLUMN_KEY};
        key[i] = row_get(r, from[i]);
        if (c->type == COLUMN_TEXT)
            key[i].s = name_intern(store_names(*store), key[i].s->raw, key[i].s->len);
    }
    const struct table_def def = {
        .name = l->table, .title = l->table, .help = "", .group = {.name = "link", .columns = columns, .ncolumns = n}};
    const struct row *row = NULL;
    if (store_add(*store, &def, "link", &made, NULL) == 0)
        row = table_upsert(made, key, store_owner(*store, "link"));
    for (size_t i = 0; i < n; i++) {
        if (columns[i].type == COLUMN_TEXT)
            name_unref(key[i].s);
    }
    *ret = made;
    return row;
}

/* Is there somewhere else to go by this link? */
static bool link_leads(const struct app *a, const struct view_link *l, const struct table *t, const struct row *r)
{
    size_t columns[LINK_COLUMNS], n = link_columns(l, t, r, columns);
    const struct view_def *def = n ? views_find(l->view) : NULL;
    const struct table *made;
    struct store *store;
    if (!def || (!def->subject && strcmp(table_name(t), l->table) == 0))
        return false;
    if (!def->subject || l->subject < n)
        return true;
    const struct row *row = link_row(l, t, r, n, &store, &made);
    bool here = row && view_same(app_current(a), def, made, row);
    store_free(store);
    return row && !here;
}

static void follow_link(struct app *a, const struct view_link *l, const struct table *t, const struct row *r)
{
    size_t columns[LINK_COLUMNS], n = link_columns(l, t, r, columns);
    const struct view_def *def = views_find(l->view);
    const struct table *made;
    struct store *store;
    struct str key = {0};
    const struct row *row = link_row(l, t, r, n, &store, &made);
    if (row)
        table_key_bytes(made, row, &key);
    store_free(store);
    row = l->subject ? link_row(l, t, r, l->subject, &store, &made) : NULL;
    if (row)
        app_visit_row(a, def, made, row);
    else
        app_visit_view(a, def);
    if (l->subject)
        store_free(store);
    struct view *v = app_current(a);
    if (l->subject < n && v->def == def && l->pane < v->npanes) {
        v->pane = l->pane;
        table_view_seek(v->panes[l->pane], &a->ctx, str_text(&key), key.len);
    }
    str_done(&key);
}

/* The i-th link of the row under the cursor that leads somewhere; NULL at the end. */
static const struct view_link *link_at(const struct app *a, size_t i, const struct table **t, const struct row **r)
{
    const char *open;
    *r = view_selected(app_current(a), &a->ctx, t, &open);
    for (size_t k = 0; *r && views_link(k); k++) {
        if (link_leads(a, views_link(k), *t, *r) && i-- == 0)
            return views_link(k);
    }
    return NULL;
}

static void add_link(struct app *a, const struct view_link *l, const struct table *t, const struct row *r)
{
    size_t columns[LINK_COLUMNS], n = link_columns(l, t, r, columns);
    const struct format_options plain = {.exact = true};
    struct str text = {0};
    for (size_t i = n > 1 ? 1 : 0; i < n; i++) { /* without the cluster */
        str_add(&text, text.len ? " " : "");
        format_cell(&text, table_column(t, columns[i]), row_get(r, columns[i]), &plain);
    }
    menu_add(&a->menu, l->name, str_text(&text), false);
    str_done(&text);
}

void app_menu_links(struct app *a)
{
    const struct table *t;
    const struct row *r;
    const struct view_link *l = link_at(a, 0, &t, &r);
    if (!l) {
        app_say(a, r ? "no name in this row leads anywhere else" : "no row is under the cursor");
        return;
    }
    menu_open(&a->menu, "GO TO");
    a->menu_action = ACTION_JUMP;
    a->menu_row = row_id(r);
    for (size_t i = 0; (l = link_at(a, i, &t, &r)); i++)
        add_link(a, l, t, r);
}

static void link_chosen(struct app *a, int i)
{
    const struct table *t;
    const struct row *r;
    const struct view_link *l = link_at(a, (size_t)i, &t, &r);
    if (l && row_id(r) == a->menu_row)
        follow_link(a, l, t, r);
    else
        app_say(a, "that row has gone");
}

void app_menu_act(struct app *a, enum action action)
{
    if (!menu_action(&a->menu, action))
        return;
    int at = a->menu.at;
    menu_close(&a->menu);
    if (a->menu_action == ACTION_GROUP)
        group_chosen(a, at);
    else
        link_chosen(a, at);
}
