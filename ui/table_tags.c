/* Marked rows of a list: known by their keys, so that they outlive a restart of the collector. */
#include "ui/table_view_internal.h"

#include "base/limits.h"
#include "base/mem.h"

#include <stdlib.h>

enum { TAGS_MAX = 100000 };

bool table_tags_has(const struct table_view *v, const struct row *r)
{
    if (v->tags.n == 0)
        return false;
    struct str key = {0};
    table_key_bytes(v->table, r, &key);
    bool has = map_get(&v->tags, str_text(&key), key.len) != NULL;
    str_done(&key);
    return has;
}

static void changed(struct table_view *v)
{
    if (v->tags.n == 0)
        v->tagged_only = false;
    v->dirty |= v->tagged_only;
}

bool table_tags_toggle(struct table_view *v, const struct row *r)
{
    static char yes;
    struct str key = {0};
    table_key_bytes(v->table, r, &key);
    bool had = map_del(&v->tags, str_text(&key), key.len) != NULL;
    bool room = v->tags.n < TAGS_MAX;
    if (!had && room)
        map_put(&v->tags, str_text(&key), key.len, &yes);
    str_done(&key);
    changed(v);
    return had || room;
}

void table_tags_clear(struct table_view *v)
{
    v->dirty |= v->tagged_only;
    v->tagged_only = false;
    map_done(&v->tags);
    v->tags = (struct map){0};
}

size_t table_view_tagged_rows(const struct table_view *v, const struct row **rows, size_t most)
{
    size_t n = 0;
    for (size_t i = 0; i < v->rows.n && n < most && v->tags.n; i++)
        if (table_tags_has(v, v->rows.items[i].row))
            rows[n++] = v->rows.items[i].row;
    return n;
}

/* A marked row; NULL if it is not there now. */
static const struct row *find(const struct table *t, const void *bytes, size_t len)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    if (table_key_decode(t, bytes, len, key))
        return NULL;
    const struct row *r = table_find(t, key);
    table_key_done(t, key);
    return r;
}

size_t table_tags_sum(const struct table_view *v, struct sum *sums)
{
    size_t at = 0, len, n = 0;
    const void *bytes;
    void *yes;
    while (map_next(&v->tags, &at, &bytes, &len, &yes)) {
        const struct row *r = find(v->table, bytes, len);
        n += r != NULL;
        for (size_t i = 0; i < v->columns.n && r; i++) {
            const struct column *c = table_column(v->table, v->columns.items[i].index);
            if (v->columns.items[i].shown && sums_adds(c))
                sums_add(&sums[i], c, row_get(r, v->columns.items[i].index));
        }
    }
    return n;
}
