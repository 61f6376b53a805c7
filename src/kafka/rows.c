/* Writes what changed in the model into the tables, on the loop's thread. */
#include "kafka/group_topics.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS_A_LOOK = 64 }; /* between two looks at the clock */

/* What is written in which order; each stage is left off and gone on with item by item. Either all topics and groups are
 * looked at, or those that are noted. */
enum stage {
    STAGE_GONE,
    STAGE_CLUSTER,
    STAGE_TOPICS,
    STAGE_GROUPS,
    STAGE_NOTED_TOPICS,
    STAGE_NOTED_PARTITIONS,
    STAGE_NOTED_GROUPS,
    STAGE_OVER,
};

struct kafka_rows {
    struct kafka_model *model;
    struct store *store;
    struct table *const *tables;
    const char *source;
    uint16_t owner;
    struct value cluster;
    enum stage stage;
    size_t at;                       /* in the stage's list or map */
    struct kafka_model_topic *topic; /* half written */
    size_t partition;                /* its next one */
    unsigned looked;                 /* items since the last look at the clock */
};

static struct name *intern(struct store *s, const char *text)
{
    return name_intern(store_names(s), text, strlen(text));
}

static struct value name_value(struct name *n)
{
    return (struct value){.s = n, .quality = QUALITY_EXACT};
}

static void write_text(struct table *t, struct row *r, size_t column, struct kafka_cell c)
{
    if (c.quality == QUALITY_UNKNOWN) {
        table_set_unknown(t, r, column);
        return;
    }
    struct name *n = intern(table_store(t), c.t->s);
    table_set(t, r, column, (struct value){.s = n, .quality = c.quality});
    kafka_texts_name(c.t, n->id);
    name_unref(n);
}

static struct table *table_of(const struct kafka_rows *w, const struct table_def *def)
{
    size_t i = 0;
    while (kafka_tables[i] != def)
        i++;
    return w->tables[i];
}

/* Writes an item that changed; key has all key values of its table. */
static void write_item(const struct kafka_rows *w, struct kafka_item *it, const struct value *key)
{
    w->model->looked++;
    if (!kafka_item_dirty(it))
        return;
    struct table *t = table_of(w, it->kind->def);
    if (!it->row)
        it->row = table_upsert(t, key, w->owner);
    if (!it->row) /* the table is full */
        return;
    const struct column_group *g = &it->kind->def->group;
    for (size_t i = 0; i < g->ncolumns; i++) {
        if (!kafka_item_changed(it, i))
            continue;
        struct kafka_cell c = kafka_item_get(it, i);
        if (g->columns[i].type == COLUMN_TEXT)
            write_text(t, it->row, i, c);
        else
            table_set(t, it->row, i, (struct value){.i = c.i, .quality = c.quality});
    }
    kafka_item_written(it, t);
}

/* Whether it is time to leave off. */
static bool is_late(struct kafka_rows *w, int64_t until_us)
{
    if (++w->looked < ITEMS_A_LOOK)
        return false;
    w->looked = 0;
    return clock_mono_us(store_clock(w->store)) >= until_us;
}

/* Each of the following returns false if it left off. */

static bool remove_gone(struct kafka_rows *w, int64_t until_us)
{
    struct kafka_gone *gone = &w->model->gone;
    while (w->at < gone->rows.n) {
        if (is_late(w, until_us))
            return false;
        table_remove(table_of(w, gone->rows.items[w->at].def), gone->rows.items[w->at].row);
        w->at++;
    }
    vec_done(&gone->rows);
    for (size_t i = 0; i < w->model->gone_names.n; i++)
        name_unref(w->model->gone_names.items[i]);
    vec_done(&w->model->gone_names);
    return true;
}

static bool write_cluster(struct kafka_rows *w, int64_t until_us)
{
    (void)until_us;
    struct kafka_model *m = w->model;
    write_item(w, &m->item, &w->cluster);
    for (size_t i = 0; i < m->brokers.n; i++) {
        struct value key[] = {w->cluster, value_int(m->brokers.items[i]->id)};
        write_item(w, &m->brokers.items[i]->item, key);
    }
    return true;
}

static bool write_topic(struct kafka_rows *w, struct kafka_model_topic *t, int64_t until_us)
{
    struct value key[] = {w->cluster, name_value(t->key), value_int(0)};
    while (w->partition < t->npartitions) {
        if (is_late(w, until_us))
            return false;
        key[2].i = (int64_t)w->partition;
        write_item(w, &t->partitions[w->partition++]->item, key);
    }
    if (t->present)
        write_item(w, &t->item, key);
    return true;
}

static void name_topic(const struct kafka_rows *w, struct kafka_model_topic *t)
{
    if (!t->key)
        t->key = intern(w->store, t->name);
}

static bool write_topics(struct kafka_rows *w, int64_t until_us)
{
    void *value = w->topic;
    while (value || map_next(&w->model->topics, &w->at, NULL, NULL, &value)) {
        w->topic = value;
        name_topic(w, w->topic);
        if (!write_topic(w, w->topic, until_us))
            return false;
        w->topic = value = NULL;
        w->partition = 0;
    }
    return true;
}

