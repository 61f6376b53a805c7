/* The cycle of a sink: start, answers, the commit or the timeout. */
#include "demo/sink.h"

#include "base/clock.h"
#include "base/mem.h"
#include "demo/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MOST = 4000 /* of one file */, SILENT_PERIOD_S = 240, SILENT_FROM_S = 90, SILENT_UNTIL_S = 200 };

const struct demo_sink_plan demo_sink_plans[DEMO_SINK_COUNT] = {
    {"shipments-sink", "shipments.updates", "shop", "shipments", 6, 0, 15, 8, 5},
    {"returns-sink", "returns.requests", "shop", "returns", 2, 4, 20, 9, 12},
};

const char *const demo_sink_workers[DEMO_SINK_TASKS] = {"10.20.9.11:8083", "10.20.9.12:8083"};
static const char *const hosts[DEMO_SINK_TASKS] = {"/10.20.9.11", "/10.20.9.12"};

/* A cycle that a task has not answered yet. */
struct asked {
    struct demo_uuid commit;
    int64_t since_ms;
};

struct task {
    struct demo_uuid key;
    char name[24];    /* of its draws */
    int32_t first, n; /* partitions */
    VEC(struct asked) asked;
    int64_t answers;
};

struct sink {
    const struct demo_sink_plan *plan;
    struct demo_lake_table *table;
    struct demo_uuid table_uuid, key, commit;
    struct demo_group *data, *coordinator;
    char *data_name, *coordinator_name;
    struct task tasks[DEMO_SINK_TASKS];
    int64_t *at;    /* next offset to be written, by partition */
    double *silent; /* records left out of a topic of its own, by partition */
    bool running;
    int64_t started_ms, next_ms, ready_ms; /* ready_ms below 0: not all have answered */
    int64_t cycles, received;
    int64_t valid_ms;                 /* the least time of its answers */
    bool timed;                       /* each of them had one */
    int64_t read;                     /* control offset behind the last answer */
    VEC(struct demo_lake_file) files; /* announced, in no snapshot */
};

struct demo_sinks {
    const struct demo_stage *stage;
    struct demo_control *control;
    struct sink sinks[DEMO_SINK_COUNT];
};

static int64_t wall(const struct demo_sinks *d, int64_t ms)
{
    return d->stage->begin_wall_ms + ms;
}

static struct demo_control_sender sender(const struct demo_sinks *d, const struct sink *k, const struct demo_uuid *key,
                                         int64_t ms)
{
    return (struct demo_control_sender){
        .key = key, .group = k->data_name, .seed = d->stage->seed, .now_ms = wall(d, ms)};
}

/* ---- the topic of its own ---- */

static bool is_silent(int32_t partition, int64_t ms)
{
    double at = demo_plan_cycle(ms, SILENT_PERIOD_S);
    return partition == 1 && at >= SILENT_FROM_S && at < SILENT_UNTIL_S;
}

static void feed(const struct demo_sinks *d, const struct sink *k, int64_t ms)
{
    for (int32_t i = 0; i < k->plan->partitions && k->plan->rate_s; i++) {
        if (is_silent(i, ms))
            k->silent[i] += (double)k->plan->rate_s * DEMO_PLAN_TICK_MS / 1000;
        int64_t end = (int64_t)((double)k->plan->rate_s * (double)ms / 1000 - k->silent[i]);
        struct demo_partition *p = demo_world_partition(d->stage->world, k->plan->topic, i);
        if (p && end >= p->end)
            demo_partition_append(p, wall(d, ms), end);
    }
}

/* ---- tasks ---- */

static int64_t ready_until(const struct demo_sinks *d, const struct sink *k, int32_t partition)
{
    const struct demo_partition *p = demo_world_partition(d->stage->world, k->plan->topic, partition);
    return p ? p->lso : 0;
}

static bool has_records(const struct demo_sinks *d, const struct sink *k, const struct task *t)
{
    for (int32_t i = t->first; i < t->first + t->n; i++)
        if (ready_until(d, k, i) > k->at[i])
            return true;
    return false;
}

