/* Says why a list has no row, and what to do about it. */
#include "ui/table_drawing.h"

#include "ui/keymap.h"
#include "ui/page.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* The first source that failed, where none gave anything. */
static const struct row *failed_source(const struct context *ctx)
{
    const struct table *t = ctx->store ? store_find(ctx->store, "sources") : NULL;
    const struct row *failed = NULL;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        const char *state = row_text(r, "state");
        if (strcmp(row_text(r, "kind"), "history") == 0)
            continue;
        if (strcmp(state, "ok") == 0 || strcmp(state, "partial") == 0)
            return NULL;
        if (strcmp(state, "failed") == 0 && (!failed || strcmp(row_text(r, "source"), row_text(failed, "source")) < 0))
            failed = r;
    }
    return failed;
}

/* " 0 lists the sources." where a key does. */
static void add_sources_hint(const struct context *ctx, struct str *s)
{
    uint32_t key = ctx->keys ? keymap_view_key(ctx->keys, views_find("sources")) : 0;
    char name[16];
    if (key)
        str_printf(s, "; %s lists the sources", input_name(key, name));
}

/* Why there is no row, and what to do. */
static void why_empty(const struct table_view *v, const struct context *ctx, struct str *s)
{
    const struct row *failed = failed_source(ctx);
    bool listing = strcmp(v->pane->table, "sources") == 0 || strcmp(v->pane->table, "events") == 0;
    if (*v->filter_text && v->total > 0) {
        str_printf(s, "none of %zu matches the filter; Esc clears it", v->total);
    } else if (v->tagged_only && v->total > 0) {
        str_add(s, "no marked row is here now; * shows the others");
    } else if (ctx->loading) {
        str_add(s, "reading \xe2\x80\xa6");
    } else if (failed && !listing) {
        str_printf(s, "nothing could be read: %s failed", row_text(failed, "source"));
        add_sources_hint(ctx, s);
    } else if (!v->table) {
        str_add(s, "no source has this table");
        add_sources_hint(ctx, s);
    } else if (ctx->paused && v->total == 0) {
        str_add(s, "not in the picture while paused; p goes on");
    } else {
        str_add(s, v->pane->empty ? v->pane->empty : "no rows: the source has none of these now");
    }
}

int table_empty_draw(const struct table_view *v, const struct context *ctx, struct cells *c, struct rect box)
{
    const char *name = v->pane->title ? v->pane->title : v->pane->table;
    int x = box.x + TABLE_SIGN, w = box.w - TABLE_SIGN;
    struct str head = {0}, why = {0};
    for (; *name; name++)
        str_char(&head, (char)toupper((unsigned char)*name));
    int y = box.y;
    if (box.h > 1)
        cells_text(c, x, y++, w, ROLE_TITLE, str_text(&head));
    str_done(&head);
    why_empty(v, ctx, &why);
    const char *text = str_text(&why);
    while (*text && y < box.y + box.h && w > 0) {
        size_t n = y + 1 < box.y + box.h ? page_break(text, w) : strlen(text);
        char *line = mem_memdup(text, n);
        cells_text(c, x, y++, w, ROLE_DIM, line);
        free(line);
        text += n;
        text += strspn(text, " ");
    }
    str_done(&why);
    return y - box.y;
}
