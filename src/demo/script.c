/* The demo's run: all topics and then all groups, tick by tick. */
#include "demo/script.h"
#include "base/mem.h"
#include "base/str.h"
#include "demo/churn.h"
#include "demo/log.h"
#include "demo/reader.h"
#include "demo/sink.h"

#include <stdlib.h>
#include <string.h>

enum { SCALE_TOPIC_PARTITIONS = 1000, SCALE_PARTITIONS = 100000, WALL_SLACK_MS = 2000 };

struct demo_script {
    struct demo_stage stage;
    const struct clock *clock;
    int64_t begin_us;
    int64_t now_ms; /* elapsed time up to which the world has been moved */
    struct demo_feed *feeds;
    struct demo_reader *readers;
    struct demo_sinks *sinks; /* NULL: none */
    struct demo_churn *churn;
    struct {
        int groups, partitions, commits_per_s;
        int64_t moved; /* commits so far */
    } scale;
};

static struct demo_feed *find_feed(const struct demo_script *s, const char *topic)
{
    for (size_t i = 0; topic && i < demo_plan_topic_count; i++)
        if (strcmp(s->feeds[i].plan->name, topic) == 0)
            return &s->feeds[i];
    return NULL;
}

struct demo_script *demo_script_new(struct demo_world *world, const struct clock *clock, uint64_t seed,
                                    int64_t ahead_ms)
{
    struct demo_script *s = mem_new(struct demo_script);
    s->stage = (struct demo_stage){.world = world, .seed = seed, .begin_wall_ms = clock_wall_ms(clock) - ahead_ms};
    s->clock = clock;
    s->begin_us = clock_mono_us(clock) - ahead_ms * 1000;
    s->feeds = mem_calloc(demo_plan_topic_count, sizeof *s->feeds);
    s->readers = mem_calloc(demo_plan_group_count, sizeof *s->readers);
    for (size_t i = 0; i < demo_plan_topic_count; i++)
        demo_feed_init(&s->stage, &s->feeds[i], &demo_plan_topics[i]);
    for (size_t i = 0; i < demo_plan_group_count; i++)
        demo_reader_init(&s->stage, &s->readers[i], &demo_plan_groups[i], find_feed(s, demo_plan_groups[i].topic));
    s->churn = demo_churn_new(&s->stage, find_feed(s, DEMO_PLAN_CHURN));
    return s;
}

int demo_script_sinks(struct demo_script *s, const char *warehouse, struct error *err)
{
    return demo_sinks_new(&s->stage, warehouse, &s->sinks, err);
}

void demo_script_free(struct demo_script *s)
{
    if (!s)
        return;
    demo_sinks_free(s->sinks);
    demo_churn_free(s->churn);
    for (size_t i = 0; i < demo_plan_topic_count; i++)
        demo_feed_done(&s->feeds[i]);
    for (size_t i = 0; i < demo_plan_group_count; i++)
        demo_reader_done(&s->readers[i]);
    free(s->feeds);
    free(s->readers);
    free(s);
}

const struct demo_churn *demo_script_churn(const struct demo_script *s)
{
    return s->churn;
}

/* After the machine slept, records are written now, not when they would have been. */
static void follow_wall(struct demo_stage *stage, int64_t now_wall_ms)
{
    if (now_wall_ms - stage->begin_wall_ms > WALL_SLACK_MS)
        stage->begin_wall_ms = now_wall_ms;
}

static void scale_name(struct str *name, const char *format_prefix, int digits, int64_t i)
{
    str_clear(name);
    str_printf(name, "%s%0*lld", format_prefix, digits, (long long)i);
}