/* The records of a task's partitions that are not written yet, as rows; and what is said of each partition. */
static size_t take_rows(const struct demo_sinks *d, struct sink *k, const struct task *t, struct demo_lake_row *rows,
                        struct demo_control_assignment *said)
{
    size_t n = 0;
    for (int32_t i = t->first; i < t->first + t->n; i++) {
        const struct demo_partition *p = demo_world_partition(d->stage->world, k->plan->topic, i);
        int64_t until = ready_until(d, k, i), last_ms = -1;
        for (; k->at[i] < until && n < ROWS_MOST; k->at[i]++) {
            last_ms = demo_partition_time_of(p, k->at[i]);
            rows[n++] = (struct demo_lake_row){i, k->at[i], last_ms * 1000, demo_world_value(i, k->at[i])};
        }
        said[i - t->first] = (struct demo_control_assignment){i, last_ms < 0 ? -1 : k->at[i], last_ms};
    }
    return n;
}

/* The coordinator reads an answer. */
static void receive(struct sink *k, const struct demo_uuid *commit, const struct demo_control_assignment *said,
                    size_t n, int64_t offset, int64_t ms)
{
    k->read = offset + 1;
    for (size_t i = 0; i < n; i++) {
        k->timed &= said[i].time_ms >= 0;
        if (said[i].time_ms >= 0 && said[i].time_ms < k->valid_ms)
            k->valid_ms = said[i].time_ms;
    }
    if (!k->running || memcmp(commit, &k->commit, sizeof *commit) != 0)
        return;
    k->received += (int64_t)n;
    if (k->received >= k->plan->partitions)
        k->ready_ms = ms;
}

/* One transaction: what was written, the answer, and the group's offsets. */
static void answer(struct demo_sinks *d, struct sink *k, struct task *t, const struct demo_uuid *commit, int64_t ms)
{
    const struct demo_control_sender who = sender(d, k, &t->key, ms);
    struct demo_lake_row *rows = mem_calloc(ROWS_MOST, sizeof *rows);
    struct demo_control_assignment *said = mem_calloc((size_t)t->n, sizeof *said);
    struct demo_lake_file file = {0};
    struct error err;
    char name[37];
    struct demo_uuid id = demo_uuid_draw(d->stage->seed, t->name, t->answers++);
    size_t n = take_rows(d, k, t, rows, said);
    demo_uuid_text(&id, name);
    if (n && demo_lake_write(k->table, name, rows, n, &file, &err) == 0) {
        demo_control_written(d->control, &who, commit, k->plan->space, k->plan->table, &k->table_uuid, &file);
        vec_push(&k->files, file);
    }
    int64_t at = demo_control_answer(d->control, &who, commit, k->plan->topic, said, (size_t)t->n);
    demo_control_end(d->control, wall(d, ms));
    for (int32_t i = 0; i < t->n; i++)
        if (said[i].offset >= 0)
            demo_group_commit(k->data, k->plan->topic, said[i].partition, said[i].offset, 0, NULL);
    receive(k, commit, said, (size_t)t->n, at, ms);
    free(rows);
    free(said);
}

/* A task reads the control topic when records come, or when it wakes to flush offsets; and cold, it takes two times. */
static bool wakes(const struct demo_sinks *d, const struct sink *k, const struct task *t, int64_t ms)
{
    const struct asked *a = &t->asked.items[0];
    int64_t flush_ms = k->plan->flush_s * 1000,
            draw = (int64_t)(demo_plan_draw(d->stage->seed, t->name, t->answers) % 400);
    if (has_records(d, k, t))
        return ms >= a->since_ms + 60 + draw;
    return ms / flush_ms >= a->since_ms / flush_ms + 2;
}

static void task_tick(struct demo_sinks *d, struct sink *k, struct task *t, int64_t ms)
{
    if (t->asked.n == 0 || !wakes(d, k, t, ms))
        return;
    for (size_t i = 0; i < t->asked.n; i++)
        answer(d, k, t, &t->asked.items[i].commit, ms);
    t->asked.n = 0;
}

/* ---- the coordinator ---- */

static void start(struct demo_sinks *d, struct sink *k, int64_t ms)
{
    k->commit = demo_uuid_draw(d->stage->seed, k->plan->connector, 1000 + k->cycles++);
    k->running = true;
    k->started_ms = ms;
    k->ready_ms = -1;
    k->received = 0;
    const struct demo_control_sender who = sender(d, k, &k->key, ms);
    demo_control_start(d->control, &who, &k->commit);
    demo_control_end(d->control, wall(d, ms));
    for (int i = 0; i < DEMO_SINK_TASKS; i++)
        vec_push(&k->tasks[i].asked, ((struct asked){k->commit, ms}));
}

