/* Members of groups and what they are assigned. */
#include "kafka/members.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

void kafka_members_free(struct kafka_model *m, struct kafka_model_member *mb)
{
    kafka_item_done(&mb->item, &m->gone);
    kafka_text_unref(mb->id);
    kafka_text_unref(mb->client);
    kafka_text_unref(mb->host);
    slab_free(&m->items.slab, mb, sizeof *mb);
}

static int by_member_id(const void *a, const void *b)
{
    return strcmp(((const struct kafka_member *)a)->id, ((const struct kafka_member *)b)->id);
}

static void assignment_text(struct str *out, const struct kafka_member *from)
{
    str_init(out, 4000); /* a cell's worth; the numbers are in group_partitions */
    for (size_t i = 0; i < from->nassigned; i++) {
        const struct kafka_assigned *a = &from->assigned[i];
        str_printf(out, i ? ", %s(" : "%s(", a->topic);
        for (size_t j = 0; j < a->npartitions; j++)
            str_printf(out, j ? ",%d" : "%d", a->partitions[j]);
        str_char(out, ')');
    }
}

static void member_cells(struct kafka_model *m, struct kafka_model_member *mb, const struct kafka_member *from,
                         bool rebalancing)
{
    struct kafka_item *it = &mb->item;
    kafka_text_set(&mb->client, &m->items.texts, from->client);
    kafka_text_set(&mb->host, &m->items.texts, from->host);
    kafka_item_share(it, MEMBERS_CLIENT, mb->client, QUALITY_EXACT);
    kafka_item_share(it, MEMBERS_HOST, mb->host, QUALITY_EXACT);
    if (from->instance) /* only subscription tells it */
        kafka_item_text(it, MEMBERS_INSTANCE, from->instance, QUALITY_EXACT);
    if (!from->known && rebalancing) { /* the last assignment stays, as what it is */
        kafka_item_stale(it);
        return;
    }
    int64_t n = 0;
    for (size_t i = 0; i < from->nassigned; i++)
        n += (int64_t)from->assigned[i].npartitions;
    struct str text;
    assignment_text(&text, from);
    kafka_item_int(it, MEMBERS_PARTITIONS, n, from->known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, MEMBERS_TOPICS, (int64_t)from->nassigned, from->known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_text(it, MEMBERS_ASSIGNMENT, from->known ? str_text(&text) : NULL, QUALITY_EXACT);
    str_done(&text);
}

/* Both lists are sorted by id. */
void kafka_members_apply(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *from,
                         bool rebalancing)
{
    if (from->nmembers)
        qsort(from->members, from->nmembers, sizeof *from->members, by_member_id);
    VEC(struct kafka_model_member *) next = {0};
    size_t old = 0;
    vec_exact(&next, from->nmembers);
    for (size_t i = 0; i < from->nmembers; i++) {
        const struct kafka_member *f = &from->members[i];
        if (i && strcmp(f->id, from->members[i - 1].id) == 0)
            continue;
        while (old < g->members.n && strcmp(g->members.items[old]->id->s, f->id) < 0)
            kafka_members_free(m, g->members.items[old++]);
        struct kafka_model_member *mb;
        if (old < g->members.n && strcmp(g->members.items[old]->id->s, f->id) == 0) {
            mb = g->members.items[old++];
        } else {
            mb = slab_alloc(&m->items.slab, sizeof *mb);
            *mb = (struct kafka_model_member){.id = NULL};
            kafka_text_set(&mb->id, &m->items.texts, f->id);
            kafka_item_init(&mb->item, &kafka_table_members, &m->items);
        }
        member_cells(m, mb, f, rebalancing);
        vec_push(&next, mb);
    }
    while (old < g->members.n)
        kafka_members_free(m, g->members.items[old++]);
    vec_done(&g->members);
    g->members.items = next.items;
    g->members.n = next.n;
    g->members.room = next.room;
}

struct kafka_model_member *kafka_members_find(const struct kafka_model_group *g, const char *id)
{
    size_t low = 0, high = g->members.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = strcmp(g->members.items[middle]->id->s, id);
        if (c == 0)
            return g->members.items[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void add_times(struct kafka_model_member *mb, const struct kafka_model_share *x)
{
    mb->counted++;
    if (x->rates_known) {
        mb->rates++;
        mb->rate_out += x->rate_out;
    }
    kafka_age_add(&mb->age, x->lag_s_quality, x->lag_s, x->lag_s_error, x->lag_s_method);
}

/* The member's sum; its partitions without a known lag leave it a lower bound. */
void kafka_members_add(struct kafka_model_group *g, const struct kafka_model_commit *c,
                       const struct kafka_model_share *x)
{
    const struct kafka_text *owner = kafka_model_owner(c);
    struct kafka_model_member *mb = owner ? kafka_members_find(g, owner->s) : NULL;
    if (!mb || !x->counted)
        return;
    add_times(mb, x);
    if (x->lag_quality) {
        mb->lag += x->lag;
        mb->lag_known = true;
        mb->lag_bounded |= x->lag_quality == QUALITY_LE;
        mb->lag_stale |= x->lag_quality == QUALITY_STALE;
    } else {
        mb->lag_partial = true;
    }
}

static void time_cells(struct kafka_model_member *mb)
{
    enum quality rates = mb->rates == 0 ? QUALITY_UNKNOWN : mb->rates < mb->counted ? QUALITY_GE : QUALITY_EXACT;
    kafka_item_real(&mb->item, MEMBERS_RATE_OUT, mb->rate_out, rates);
    struct kafka_age age;
    kafka_age_total(&mb->age, mb->counted, &age);
    kafka_item_real(&mb->item, MEMBERS_LAG_S, age.seconds, age.quality);
}

void kafka_members_lags(struct kafka_model_group *g)
{
    for (size_t i = 0; i < g->members.n; i++) {
        struct kafka_model_member *mb = g->members.items[i];
        /* One that is assigned nothing has no lag; of one whose assignment is not known, neither is
         * that. */
        bool none = !mb->lag_partial && kafka_item_quality(&mb->item, MEMBERS_PARTITIONS) &&
                    kafka_item_get(&mb->item, MEMBERS_PARTITIONS).i == 0;
        enum quality q = !mb->lag_known && !none ? QUALITY_UNKNOWN
                         : mb->lag_partial       ? mb->lag_bounded ? QUALITY_EST : QUALITY_GE
                         : mb->lag_stale         ? QUALITY_STALE
                         : mb->lag_bounded       ? QUALITY_LE
                                                 : QUALITY_EXACT;
        kafka_item_int(&mb->item, MEMBERS_LAG, mb->lag, q);
        time_cells(mb);
    }
}

void kafka_members_begin(struct kafka_model_group *g)
{
    for (size_t i = 0; i < g->members.n; i++) {
        struct kafka_model_member *mb = g->members.items[i];
        mb->lag = 0;
        mb->counted_for = NULL;
        mb->rate_out = 0;
        mb->rates = mb->counted = 0;
        mb->age = (struct kafka_age_sum){0};
        mb->lag_known = mb->lag_partial = mb->lag_bounded = mb->lag_stale = false;
    }
}
