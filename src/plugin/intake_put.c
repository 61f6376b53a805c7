/* Staging without messages. */
#include "plugin/intake_put.h"

#include "base/mem.h"
#include "plugin/intake_internal.h"

#include <string.h>

struct names *plugin_intake_names(const struct plugin_intake *in)
{
    return store_names(in->store);
}

struct value plugin_intake_instance(const struct plugin_intake *in)
{
    return value_text(name_intern(store_names(in->store), in->instance, strlen(in->instance)));
}

int plugin_intake_shared(struct plugin_intake *in, const struct table_def *def, struct plugin_intake_table **ret,
                         struct error *err)
{
    struct plugin_intake_table *t = map_get(&in->by_name, def->name, strlen(def->name));
    struct table *there = store_find(in->store, def->name);
    if (!t && !there)
        return error_set(err, ERR_NOT_FOUND, "there is no table %s", def->name);
    if (!t) {
        t = mem_new(struct plugin_intake_table);
        t->name = mem_strdup(def->name);
        t->t = there;
        t->first = table_nkeys(there);
        t->ncolumns = table_group_size(there, 0);
        plugin_intake_index(t);
        t->begun = in->sweeping;
        if (t->begun)
            table_begin(there, in->owner);
        vec_push(&in->tables, t);
        map_put(&in->by_name, t->name, strlen(t->name), t);
    }
    *ret = t;
    return 0;
}

int plugin_intake_own(struct plugin_intake *in, json_t *message, struct plugin_intake_table **ret, struct error *err)
{
    int rc = plugin_intake_declare(in, message, err);
    return rc ? rc : plugin_intake_find(in, message, ret, err);
}

const struct table *plugin_intake_known(const struct plugin_intake *in, const char *name)
{
    const struct plugin_intake_table *t = map_get(&in->by_name, name, strlen(name));
    return t && t->book ? t->t : NULL;
}

void plugin_intake_put(struct plugin_intake *in, struct plugin_intake_table *t, const struct value *cells)
{
    for (size_t i = 0; i < t->ncolumns; i++)
        vec_push(&in->cells,
                 (struct plugin_intake_cell){.v = cells[i],
                                             .column = (uint16_t)i,
                                             .text = table_column(t->t, plugin_intake_at(t, i))->type == COLUMN_TEXT &&
                                                     cells[i].quality != QUALITY_UNKNOWN});
    vec_push(&in->steps,
             (struct plugin_intake_step){.kind = INTAKE_UPSERT, .table = t, .ncells = (uint32_t)t->ncolumns});
}
