/* Producers: logs that grow at a swinging rate, retention behind them, and what befalls a topic. */
#include "demo/feed.h"
#include "base/mem.h"
#include "demo/log.h"

#include <math.h>
#include <stdlib.h>

static int64_t wall_ms(const struct demo_stage *s, int64_t elapsed_ms)
{
    return s->begin_wall_ms + elapsed_ms;
}

/* Records that were produced into all partitions since the beginning: the integral of a rate that
 * swings. */
static double produced(const struct demo_plan_topic *p, int64_t ms)
{
    double s = (double)ms / 1000, turn = 2 * M_PI / p->period_s;
    return p->rate * (s + p->swing * (1 - cos(turn * s)) / turn);
}

double demo_feed_rate(const struct demo_feed *f, int32_t partition)
{
    return f->plan->rate * f->share[partition];
}

static void deal_shares(const struct demo_stage *s, struct demo_feed *f)
{
    double sum = 0;
    for (int i = 0; i < f->plan->partitions; i++) {
        f->share[i] = 0.8 + 0.4 * demo_plan_chance(s->seed, f->plan->name, i);
        if (i == 0 && f->plan->hot > 0)
            f->share[i] *= f->plan->hot;
        sum += f->share[i];
    }
    for (int i = 0; i < f->plan->partitions; i++)
        f->share[i] /= sum;
}

void demo_feed_init(const struct demo_stage *s, struct demo_feed *f, const struct demo_plan_topic *plan)
{
    f->plan = plan;
    f->share = mem_calloc((size_t)plan->partitions, sizeof *f->share);
    f->base = mem_calloc((size_t)plan->partitions, sizeof *f->base);
    deal_shares(s, f);
    if (plan->commits) {
        demo_log_begin(s->world, plan->partitions, plan->replication);
        return;
    }
    struct demo_topic *t = demo_world_topic_add(s->world, plan->name, plan->partitions, plan->replication);
    t->internal = plan->internal;
    for (int i = 0; i < plan->partitions; i++) {
        struct demo_partition *p = &t->partitions.items[i];
        int64_t records = (int64_t)(demo_feed_rate(f, i) * plan->history_s);
        p->start = (int64_t)(1000 + 1e6 * demo_plan_chance(s->seed, plan->name, 1000 + i));
        p->leader_epoch = (int32_t)(demo_plan_draw(s->seed, plan->name, 2000 + i) % 12);
        f->base[i] = p->start + records;
        demo_partition_append(p, wall_ms(s, -(int64_t)plan->history_s * 1000), p->start);
        demo_partition_append(p, wall_ms(s, 0), f->base[i]);
    }
    if (plan->out_of_sync) {
        int32_t at = plan->out_of_sync - 1;
        const struct demo_partition *p = &t->partitions.items[at];
        demo_world_set_in_sync(s->world, plan->name, at, p->replicas[p->replica_n - 1], false);
    }
}

void demo_feed_done(struct demo_feed *f)
{
    free(f->share);
    free(f->base);
    *f = (struct demo_feed){0};
}

/* Retention deletes whole segments, here of a tenth of what is kept. */
static void retain(const struct demo_feed *f, int32_t i, struct demo_partition *p)
{
    int64_t keep = (int64_t)(demo_feed_rate(f, i) * f->plan->retention_s);
    int64_t segment = keep / 10 + 1;
    int64_t gone = p->end - keep - p->start;
    if (f->plan->retention_s && gone >= segment)
        p->start += gone - gone % segment;
}

/* While a transaction is open, readers of committed records wait where it began. */
static void hold_transaction(const struct demo_feed *f, int32_t i, int64_t ms, struct demo_partition *p,
                             int64_t lso_before)
{
    double at = demo_plan_cycle(ms, 60);
    if (f->plan->transactional && i == 0 && at >= 10 && at < 35)
        p->lso = lso_before;
}

static void move_leader(const struct demo_stage *s, const struct demo_feed *f, int64_t ms)
{
    if (!f->plan->leaderless)
        return;
    double at = demo_plan_cycle(ms, 60);
    int32_t i = f->plan->leaderless - 1;
    const struct demo_partition *p = demo_world_partition(s->world, f->plan->name, i);
    bool without = at >= 12 && at < 32;
    demo_world_set_leader(s->world, f->plan->name, i, without ? -1 : p->replicas[0]);
}

static void come_and_go(const struct demo_stage *s, struct demo_feed *f, int64_t ms)
{
    const struct demo_plan_topic *plan = f->plan;
    double at = demo_plan_cycle(ms, 240);
    bool gone = at >= 30 && at < 90;
    if (!plan->comes_and_goes || gone == f->gone)
        return;
    f->gone = gone;
    if (gone) {
        demo_world_topic_remove(s->world, plan->name);
        return;
    }
    demo_world_topic_add(s->world, plan->name, plan->partitions, plan->replication);
    f->since_ms = ms;
    for (int i = 0; i < plan->partitions; i++) {
        f->base[i] = 0;
        demo_world_append(s->world, plan->name, i, wall_ms(s, ms), 0);
    }
}

void demo_feed_tick(const struct demo_stage *s, struct demo_feed *f, int64_t ms)
{
    if (f->plan->commits)
        return;
    come_and_go(s, f, ms);
    if (f->gone)
        return;
    move_leader(s, f, ms);
    struct demo_topic *t = demo_world_topic(s->world, f->plan->name);
    double records = produced(f->plan, ms) - produced(f->plan, f->since_ms);
    for (int i = 0; i < f->plan->partitions; i++) {
        struct demo_partition *p = &t->partitions.items[i];
        int64_t lso = p->lso;
        if (p->leader < 0)
            continue;
        demo_partition_append(p, wall_ms(s, ms), f->base[i] + (int64_t)(records * f->share[i]));
        retain(f, i, p);
        hold_transaction(f, i, ms, p, lso);
    }
}
