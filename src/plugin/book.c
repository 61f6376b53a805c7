/* Declared tables, counted by their users. */
#include "plugin/book.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

void plugin_book_init(struct plugin_book *b, struct store *store)
{
    *b = (struct plugin_book){.store = store};
}

static void free_table(struct plugin_book_table *t)
{
    free(t->name);
    free(t->by);
    free(t);
}

void plugin_book_done(struct plugin_book *b)
{
    size_t at = 0;
    void *t;
    while (map_next(&b->tables, &at, NULL, NULL, &t))
        free_table(t);
    map_done(&b->tables);
}

static uint64_t shape_of(const struct stream_schema *s)
{
    struct str all = {0};
    str_printf(&all, "%s\n%s\n", s->title, s->help);
    for (size_t i = 0; i < s->ngroups; i++)
        str_printf(&all, "%s\n", s->groups[i].text);
    uint64_t shape = map_hash(all.s, all.len);
    str_done(&all);
    return shape;
}

/* All of its columns are one group: they have one owner. */
static int add_to_store(const struct plugin_book *b, const struct stream_schema *s, struct table **ret,
                        struct error *err)
{
    struct column *columns = mem_calloc(s->ncolumns + 1, sizeof *columns);
    for (size_t i = 0; i < s->ncolumns; i++)
        columns[i] = *s->columns[i];
    const struct table_def def = {.name = s->name,
                                  .title = s->title,
                                  .help = s->help,
                                  .group = {.name = *s->groups[0].name ? s->groups[0].name : s->name,
                                            .columns = columns,
                                            .ncolumns = s->ncolumns}};
    int rc = store_add(b->store, &def, NULL, ret, err);
    free(columns);
    return rc;
}

static int declare_again(struct plugin_book *b, const struct stream_schema *s, uint64_t shape,
                         struct plugin_book_table *t, bool had, struct error *err)
{
    struct table *fresh;
    if (t->shape == shape)
        return 0;
    if (t->users > had)
        return error_set(err, ERR_INVALID, "table %s: %s has declared it with other columns", t->name, t->by);
    store_drop(b->store, t->table);
    t->table = NULL;
    int rc = add_to_store(b, s, &fresh, err);
    if (rc)
        return rc;
    t->table = fresh;
    t->shape = shape;
    return 0;
}

int plugin_book_declare(struct plugin_book *b, const struct stream_schema *s, const char *who,
                        struct plugin_book_table *had, struct plugin_book_table **ret, struct error *err)
{
    struct plugin_book_table *t = map_get(&b->tables, s->name, strlen(s->name));
    struct table *fresh;
    const uint64_t shape = shape_of(s);
    int rc = 0;
    if (t) {
        rc = declare_again(b, s, shape, t, t == had, err);
    } else if (store_find(b->store, s->name)) {
        rc = error_set(err, ERR_INVALID, "table %s: icetop has one of this name; a group adds columns to it", s->name);
    } else {
        rc = add_to_store(b, s, &fresh, err);
    }
    if (rc)
        return rc;
    if (!t) {
        t = mem_new(struct plugin_book_table);
        *t = (struct plugin_book_table){
            .name = mem_strdup(s->name), .shape = shape, .by = mem_strdup(who), .table = fresh};
        map_put(&b->tables, s->name, strlen(s->name), t);
    }
    t->users += t != had;
    *ret = t;
    return 0;
}

void plugin_book_leave(struct plugin_book *b, struct plugin_book_table *t)
{
    if (--t->users)
        return;
    if (t->table)
        store_drop(b->store, t->table);
    map_del(&b->tables, t->name, strlen(t->name));
    free_table(t);
}
