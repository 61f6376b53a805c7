/* Consumers: groups that join, read at a speed of their own, and commit now and then. */
#include "demo/reader.h"
#include "base/mem.h"
#include "demo/wire.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put_connect_metadata(struct str *out, int worker)
{
    struct demo_wire_writer w = {.out = out};
    struct str url = {0};
    str_printf(&url, "http://10.20.9.%d:8083/", worker + 11);
    demo_wire_i16(&w, 1); /* version */
    demo_wire_string(&w, str_text(&url));
    demo_wire_i64(&w, 42); /* offset in the configuration topic */
    str_done(&url);
}

/* One worker's share of a connector: version, error, leader, its URL, offset, connectors with their
 * tasks. */
static void put_connect_assignment(struct str *out, const char *leader, int worker)
{
    struct demo_wire_writer w = {.out = out};
    demo_wire_i16(&w, 1);
    demo_wire_i16(&w, 0);
    demo_wire_string(&w, leader);
    demo_wire_string(&w, "http://10.20.9.11:8083/");
    demo_wire_i64(&w, 42);
    demo_wire_array(&w, 1);
    demo_wire_string(&w, "orders-sink");
    demo_wire_array(&w, 1);
    demo_wire_i32(&w, worker);
}

static void set_worker(struct demo_group *g, int worker)
{
    struct str metadata = {0}, assignment = {0};
    put_connect_metadata(&metadata, worker);
    put_connect_assignment(&assignment, g->members.items[0].id, worker);
    demo_group_member_set_raw(&g->members.items[worker], metadata.s, metadata.len, assignment.s, assignment.len);
    str_done(&metadata);
    str_done(&assignment);
}

/* Members anew, n of them, with the topic's partitions dealt out. generation changes their ids. */
static void reader_join(const struct demo_stage *s, struct demo_reader *r, int n, int generation)
{
    struct demo_group *g = r->group;
    demo_group_members_clear(g);
    for (int i = 0; i < n; i++) {
        struct str client = {0}, id = {0}, host = {0};
        uint64_t a = demo_plan_draw(s->seed, g->name, i),
                 b = demo_plan_draw(s->seed, g->name, 1000 * (generation + 1) + i);
        str_printf(&client, "%s-%d", r->plan->act == DEMO_PLAN_WORKERS ? "connect" : g->name, i + 1);
        str_printf(&id, "%s-%08x-%04x-4%03x-9%03x-%012llx", client.s, (unsigned)(b >> 32), (unsigned)(b >> 16 & 0xffff),
                   (unsigned)(b & 0xfff), (unsigned)(a & 0xfff), (unsigned long long)(b ^ a >> 16) & 0xffffffffffff);
        str_printf(&host, "/10.20.%u.%u", (unsigned)(a >> 8 & 15), (unsigned)(a >> 16 & 127) + 10);
        struct demo_member *m = demo_group_member_add(g, id.s, client.s, host.s);
        if (r->plan->is_static)
            demo_group_member_set_instance(m, client.s);
        str_done(&client);
        str_done(&id);
        str_done(&host);
    }
    if (r->feed)
        demo_group_assign_range(g, r->feed->plan->name, r->feed->plan->partitions);
}

static bool never_commits(const struct demo_reader *r, int32_t partition)
{
    return r->plan->act == DEMO_PLAN_PARTIAL && partition >= r->feed->plan->partitions / 2;
}

static void reader_commit(const struct demo_stage *s, struct demo_reader *r)
{
    const struct demo_topic *t = demo_world_topic(s->world, r->feed->plan->name);
    for (int i = 0; i < r->feed->plan->partitions; i++) {
        int32_t epoch = t ? t->partitions.items[i].leader_epoch : -1;
        if (!never_commits(r, i))
            demo_group_commit(r->group, r->feed->plan->name, i, (int64_t)r->at[i], epoch, NULL);
    }
}

void demo_reader_init(const struct demo_stage *s, struct demo_reader *r, const struct demo_plan_group *plan,
                      struct demo_feed *feed)
{
    bool workers = plan->act == DEMO_PLAN_WORKERS;
    r->plan = plan;
    r->phase = -1;
    r->idle_since_ms = -1;
    r->group = demo_world_group_add(s->world, plan->name,
                                    workers                         ? "connect"
                                    : plan->act == DEMO_PLAN_SIMPLE ? ""
                                                                    : "consumer");
    demo_group_set_assignor(r->group, plan->assignor);
    r->group->kip848 = plan->act == DEMO_PLAN_KIP848;
    r->feed = feed;
    reader_join(s, r, plan->members, 0);
    for (int i = 0; workers && i < plan->members; i++)
        set_worker(r->group, i);
    if (plan->members || plan->act == DEMO_PLAN_KIP848)
        demo_group_set_state(r->group, "Stable");
    if (!r->feed)
        return;
    r->at = mem_calloc((size_t)r->feed->plan->partitions, sizeof *r->at);
    for (int i = 0; i < r->feed->plan->partitions; i++)
        r->at[i] = (double)r->feed->base[i] - plan->backlog_s * demo_feed_rate(r->feed, i);
    int interval_ms = (plan->commit_s ? plan->commit_s : 5) * 1000;
    r->next_commit_ms = (int64_t)(demo_plan_draw(s->seed, plan->name, 77) % (unsigned)interval_ms);
    reader_commit(s, r);
}

/* Speeds: records a second that can be read from a partition whose rate of writing is given. */

static double speed_any(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)r;
    (void)rate;
    (void)ms;
    return INFINITY;
}

static double speed_none(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)r;
    (void)rate;
    (void)ms;
    return 0;
}

