/* Rows of a group's topics. */
#include "kafka/group_topics.h"
#include "kafka/rank.h"

#include <stdlib.h>
#include <string.h>

void kafka_topic_sums_add(struct kafka_topic_sums *s, const struct kafka_model_share *x, const double *net)
{
    s->partitions++;
    s->lost += x->lost;
    if (!x->counted)
        return;
    s->counted++;
    if (x->lag_quality) {
        s->known++;
        s->stale |= x->lag_quality == QUALITY_STALE;
        s->bounded |= x->lag_quality == QUALITY_LE;
        s->lag += x->lag;
        s->behind += x->lag > 0;
    }
    if (x->rates_known) {
        s->rates++;
        s->rate_in += x->rate_in;
        s->rate_out += x->rate_out;
    }
    if (net) {
        s->nets++;
        s->net += *net;
    }
    kafka_age_add(&s->age, x->lag_s_quality, x->lag_s, x->lag_s_error, x->lag_s_method);
}

static void free_topic(struct kafka_model *m, struct kafka_group_topic *gt)
{
    kafka_rank_drop(m, gt);
    kafka_item_done(&gt->item, &m->gone);
    gt->topic->users--;
    slab_free(&m->items.slab, gt, sizeof *gt);
}

struct kafka_group_topic *kafka_group_topics_next(struct kafka_model *m, struct kafka_model_group *g, size_t *at,
                                                  struct kafka_model_topic *t)
{
    size_t end = *at;
    while (end < g->topics.n && strcmp(g->topics.items[end]->topic->name, t->name) < 0)
        free_topic(m, g->topics.items[end++]);
    bool there = end < g->topics.n && g->topics.items[end]->topic == t;
    size_t gap = end - *at, rest = g->topics.n - end;
    if (!there && gap == 0) {
        if (g->topics.room == 0) /* of most groups it is one */
            vec_exact(&g->topics, 1);
        vec_reserve(&g->topics, 1);
        memmove(&g->topics.items[*at + 1], &g->topics.items[end], rest * sizeof *g->topics.items);
        g->topics.n++;
    } else if (gap > !there) {
        memmove(&g->topics.items[*at + !there], &g->topics.items[end], rest * sizeof *g->topics.items);
        g->topics.n -= gap - !there;
    }
    if (!there) {
        struct kafka_group_topic *gt = slab_alloc(&m->items.slab, sizeof *gt);
        *gt = (struct kafka_group_topic){.topic = t};
        t->users++;
        kafka_item_init(&gt->item, &kafka_table_group_topics, &m->items);
        g->topics.items[*at] = gt;
    }
    return g->topics.items[(*at)++];
}

void kafka_group_topics_cut(struct kafka_model *m, struct kafka_model_group *g, size_t keep)
{
    while (g->topics.n > keep)
        free_topic(m, g->topics.items[--g->topics.n]);
    if (keep == 0)
        vec_done(&g->topics);
}

static enum quality part_of(size_t known, size_t all, bool stale, bool bounded)
{
    return known == 0    ? QUALITY_UNKNOWN
           : known < all ? bounded ? QUALITY_EST : QUALITY_GE
           : stale       ? QUALITY_STALE
           : bounded     ? QUALITY_LE
                         : QUALITY_EXACT;
}

void kafka_group_topics_cells(struct kafka_group_topic *gt, const struct kafka_topic_sums *s, bool members_known)
{
    struct kafka_item *it = &gt->item;
    enum quality lag = part_of(s->known, s->counted, s->stale, s->bounded);
    kafka_item_int(it, GROUP_TOPICS_LAG, s->lag, lag);
    kafka_item_int(it, GROUP_TOPICS_BEHIND, (int64_t)s->behind, lag == QUALITY_LE ? QUALITY_EXACT : lag);
    struct kafka_age age;
    kafka_age_total(&s->age, s->counted, &age);
    kafka_item_real(it, GROUP_TOPICS_LAG_S, age.seconds, age.quality);
    enum quality rates = part_of(s->rates, s->counted, false, false);
    kafka_item_real(it, GROUP_TOPICS_RATE_IN, s->rate_in, rates);
    kafka_item_real(it, GROUP_TOPICS_RATE_OUT, s->rate_out, rates);
    bool net = s->nets && s->nets == s->counted;
    kafka_item_real(it, GROUP_TOPICS_NET_RATE, s->net, net ? QUALITY_EST : QUALITY_UNKNOWN);
    kafka_item_int(it, GROUP_TOPICS_PARTITIONS, (int64_t)s->partitions, QUALITY_EXACT);
    kafka_item_int(it, GROUP_TOPICS_LOST, s->lost, s->known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, GROUP_TOPICS_MEMBERS, s->members, members_known ? QUALITY_EXACT : QUALITY_UNKNOWN);
}