/* The snapshot, and word of it. An error leaves the files to the next cycle, and this one without an end. */
static int commit_table(struct demo_sinks *d, struct sink *k, int64_t valid_ms, int64_t ms)
{
    char commit[37], offsets[40], valid[40], task[64];
    struct error err;
    int64_t snapshot_id = (int64_t)(demo_plan_draw(d->stage->seed, k->plan->table, k->cycles) >> 2 | UINT64_C(1) << 60);
    char *key = mem_printf("kafka.connect.offsets.%s.%s", DEMO_SINK_CONTROL, k->data_name);
    struct demo_lake_property properties[4] = {{"kafka.connect.commit-id", commit},
                                               {key, offsets},
                                               {"kafka.connect.task-id", task},
                                               {"kafka.connect.valid-through-ts", valid}};
    demo_uuid_text(&k->commit, commit);
    snprintf(offsets, sizeof offsets, "{\"0\":%lld}", (long long)k->read);
    snprintf(task, sizeof task, "%s-0", k->plan->connector);
    if (valid_ms >= 0)
        clock_iso(valid_ms, true, valid, sizeof valid);
    int rc = demo_lake_commit(k->table, k->files.items, k->files.n, properties, valid_ms >= 0 ? 4 : 3, snapshot_id,
                              wall(d, ms), &err);
    if (rc == 0) {
        const struct demo_control_sender who = sender(d, k, &k->key, ms);
        demo_control_table(d->control, &who, &k->commit, k->plan->space, k->plan->table, &k->table_uuid, snapshot_id,
                           valid_ms);
        demo_control_end(d->control, wall(d, ms));
    }
    free(key);
    return rc;
}

static void finish(struct demo_sinks *d, struct sink *k, bool full, int64_t ms)
{
    int64_t valid_ms = full && k->timed && k->valid_ms < INT64_MAX ? k->valid_ms : -1;
    k->running = false;
    k->next_ms = k->started_ms + k->plan->interval_s * 1000;
    if (k->files.n && commit_table(d, k, valid_ms, ms))
        return;
    demo_group_commit(k->coordinator, DEMO_SINK_CONTROL, 0, k->read, 0, NULL);
    const struct demo_control_sender who = sender(d, k, &k->key, ms);
    demo_control_complete(d->control, &who, &k->commit, valid_ms);
    demo_control_end(d->control, wall(d, ms));
    for (size_t i = 0; i < k->files.n; i++)
        demo_lake_file_done(&k->files.items[i]);
    k->files.n = 0;
    k->timed = true;
    k->valid_ms = INT64_MAX;
}

static void sink_tick(struct demo_sinks *d, struct sink *k, int64_t ms)
{
    enum { COMMIT_MS = 250 }; /* what a commit takes */
    feed(d, k, ms);
    for (int i = 0; i < DEMO_SINK_TASKS; i++)
        task_tick(d, k, &k->tasks[i], ms);
    if (!k->running && ms >= k->next_ms)
        start(d, k, ms);
    else if (k->running && k->ready_ms >= 0 && ms >= k->ready_ms + COMMIT_MS)
        finish(d, k, true, ms);
    else if (k->running && k->ready_ms < 0 && ms > k->started_ms + k->plan->timeout_s * 1000)
        finish(d, k, false, ms);
}

void demo_sinks_tick(struct demo_sinks *d, int64_t ms)
{
    for (int i = 0; i < DEMO_SINK_COUNT; i++)
        sink_tick(d, &d->sinks[i], ms);
}

/* ---- how it begins ---- */

/* A group of one member that has the control topic. */
static struct demo_group *add_control_group(const struct demo_stage *s, const char *name,
                                            const struct demo_uuid *client, const char *host)
{
    char text[37], id[80];
    struct demo_group *g = demo_world_group_add(s->world, name, "consumer");
    demo_uuid_text(client, text);
    snprintf(id, sizeof id, "%s-%08x", text, (unsigned)demo_plan_draw(s->seed, name, 0));
    demo_group_set_state(g, "Stable");
    demo_group_member_assign(demo_group_member_add(g, id, text, host), DEMO_SINK_CONTROL, 0);
    return g;
}

