/* Tables that a plugin declares. */
#include "base/mem.h"
#include "base/text.h"
#include "plugin/intake_internal.h"

#include <string.h>

int plugin_intake_find(const struct plugin_intake *in, const json_t *message, struct plugin_intake_table **ret,
                       struct error *err)
{
    const json_t *j = json_object_get(message, "table");
    struct plugin_intake_table *t =
        json_is_string(j) ? map_get(&in->by_name, json_string_value(j), json_string_length(j)) : NULL;
    if (t) {
        *ret = t;
        return 0;
    }
    if (!json_is_string(j))
        return error_set(err, ERR_INVALID, "no \"table\" is named");
    struct str safe = {0};
    text_safe(&safe, json_string_value(j), json_string_length(j));
    int rc = error_set(err, ERR_INVALID, "table %.100s was not declared: a message of type table comes first",
                       str_text(&safe));
    str_done(&safe);
    return rc;
}

static bool has_key(const json_t *columns)
{
    size_t i, k;
    json_t *column, *flag;
    json_array_foreach(columns, i, column)
    {
        json_array_foreach(json_object_get(column, "flags"), k, flag)
        {
            const char *word = json_string_value(flag);
            if (word && strcmp(word, "key") == 0)
                return true;
        }
    }
    return false;
}

/* The short form: columns without a group, of type text where none is said, the first the key where none is. */
static void complete(json_t *message)
{
    json_t *columns = json_object_get(message, "columns"), *column;
    size_t i;
    if (!json_is_array(columns) || json_object_get(message, "groups"))
        return;
    json_array_foreach(columns, i, column)
    {
        if (json_is_object(column) && !json_object_get(column, "type"))
            json_object_set_new(column, "type", json_string("text"));
    }
    if (!has_key(columns) && json_is_object(json_array_get(columns, 0))) {
        json_t *flags = json_object_get(json_array_get(columns, 0), "flags");
        if (!json_is_array(flags))
            json_object_set_new(json_array_get(columns, 0), "flags", json_pack("[s]", "key"));
        else
            json_array_append_new(flags, json_string("key"));
    }
    json_t *group = json_object(), *groups = json_array();
    json_object_set(group, "name", json_object_get(message, "table"));
    json_object_set(group, "columns", columns);
    json_array_append_new(groups, group);
    json_object_set_new(message, "groups", groups);
}

size_t plugin_intake_at(const struct plugin_intake_table *t, size_t column)
{
    return column < table_nkeys(t->t) ? column : t->first + column - table_nkeys(t->t);
}

void plugin_intake_index(struct plugin_intake_table *t)
{
    map_done(&t->columns);
    t->instance = -1;
    for (size_t i = 0; i < t->ncolumns; i++) {
        const struct column *c = table_column(t->t, plugin_intake_at(t, i));
        map_put(&t->columns, c->name, strlen(c->name), (void *)(uintptr_t)(i + 1));
        if (i < table_nkeys(t->t) && c->type == COLUMN_TEXT && strcmp(c->name, "instance") == 0)
            t->instance = (int)i;
    }
}

static bool is_staged(const struct plugin_intake *in, const struct plugin_intake_table *t)
{
    for (size_t i = 0; i < in->steps.n; i++)
        if (in->steps.items[i].table == t)
            return true;
    return false;
}

static int declare(struct plugin_intake *in, const struct stream_schema *s, struct error *err)
{
    struct plugin_intake_table *t = map_get(&in->by_name, s->name, strlen(s->name));
    struct plugin_book_table *book;
    if (s->ncolumns > PLUGIN_INTAKE_COLUMNS)
        return error_set(err, ERR_LIMIT, "table %s: %zu columns, the limit is %d", s->name, s->ncolumns,
                         PLUGIN_INTAKE_COLUMNS);
    if (!t && in->tables.n >= PLUGIN_INTAKE_TABLES)
        return error_set(err, ERR_LIMIT, "table %s: more than %d tables, the limit", s->name, PLUGIN_INTAKE_TABLES);
    if (t && is_staged(in, t))
        return error_set(err, ERR_INVALID, "table %s: declared again in the middle of a change set", s->name);
    if (t && t->group)
        return error_set(err, ERR_INVALID, "table %s: it has a group in it: it is none of its own", s->name);
    const size_t rows = t ? table_nrows(t->t) : 0;
    int rc = plugin_book_declare(in->book, s, in->source, t ? t->book : NULL, &book, err);
    if (rc)
        return rc;
    if (!t) {
        t = mem_new(struct plugin_intake_table);
        t->name = mem_strdup(s->name);
        vec_push(&in->tables, t);
        map_put(&in->by_name, s->name, strlen(s->name), t);
    } else if (t->t != book->table) {
        in->nrows -= rows < in->nrows ? rows : in->nrows;
        stream_ids_clear(&t->rows);
    } else {
        return 0;
    }
    t->book = book;
    t->t = book->table;
    t->first = table_nkeys(t->t);
    t->ncolumns = table_group_size(t->t, 0); /* others may add groups */
    plugin_intake_index(t);
    if (in->sweeping) {
        table_begin(t->t, in->owner);
        t->begun = true;
    }
    return 0;
}

int plugin_intake_declare(struct plugin_intake *in, json_t *message, struct error *err)
{
    struct stream_schema *s;
    complete(message);
    int rc = stream_decode_table(message, &s, err);
    if (rc)
        return rc;
    rc = declare(in, s, err);
    stream_decode_table_unref(s);
    return rc;
}
