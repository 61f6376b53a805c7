/* History tells how it is, as every source does. */
#include "history/status.h"

#include <string.h>

enum { SHOW_MS = 10000 };

/* The table is declared in a room that this one does not know: columns are found by name, and those
 * that are not there are left out. */
static void set_text(struct table *t, struct row *r, const char *column, const char *text)
{
    int i = table_column_index(t, column);
    if (i >= 0 && table_column(t, (size_t)i)->type == COLUMN_TEXT)
        table_set_text(t, r, (size_t)i, text);
}

static void set_number(struct table *t, struct row *r, const char *column, int64_t n)
{
    int i = table_column_index(t, column);
    if (i < 0)
        return;
    enum column_type type = table_column(t, (size_t)i)->type;
    if (type == COLUMN_REAL)
        table_set_real(t, r, (size_t)i, (double)n, QUALITY_EXACT);
    else if (type != COLUMN_TEXT)
        table_set_int(t, r, (size_t)i, n, QUALITY_EXACT);
}

static struct row *find_row(struct table *t)
{
    if (table_nkeys(t) != 1 || table_column(t, 0)->type != COLUMN_TEXT)
        return NULL;
    struct store *store = table_store(t);
    struct name *n = name_intern(store_names(store), "history", strlen("history"));
    const struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(t, &key, store_owner(store, "history"));
    name_unref(n);
    return r;
}

void history_status_show(struct history_status *s, struct store *store, int64_t now_ms)
{
    static const char *const states[] = {
        [HISTORY_STATUS_STARTING] = "starting",
        [HISTORY_STATUS_OK] = "ok",
        [HISTORY_STATUS_PARTIAL] = "partial",
        [HISTORY_STATUS_FAILED] = "failed",
    };
    if (!s->changed && now_ms >= s->shown_ms && now_ms - s->shown_ms < SHOW_MS)
        return;
    struct table *t = store_find(store, "sources");
    struct row *r = t ? find_row(t) : NULL;
    if (!r)
        return;
    set_text(t, r, "kind", "history");
    set_text(t, r, "state", states[s->state]);
    set_text(t, r, "error", s->text[0] ? s->text : NULL);
    if (s->last_ok_ms)
        set_number(t, r, "last_ok", s->last_ok_ms);
    set_number(t, r, "rounds", (int64_t)s->transactions);
    set_number(t, r, "round_ms", s->took_ms);
    set_number(t, r, "rows", (int64_t)s->rows);
    set_number(t, r, "interval_s", 1);
    s->changed = false;
    s->shown_ms = now_ms;
    store_commit(store);
}
