/* Writes what changed in the model into the tables, on the loop's thread. */
#include "kafka/group_topics.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    struct store *store;
    struct table *const *tables;
    uint16_t owner;
    struct value cluster;
};

static struct name *intern(struct store *s, const char *text)
{
    return name_intern(store_names(s), text, strlen(text));
}

static struct value name_value(struct name *n)
{
    return (struct value){.s = n, .quality = QUALITY_EXACT};
}

static void write_text(struct table *t, struct row *r, size_t column, const struct kafka_cell *c)
{
    if (c->quality == QUALITY_EXACT) { /* compares before it interns */
        struct value old = row_get(r, column);
        if (old.quality != QUALITY_EXACT || strcmp(old.s->raw, c->t->s) != 0)
            table_set_text(t, r, column, c->t->s);
        return;
    }
    if (c->quality == QUALITY_UNKNOWN) {
        table_set_unknown(t, r, column);
        return;
    }
    struct name *n = intern(table_store(t), c->t->s);
    table_set(t, r, column, (struct value){.s = n, .quality = c->quality});
    name_unref(n);
}

static struct table *table_of(const struct writer *w, const struct table_def *def)
{
    size_t i = 0;
    while (kafka_tables[i] != def)
        i++;
    return w->tables[i];
}

/* Writes an item that changed; key has all key values of its table. */
static void write_item(const struct writer *w, struct kafka_item *it, const struct value *key)
{
    if (!it->dirty)
        return;
    struct table *t = table_of(w, it->def);
    if (!it->row)
        it->row = table_upsert(t, key, w->owner);
    if (!it->row) /* the table is full */
        return;
    it->dirty = false;
    const struct column_group *g = &it->def->group;
    for (size_t i = 0; i < g->ncolumns; i++) {
        const struct kafka_cell *c = &it->cells[i];
        if (g->columns[i].flags & COLUMN_KEY)
            continue;
        if (g->columns[i].type == COLUMN_TEXT)
            write_text(t, it->row, i, c);
        else
            table_set(t, it->row, i, (struct value){.i = c->i, .quality = c->quality});
    }
}

static void remove_gone(struct kafka_model *m, const struct writer *w)
{
    for (size_t i = 0; i < m->gone.rows.n; i++)
        table_remove(table_of(w, m->gone.rows.items[i].def), m->gone.rows.items[i].row);
    vec_done(&m->gone.rows);
    for (size_t i = 0; i < m->gone_names.n; i++)
        name_unref(m->gone_names.items[i]);
    vec_done(&m->gone_names);
}

static void write_topics(struct kafka_model *m, const struct writer *w)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        struct kafka_model_topic *t = value;
        if (!t->key)
            t->key = intern(w->store, t->name);
        struct value key[] = {w->cluster, name_value(t->key), value_int(0)};
        if (t->present)
            write_item(w, &t->item, key);
        for (size_t i = 0; i < t->npartitions; i++) {
            key[2].i = (int64_t)i;
            write_item(w, &t->partitions[i]->item, key);
        }
    }
}

static void write_group(const struct writer *w, struct kafka_model_group *g)
{
    if (!g->key)
        g->key = intern(w->store, g->name);
    struct value key[] = {w->cluster, name_value(g->key), value_unknown(), value_unknown()};
    write_item(w, &g->item, key);
    for (size_t i = 0; i < g->members.n; i++) {
        struct kafka_model_member *mb = g->members.items[i];
        if (!mb->item.dirty)
            continue;
        struct name *id = intern(w->store, mb->id->s);
        key[2] = name_value(id);
        write_item(w, &mb->item, key);
        name_unref(id);
    }
    for (size_t i = 0; i < g->topics.n; i++) {
        key[2] = name_value(g->topics.items[i]->topic->key);
        write_item(w, &g->topics.items[i]->item, key);
    }
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        key[2] = name_value(c->topic->key);
        key[3] = value_int(c->partition);
        write_item(w, &c->item, key);
    }
}

static void tell_events(struct kafka_model *m, const struct writer *w, const char *source)
{
    for (size_t i = 0; i < m->events.n; i++) {
        struct kafka_model_event *e = &m->events.items[i];
        source_event(w->store, source, e->severity, e->subject, "%s", e->text);
        free(e->subject);
        free(e->text);
    }
    m->events.n = 0;
}

void kafka_rows_write(struct kafka_model *m, struct store *store, struct table *const *tables, uint16_t owner,
                      const char *source)
{
    if (!m->key)
        m->key = intern(store, m->cluster);
    struct writer w = {.store = store, .tables = tables, .owner = owner, .cluster = name_value(m->key)};
    remove_gone(m, &w);
    write_item(&w, &m->item, &w.cluster);
    for (size_t i = 0; i < m->brokers.n; i++) {
        struct value key[] = {w.cluster, value_int(m->brokers.items[i]->id)};
        write_item(&w, &m->brokers.items[i]->item, key);
    }
    write_topics(m, &w);
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value))
        write_group(&w, value);
    tell_events(m, &w, source);
}