static double speed_falling(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)r;
    return demo_plan_cycle(ms, 900) < 600 ? 0.55 * rate : 3 * rate;
}

static double speed_draining(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)ms;
    return rate * (1 + r->plan->backlog_s / 150);
}

static double speed_losing(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)r;
    return demo_plan_cycle(ms, 100) < 60 ? 0 : 3 * rate;
}

static double speed_rebalancing(const struct demo_reader *r, double rate, int64_t ms)
{
    (void)ms;
    return strcmp(r->group->state, "Stable") == 0 ? 4 * rate : 0;
}

/* Turns: what happens to a group by turns, besides reading. */

/* Every 40 s, for the first time after 8 s: 7 s to prepare, 6 s to complete, then a member more or
 * one less. */
static void turn_rebalancing(const struct demo_stage *s, struct demo_reader *r, int64_t ms)
{
    static const char *const states[] = {"Stable", "PreparingRebalance", "CompletingRebalance"};
    int generation = (int)((ms + 19000) / 40000);
    double at = demo_plan_cycle(ms + 19000, 40);
    int step = at < 27 ? 0 : at < 34 ? 1 : 2;
    int phase = generation * 3 + step;
    if (phase == r->phase)
        return;
    r->phase = phase;
    if (step == 0 && generation > 0)
        reader_join(s, r, r->plan->members + generation % 2, generation);
    demo_group_set_state(r->group, states[step]);
}

/* Caught up for 45 s: the index is to be built again, from as far back as at first. */
static void turn_draining(const struct demo_stage *s, struct demo_reader *r, int64_t ms)
{
    (void)s;
    if (r->idle_since_ms < 0 || ms - r->idle_since_ms < 45000)
        return;
    for (int i = 0; i < r->feed->plan->partitions; i++)
        r->at[i] -= r->plan->backlog_s * demo_feed_rate(r->feed, i);
    r->idle_since_ms = -1;
}

/* A minute after its topic came back empty, somebody sets it back to the beginning. */
static void turn_orphaned(const struct demo_stage *s, struct demo_reader *r, int64_t ms)
{
    int phase = demo_plan_cycle(ms, 240) >= 150;
    (void)s;
    for (int i = 0; phase == 1 && r->phase != 1 && i < r->feed->plan->partitions; i++)
        r->at[i] = 0;
    r->phase = phase;
}

static void turn_kip848(const struct demo_stage *s, struct demo_reader *r, int64_t ms)
{
    double at = demo_plan_cycle(ms, 60);
    (void)s;
    demo_group_set_state(r->group, at >= 40 && at < 47 ? "Reconciling" : "Stable");
}

static const struct act {
    double (*speed)(const struct demo_reader *r, double rate, int64_t ms);
    void (*turn)(const struct demo_stage *s, struct demo_reader *r, int64_t ms); /* may be NULL */
} acts[] = {
    [DEMO_PLAN_CALM] = {speed_any, NULL},
    [DEMO_PLAN_FALLING] = {speed_falling, NULL},
    [DEMO_PLAN_DRAINING] = {speed_draining, turn_draining},
    [DEMO_PLAN_STALLED] = {speed_none, NULL},
    [DEMO_PLAN_EMPTY] = {speed_none, NULL},
    [DEMO_PLAN_LOSING] = {speed_losing, NULL},
    [DEMO_PLAN_REBALANCING] = {speed_rebalancing, turn_rebalancing},
    [DEMO_PLAN_PARTIAL] = {speed_any, NULL},
    [DEMO_PLAN_SIMPLE] = {speed_any, NULL},
    [DEMO_PLAN_KIP848] = {speed_any, turn_kip848},
    [DEMO_PLAN_ORPHANED] = {speed_any, turn_orphaned},
    [DEMO_PLAN_WORKERS] = {speed_none, NULL},
};

static double reader_speed(const struct demo_reader *r, int32_t partition, int64_t ms)
{
    return acts[r->plan->act].speed(r, demo_feed_rate(r->feed, partition), ms);
}

static void reader_read(struct demo_reader *r, const struct demo_topic *t, int64_t ms)
{
    bool idle = true;
    for (int i = 0; i < r->feed->plan->partitions; i++) {
        const struct demo_partition *p = &t->partitions.items[i];
        double end = (double)p->lso, speed = reader_speed(r, i, ms);
        if (speed <= 0 || p->leader < 0)
            continue;
        if (r->at[i] < (double)p->start)
            r->at[i] = (double)p->start; /* out of range: it starts over where the log does */
        double next = r->at[i] + speed * DEMO_PLAN_TICK_MS / 1000;
        if (r->at[i] < end)
            r->at[i] = next < end ? next : end;
        idle = idle && r->at[i] >= end;
    }
    if (!idle)
        r->idle_since_ms = -1;
    else if (r->idle_since_ms < 0)
        r->idle_since_ms = ms;
}

void demo_reader_tick(const struct demo_stage *s, struct demo_reader *r, int64_t ms)
{
    if (!r->feed)
        return;
    if (acts[r->plan->act].turn)
        acts[r->plan->act].turn(s, r, ms);
    const struct demo_topic *t = demo_world_topic(s->world, r->feed->plan->name);
    if (!t)
        return;
    reader_read(r, t, ms);
    /* who reads nothing commits nothing */
    if (ms < r->next_commit_ms || reader_speed(r, 0, ms) <= 0)
        return;
    reader_commit(s, r);
    r->next_commit_ms = ms + (r->plan->commit_s ? r->plan->commit_s : 5) * 1000;
}

void demo_reader_done(struct demo_reader *r)
{
    free(r->at);
    *r = (struct demo_reader){0};
}