static void write_group(const struct kafka_rows *w, struct kafka_model_group *g)
{
    if (!g->key)
        g->key = intern(w->store, g->name);
    struct value key[] = {w->cluster, name_value(g->key), value_unknown(), value_unknown()};
    write_item(w, &g->item, key);
    for (size_t i = 0; i < g->members.n; i++) {
        struct kafka_model_member *mb = g->members.items[i];
        if (!kafka_item_dirty(&mb->item))
            continue;
        struct name *id = intern(w->store, mb->id->s);
        key[2] = name_value(id);
        write_item(w, &mb->item, key);
        name_unref(id);
    }
    for (size_t i = 0; i < g->topics.n; i++) {
        name_topic(w, g->topics.items[i]->topic);
        key[2] = name_value(g->topics.items[i]->topic->key);
        write_item(w, &g->topics.items[i]->item, key);
    }
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        name_topic(w, c->topic);
        key[2] = name_value(c->topic->key);
        key[3] = value_int(c->partition);
        write_item(w, &c->item, key);
    }
}

static bool write_groups(struct kafka_rows *w, int64_t until_us)
{
    void *value;
    while (!is_late(w, until_us)) {
        if (!map_next(&w->model->groups, &w->at, NULL, NULL, &value))
            return true;
        struct kafka_model_group *g = value;
        write_group(w, g);
        w->looked += (unsigned)(g->commits.n + g->members.n);
    }
    return false;
}

/* ---- what is noted ---- */

static bool write_noted_topics(struct kafka_rows *w, int64_t until_us)
{
    const struct kafka_dirty *d = &w->model->dirty;
    for (; w->at < d->topics.n; w->at++) {
        struct kafka_model_topic *t = d->topics.items[w->at];
        if (is_late(w, until_us))
            return false;
        if (!t) /* it has gone since */
            continue;
        name_topic(w, t);
        struct value key[] = {w->cluster, name_value(t->key)};
        if (t->present)
            write_item(w, &t->item, key);
    }
    return true;
}

static bool write_noted_partitions(struct kafka_rows *w, int64_t until_us)
{
    const struct kafka_dirty *d = &w->model->dirty;
    for (; w->at < d->partitions.n; w->at++) {
        struct kafka_dirty_partition x = d->partitions.items[w->at];
        if (is_late(w, until_us))
            return false;
        if (!x.topic)
            continue;
        name_topic(w, x.topic);
        struct value key[] = {w->cluster, name_value(x.topic->key), value_int(x.partition)};
        if ((size_t)x.partition < x.topic->npartitions)
            write_item(w, &x.topic->partitions[x.partition]->item, key);
    }
    return true;
}

static bool write_noted_groups(struct kafka_rows *w, int64_t until_us)
{
    const struct kafka_dirty *d = &w->model->dirty;
    for (; w->at < d->groups.n; w->at++) {
        struct kafka_model_group *g = d->groups.items[w->at];
        if (is_late(w, until_us))
            return false;
        if (!g)
            continue;
        write_group(w, g);
        w->looked += (unsigned)(g->commits.n + g->members.n);
    }
    return true;
}

/* The stage that follows. */
static enum stage next_stage(const struct kafka_rows *w)
{
    if (w->stage == STAGE_CLUSTER && !w->model->dirty.all)
        return STAGE_NOTED_TOPICS;
    return w->stage == STAGE_GROUPS ? STAGE_OVER : w->stage + 1;
}

static void tell_events(struct kafka_model *m, const struct kafka_rows *w)
{
    for (size_t i = 0; i < m->events.n; i++) {
        struct kafka_model_event *e = &m->events.items[i];
        source_event(w->store, w->source, e->severity, e->subject, "%s", e->text);
        free(e->subject);
        free(e->text);
    }
    m->events.n = 0;
}

struct kafka_rows *kafka_rows_new(struct kafka_model *m, struct store *store, struct table *const *tables,
                                  uint16_t owner, const char *source)
{
    if (!m->key)
        m->key = intern(store, m->cluster);
    struct kafka_rows *w = mem_new(struct kafka_rows);
    *w = (struct kafka_rows){
        .model = m, .store = store, .tables = tables, .source = source, .owner = owner, .cluster = name_value(m->key)};
    m->looked = 0;
    kafka_items_give_back(&m->items);
    store_hold(store);
    return w;
}

bool kafka_rows_step(struct kafka_rows *w, int64_t until_us)
{
    static bool (*const stages[])(struct kafka_rows * w, int64_t until_us) = {
        [STAGE_GONE] = remove_gone,
        [STAGE_CLUSTER] = write_cluster,
        [STAGE_TOPICS] = write_topics,
        [STAGE_GROUPS] = write_groups,
        [STAGE_NOTED_TOPICS] = write_noted_topics,
        [STAGE_NOTED_PARTITIONS] = write_noted_partitions,
        [STAGE_NOTED_GROUPS] = write_noted_groups,
    };
    while (w->stage != STAGE_OVER) {
        if (!stages[w->stage](w, until_us))
            return false;
        w->stage = next_stage(w);
        w->at = 0;
    }
    kafka_dirty_clear(w->model);
    tell_events(w->model, w);
    return true;
}

void kafka_rows_free(struct kafka_rows *w)
{
    if (!w)
        return;
    if (w->stage == STAGE_GONE && w->at) { /* those that were removed must not be removed again */
        struct kafka_gone *gone = &w->model->gone;
        gone->rows.n -= w->at;
        memmove(gone->rows.items, gone->rows.items + w->at, gone->rows.n * sizeof *gone->rows.items);
    }
    store_release(w->store);
    free(w);
}