/* Commit i of all: some records are written to the partition whose turn it is, and its group commits behind them. */
static void move_one(const struct demo_script *s, int64_t i, struct str *name)
{
    int64_t all = (int64_t)s->scale.groups * s->scale.partitions, k = i % all;
    int64_t at = k % (all < SCALE_PARTITIONS ? all : SCALE_PARTITIONS);
    uint64_t dice = ((uint64_t)i + s->stage.seed) * UINT64_C(0x9e3779b97f4a7c15) >> 40;
    scale_name(name, "load-", 5, k / s->scale.partitions);
    struct demo_group *g = demo_world_group(s->stage.world, str_text(name));
    scale_name(name, "load.", 3, at / SCALE_TOPIC_PARTITIONS);
    struct demo_partition *p =
        demo_world_partition(s->stage.world, str_text(name), (int32_t)(at % SCALE_TOPIC_PARTITIONS));
    if (!g || !p)
        return;
    p->lso = p->end += 20 + (int64_t)(dice % 50);
    demo_group_commit(g, str_text(name), (int32_t)(at % SCALE_TOPIC_PARTITIONS), p->end - 1 - (int64_t)(dice % 19), 0,
                      NULL);
}

static void move_scale(struct demo_script *s)
{
    struct str name = {0};
    int64_t until = s->now_ms * s->scale.commits_per_s / 1000;
    for (; s->scale.moved < until; s->scale.moved++)
        move_one(s, s->scale.moved, &name);
    str_done(&name);
}

void demo_script_step(struct demo_script *s)
{
    int64_t target_ms = (clock_mono_us(s->clock) - s->begin_us) / 1000;
    follow_wall(&s->stage, clock_wall_ms(s->clock) - target_ms);
    while (s->now_ms + DEMO_PLAN_TICK_MS <= target_ms) {
        s->now_ms += DEMO_PLAN_TICK_MS;
        demo_log_set_time(s->stage.world->log, s->stage.begin_wall_ms + s->now_ms);
        for (size_t i = 0; i < demo_plan_topic_count; i++)
            demo_feed_tick(&s->stage, &s->feeds[i], s->now_ms);
        for (size_t i = 0; i < demo_plan_group_count; i++)
            demo_reader_tick(&s->stage, &s->readers[i], s->now_ms);
        if (s->sinks)
            demo_sinks_tick(s->sinks, s->now_ms);
        move_scale(s);
    }
}

static void scale_topics(struct demo_world *world, int64_t partitions, struct str *name)
{
    for (int64_t first = 0; first < partitions; first += SCALE_TOPIC_PARTITIONS) {
        int64_t n = partitions - first;
        n = n < SCALE_TOPIC_PARTITIONS ? n : SCALE_TOPIC_PARTITIONS;
        scale_name(name, "load.", 3, first / SCALE_TOPIC_PARTITIONS);
        demo_world_topic_add(world, str_text(name), (int)n, 3);
        for (int32_t p = 0; p < n; p++)
            demo_world_set_offsets(world, str_text(name), p, 0, 1000, 1000);
    }
}

void demo_script_scale_moves(struct demo_script *s, int groups, int partitions, int commits_per_s)
{
    s->scale.groups = groups;
    s->scale.partitions = partitions;
    s->scale.commits_per_s = commits_per_s;
    s->scale.moved = s->now_ms * commits_per_s / 1000;
}

void demo_script_scale(struct demo_world *world, int groups, int partitions)
{
    struct str name = {0};
    int64_t all = (int64_t)groups * partitions;
    all = all < SCALE_PARTITIONS ? all : SCALE_PARTITIONS;
    scale_topics(world, all, &name);
    for (int i = 0; i < groups; i++) {
        scale_name(&name, "load-", 5, i);
        struct demo_group *g = demo_world_group_add(world, str_text(&name), "consumer");
        demo_group_set_state(g, "Stable");
        struct demo_member *m = demo_group_member_add(g, "load-1", "load", "/10.30.0.1");
        for (int k = 0; k < partitions; k++) {
            int64_t at = ((int64_t)i * partitions + k) % all;
            int32_t p = (int32_t)(at % SCALE_TOPIC_PARTITIONS);
            scale_name(&name, "load.", 3, at / SCALE_TOPIC_PARTITIONS);
            demo_group_member_assign(m, str_text(&name), p);
            demo_group_commit(g, str_text(&name), p, 990, 0, NULL);
        }
    }
    str_done(&name);
}
