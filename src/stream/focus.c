/* What a reader has on its screen. */
#include "stream/focus.h"
#include "base/mem.h"
#include "stream/decode.h"

#include <stdlib.h>
#include <string.h>

static void free_keys(const struct stream_focus_table *x, struct value *keys, size_t nvalues)
{
    for (size_t i = 0; i < nvalues; i++)
        if (x->types[i % x->nkeys] == COLUMN_TEXT && keys[i].quality != QUALITY_UNKNOWN)
            name_unref(keys[i].s);
    free(keys);
}

void stream_focus_done(struct stream_focus *f)
{
    for (size_t i = 0; i < f->tables.n; i++) {
        struct stream_focus_table *x = &f->tables.items[i];
        free_keys(x, x->keys, x->n * x->nkeys);
        free(x->types);
        free(x->name);
    }
    vec_done(&f->tables);
}

/* The values of all keys after each other; *n counts them, in the case of an error too. */
static int decode_keys(const struct stream_focus_table *x, const json_t *list, struct names *pool, struct value *keys,
                       size_t *n, struct error *err)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *key = json_array_get(list, i);
        if (!json_is_array(key) || json_array_size(key) != x->nkeys)
            return error_set(err, ERR_INVALID, "table %s has a key of %zu values", x->name, x->nkeys);
        for (size_t j = 0; j < x->nkeys; j++) {
            int rc = stream_decode_value(json_array_get(key, j), x->types[j], pool, &keys[*n], err);
            if (rc)
                return rc;
            ++*n;
        }
    }
    return 0;
}

static struct stream_focus_table *find(const struct stream_focus *f, const char *table)
{
    for (size_t i = 0; i < f->tables.n; i++)
        if (strcmp(f->tables.items[i].name, table) == 0)
            return &f->tables.items[i];
    return NULL;
}

static struct stream_focus_table *add(struct stream_focus *f, const struct table *t)
{
    struct stream_focus_table x = {.name = mem_strdup(table_name(t)), .nkeys = table_nkeys(t)};
    x.types = mem_calloc(x.nkeys + 1, sizeof *x.types);
    for (size_t i = 0; i < x.nkeys; i++)
        x.types[i] = table_column(t, i)->type;
    vec_push(&f->tables, x);
    return &f->tables.items[f->tables.n - 1];
}

int stream_focus_set(struct stream_focus *f, const struct table *t, const json_t *list, struct names *pool,
                     struct error *err)
{
    size_t rows = json_array_size(list), n = 0;
    struct stream_focus_table *x = find(f, table_name(t));
    if (rows > STREAM_FOCUS_KEYS)
        return error_set(err, ERR_LIMIT, "focus: %zu keys, more than %d", rows, STREAM_FOCUS_KEYS);
    if (!x && f->tables.n >= STREAM_FOCUS_TABLES)
        return error_set(err, ERR_LIMIT, "focus: more than %d tables", STREAM_FOCUS_TABLES);
    if (!x)
        x = add(f, t);
    struct value *keys = mem_calloc(rows * x->nkeys + 1, sizeof *keys);
    int rc = decode_keys(x, list, pool, keys, &n, err);
    free_keys(x, rc ? keys : x->keys, rc ? n : x->n * x->nkeys);
    if (rc)
        return rc;
    x->keys = keys;
    x->n = rows;
    return 0;
}

void stream_focus_each(const struct stream_focus *f, const char *table,
                       void (*each)(void *arg, const struct value *key), void *arg)
{
    const struct stream_focus_table *x = find(f, table);
    for (size_t i = 0; x && i < x->n; i++)
        each(arg, &x->keys[i * x->nkeys]);
}