static void add_groups(const struct demo_stage *s, struct sink *k)
{
    k->data_name = mem_printf("connect-%s", k->plan->connector);
    k->coordinator_name = mem_printf("connect-%s-coord", k->plan->connector);
    k->data = demo_world_group_add(s->world, k->data_name, "consumer");
    demo_group_set_assignor(k->data, "range");
    demo_group_set_state(k->data, "Stable");
    k->coordinator = add_control_group(s, k->coordinator_name, &k->key, hosts[0]);
    for (int i = 0; i < DEMO_SINK_TASKS; i++) {
        char uuid[37];
        struct task *t = &k->tasks[i];
        t->first = k->plan->partitions * i / DEMO_SINK_TASKS;
        t->n = k->plan->partitions * (i + 1) / DEMO_SINK_TASKS - t->first;
        snprintf(t->name, sizeof t->name, "%.16s-%d", k->plan->connector, i);
        t->key = demo_uuid_draw(s->seed, t->name, -1);
        const struct demo_uuid group = demo_uuid_draw(s->seed, t->name, -2);
        demo_uuid_text(&group, uuid);
        char *name = mem_printf("cg-control-%s", uuid);
        add_control_group(s, name, &t->key, hosts[i]);
        char *client = mem_printf("connector-consumer-%s-%d", k->plan->connector, i);
        char *id = mem_printf("%s-%s", client, uuid);
        struct demo_member *m = demo_group_member_add(k->data, id, client, hosts[i]);
        for (int32_t p = t->first; p < t->first + t->n; p++)
            demo_group_member_assign(m, k->plan->topic, p);
        free(name);
        free(client);
        free(id);
    }
}

static int sink_init(const struct demo_stage *s, struct sink *k, const struct demo_sink_plan *plan,
                     const char *warehouse, struct error *err)
{
    char uuid[37];
    k->plan = plan;
    k->key = demo_uuid_draw(s->seed, plan->connector, -1);
    k->table_uuid = demo_uuid_draw(s->seed, plan->table, -1);
    k->at = mem_calloc((size_t)plan->partitions, sizeof *k->at);
    k->silent = mem_calloc((size_t)plan->partitions, sizeof *k->silent);
    k->timed = true;
    k->valid_ms = INT64_MAX;
    k->ready_ms = -1;
    k->next_ms = 2000 + (int64_t)(demo_plan_draw(s->seed, plan->connector, 3) % 4000);
    if (plan->rate_s)
        demo_world_topic_add(s->world, plan->topic, plan->partitions, 3);
    for (int32_t i = 0; i < plan->partitions; i++) {
        struct demo_partition *p = demo_world_partition(s->world, plan->topic, i);
        if (plan->rate_s)
            demo_partition_append(p, s->begin_wall_ms, 0);
        k->at[i] = p ? p->end : 0; /* it begins with what comes from now on */
    }
    add_groups(s, k);
    demo_uuid_text(&k->table_uuid, uuid);
    return demo_lake_table_new(warehouse, plan->space, plan->table, uuid, s->begin_wall_ms, &k->table, err);
}

int demo_sinks_new(const struct demo_stage *s, const char *warehouse, struct demo_sinks **ret, struct error *err)
{
    struct demo_sinks *d = mem_new(struct demo_sinks);
    int rc = 0;
    d->stage = s;
    d->control = demo_control_new(s->world, DEMO_SINK_CONTROL);
    for (int i = 0; i < DEMO_SINK_COUNT && rc == 0; i++)
        rc = sink_init(s, &d->sinks[i], &demo_sink_plans[i], warehouse, err);
    if (rc)
        demo_sinks_free(d);
    else
        *ret = d;
    return rc;
}

static void sink_done(struct sink *k)
{
    for (int i = 0; i < DEMO_SINK_TASKS; i++)
        vec_done(&k->tasks[i].asked);
    for (size_t i = 0; i < k->files.n; i++)
        demo_lake_file_done(&k->files.items[i]);
    vec_done(&k->files);
    demo_lake_table_free(k->table);
    free(k->data_name);
    free(k->coordinator_name);
    free(k->at);
    free(k->silent);
}

void demo_sinks_free(struct demo_sinks *d)
{
    if (!d)
        return;
    for (int i = 0; i < DEMO_SINK_COUNT; i++)
        sink_done(&d->sinks[i]);
    demo_control_free(d->control);
    free(d);
}
