/* Copies a store table by table. */
#include "ui/freeze.h"

#include "base/mem.h"
#include "base/vec.h"

#include <string.h>

/* The declaration of one group, its columns gathered; the caller frees columns. */
static struct column_group group_of(const struct table *t, size_t g, struct column **columns)
{
    size_t first = table_group_first(t, g), n = table_group_size(t, g);
    *columns = mem_calloc(n ? n : 1, sizeof **columns);
    for (size_t i = 0; i < n; i++)
        (*columns)[i] = *table_column(t, first + i);
    return (struct column_group){.name = table_group_name(t, g), .columns = *columns, .ncolumns = n};
}

static const char *owner_name(const struct store *s, uint16_t owner)
{
    const char *name = store_owner_name(s, owner);
    return name ? name : "unknown";
}

static struct table *copy_declaration(const struct store *from, struct store *to, const struct table *t)
{
    struct table *copy = NULL;
    for (size_t g = 0; g < table_ngroups(t); g++) {
        struct column *columns;
        struct column_group group = group_of(t, g, &columns);
        uint16_t owner = table_group_owner(t, g);
        const char *name = owner ? owner_name(from, owner) : NULL;
        if (g == 0) {
            const struct table_def def = {
                .name = table_name(t), .title = table_title(t), .help = table_help(t), .group = group};
            store_add(to, &def, name, &copy, NULL);
        } else if (copy) {
            table_add_group(copy, &group, name, NULL);
        }
        free(columns);
    }
    return copy;
}

/* A value whose text belongs to the other store's pool; the caller gives the name back. */
static struct value translate(struct store *to, const struct column *c, struct value v)
{
    if (c->type == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN)
        v.s = name_intern(store_names(to), v.s->raw, v.s->len);
    return v;
}

static void give_back(const struct column *c, struct value v)
{
    if (c->type == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN)
        name_unref(v.s);
}

static void copy_rows(const struct store *from, struct store *to, const struct table *t, struct table *copy)
{
    size_t nkeys = table_nkeys(t), n = table_ncolumns(t);
    struct value *key = mem_calloc(nkeys ? nkeys : 1, sizeof *key);
    for (const struct row *r = table_first(t); r; r = row_next(r)) {
        for (size_t i = 0; i < nkeys; i++)
            key[i] = translate(to, table_column(t, i), row_get(r, i));
        uint16_t owner = store_owner(to, owner_name(from, row_owner(r)));
        struct row *mine = table_upsert(copy, key, owner);
        for (size_t i = 0; i < nkeys; i++)
            give_back(table_column(t, i), key[i]);
        for (size_t i = nkeys; mine && i < n; i++) {
            struct value v = translate(to, table_column(t, i), row_get(r, i));
            table_set(copy, mine, i, v);
            give_back(table_column(t, i), v);
        }
    }
    free(key);
}

struct store *freeze_store(const struct store *from)
{
    struct store *to = store_new(store_clock(from));
    for (size_t i = 0; i < store_count(from); i++) {
        const struct table *t = store_at(from, i);
        struct table *copy = copy_declaration(from, to, t);
        if (copy)
            copy_rows(from, to, t, copy);
    }
    store_commit(to);
    return to;
}
