/* Rounds, steps and what comes by subscription, worked into one model in every order, against a scripted world: what a group
 * lags by afterwards is what the world says. No broker and no clock but the test's own. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "kafka/group_topics.h"
#include "kafka/model_push.h"
#include "kafka/offset_record.h"
#include "kafka/rank.h"

enum {
    TOPICS = 3,
    PARTITIONS = 3,
    GROUPS = 7,
    LOGS = 3, /* partitions of the log of commits */
    RUNS = 400,
    STEPS = 150,
    CHECK_STEPS = 50,
    SECOND = 1000000,
};

struct scripted_group {
    char name[8];
    bool alive, rebalances;
    int64_t committed[TOPICS][PARTITIONS]; /* -1: none */
};

struct world {
    int64_t now_us;
    struct clock clock;
    uint64_t seed;
    unsigned noise; /* of a hundred calls of the cluster, before so many something happens */
    bool faults;
    size_t partitions[TOPICS]; /* 0: no such topic */
    int64_t ends[TOPICS][PARTITIONS];
    struct scripted_group groups[GROUPS];
    struct kafka_push logs[LOGS]; /* written, and not delivered yet */
    bool held[LOGS], open;
    int64_t cover_us[LOGS];
    struct kafka_push tail;
    /* The program's side. */
    struct kafka_sweep *sweep;
    struct kafka_round_plan plan;
    struct kafka_admin admin;
    struct kafka_round_memory memory;
    struct kafka_model *model;
    struct kafka_round *round, *pushed; /* run but not applied; looked at but not applied; NULL: none */
    struct kafka_push push;
    size_t asked; /* groups that were asked for their commits */
    bool later;   /* rounds leave groups for later */
    size_t again_at;
    struct kafka_time again_time;
};

static struct world *world; /* the admin's functions get no argument of ours */

static const char *const topic_names[TOPICS] = {"bills", "clicks", "orders"};

static unsigned below(unsigned n)
{
    world->seed = world->seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(world->seed >> 33) % n;
}

static int64_t mono_us(void *arg)
{
    return ((struct world *)arg)->now_us += 10;
}

static int64_t wall_ms(void *arg)
{
    return 1700000000000 + (((struct world *)arg)->now_us += 10) / 1000;
}

/* ---- the log ---- */

static void add_int(struct str *out, uint64_t v, size_t size)
{
    for (size_t i = size; i--;)
        str_bytes(out, &(char){(char)(v >> (8 * i))}, 1);
}

static void add_text(struct str *out, const char *s)
{
    add_int(out, strlen(s), 2);
    str_add(out, s);
}

static void write_record(const struct scripted_group *g, const struct str *key, const struct str *value)
{
    struct kafka_push_counts counts = {0};
    struct kafka_record r = {.key = key->s,
                             .key_len = key->len,
                             .value = value ? value->s : NULL,
                             .value_len = value ? value->len : 0,
                             .time_ms = clock_wall_ms(&world->clock)};
    struct kafka_push *log = &world->logs[kafka_offset_record_partition(g->name, LOGS)];
    if (world->open)
        kafka_push_add(log, &r, clock_mono_us(&world->clock), &counts);
    assert_int_equal(counts.unknown + counts.malformed, 0);
}

/* offset -1: a tombstone. */
static void write_commit(struct scripted_group *g, unsigned t, unsigned p, int64_t offset)
{
    struct str key = {0}, value = {0};
    g->committed[t][p] = offset;
    add_int(&key, 1, 2);
    add_text(&key, g->name);
    add_text(&key, topic_names[t]);
    add_int(&key, p, 4);
    add_int(&value, 3, 2);
    add_int(&value, (uint64_t)offset, 8);
    add_int(&value, UINT32_MAX, 4);
    add_text(&value, "");
    add_int(&value, (uint64_t)clock_wall_ms(&world->clock), 8);
    write_record(g, &key, offset < 0 ? NULL : &value);
    str_done(&key);
    str_done(&value);
}

/* The group as a coordinator writes it when a rebalance is over; NULL: it goes. */
static void write_group(struct scripted_group *g, const char *member)
{
    struct str key = {0}, value = {0};
    add_int(&key, 2, 2);
    add_text(&key, g->name);
    if (member) {
        add_int(&value, 3, 2);
        add_text(&value, "consumer");
        add_int(&value, 7, 4); /* generation */
        add_text(&value, "range");
        add_text(&value, member);
        add_int(&value, (uint64_t)clock_wall_ms(&world->clock), 8);
        add_int(&value, 1, 4); /* members */
        add_text(&value, member);
        add_int(&value, UINT16_MAX, 2); /* no instance */
        add_text(&value, "client");
        add_text(&value, "/10.0.0.1");
        add_int(&value, 1000, 4);
        add_int(&value, 1000, 4);
        add_int(&value, 0, 4); /* neither subscription nor assignment */
        add_int(&value, 0, 4);
    }
    write_record(g, &key, member ? &value : NULL);
    str_done(&key);
    str_done(&value);
}

static void remove_group(struct scripted_group *g)
{
    for (unsigned t = 0; t < TOPICS; t++)
        for (unsigned p = 0; p < PARTITIONS; p++)
            if (g->committed[t][p] >= 0)
                write_commit(g, t, p, -1);
    write_group(g, NULL);
    g->alive = false;
}

/* ---- the subscription ---- */

static void tell_cover(void)
{
    struct kafka_cover c = {.npartitions = world->open ? LOGS : 0, .since_us = world->cover_us};
    kafka_sweep_cover(world->sweep, &c);
}

/* What was written comes, but for what a transaction holds back. */
static void deliver(void)
{
    for (size_t i = 0; i < LOGS; i++) {
        struct kafka_push *log = &world->logs[i];
        size_t at = 0;
        void *value;
        while (!world->held[i] && map_next(&log->groups, &at, NULL, NULL, &value)) {
            struct kafka_push_group *g = value;
            g->gone_us = clock_mono_us(&world->clock);
            for (size_t c = 0; c < g->commits.n; c++)
                g->commits.items[c].came_us = clock_mono_us(&world->clock);
            kafka_push_put(&world->tail, kafka_push_pull(log, g->name), true);
        }
    }
}

static void hold(size_t log, bool held)
{
    world->held[log] = held;
    deliver();
    world->cover_us[log] = world->open && !held ? clock_mono_us(&world->clock) : 0;
    tell_cover();
}

static void open_stream(void)
{
    world->open = true;
    for (size_t i = 0; i < LOGS; i++)
        world->cover_us[i] = world->held[i] ? 0 : clock_mono_us(&world->clock);
    tell_cover();
}

static void close_stream(void)
{
    world->open = false;
    for (size_t i = 0; i < LOGS; i++)
        kafka_push_done(&world->logs[i]);
    kafka_push_done(&world->tail);
    tell_cover();
}

/* ---- what happens ---- */

static void something_happens(void)
{
    struct scripted_group *g = &world->groups[below(GROUPS)];
    unsigned t = below(TOPICS), p = below(PARTITIONS);
    switch (below(14)) {
    case 0:
        if (g->alive)
            remove_group(g);
        break;
    case 1:
        g->alive = true; /* perhaps again */
        break;
    case 2:
        if (world->partitions[t] < PARTITIONS)
            world->partitions[t]++;
        break;
    case 3:
        if (g->alive && g->committed[t][p] >= 0)
            write_commit(g, t, p, -1);
        break;
    case 4:
        if (g->alive && p < world->partitions[t]) /* back */
            write_commit(g, t, p, below((unsigned)world->ends[t][p] + 1));
        break;
    case 5:
        g->rebalances = g->alive && !g->rebalances;
        if (g->alive && !g->rebalances)
            write_group(g, below(2) ? "m-1" : "m-2");
        break;
    case 6:
    case 7:
    case 8:
        if (p < world->partitions[t])
            world->ends[t][p] += 1 + below(50);
        break;
    default:
        if (g->alive && p < world->partitions[t]) {
            int64_t from = g->committed[t][p] < 0 ? 0 : g->committed[t][p];
            write_commit(g, t, p, from + below((unsigned)(world->ends[t][p] - from) + 1));
        }
    }
    world->now_us += below(100000);
}

static void noise(void)
{
    while (below(100) < world->noise)
        something_happens();
    while (world->noise && below(100) < 30)
        deliver();
}

/* ---- the cluster ---- */

static int fake_open(const struct kafka_admin_settings *settings, struct kafka_admin **ret, struct error *err)
{
    (void)settings, (void)err;
    *ret = &world->admin;
    return 0;
}

static struct kafka_time fake_now(void)
{
    return (struct kafka_time){.wall_ms = clock_wall_ms(&world->clock), .mono_us = clock_mono_us(&world->clock)};
}

static int fake_metadata(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                         struct kafka_metadata *ret, struct error *err)
{
    (void)a, (void)budget, (void)err;
    noise();
    *ret = (struct kafka_metadata){.controller = 1, .nbrokers = 1, .time = fake_now()};
    ret->brokers = kafka_arena_alloc(arena, 1, sizeof *ret->brokers);
    ret->brokers[0] = (struct kafka_broker){.id = 1, .host = kafka_arena_text(arena, "here"), .port = 9092};
    ret->topics = kafka_arena_alloc(arena, TOPICS, sizeof *ret->topics);
    for (size_t t = 0; t < TOPICS; t++) {
        if (!world->partitions[t])
            continue;
        struct kafka_topic *to = &ret->topics[ret->ntopics++];
        *to =
            (struct kafka_topic){.name = kafka_arena_text(arena, topic_names[t]), .npartitions = world->partitions[t]};
        to->partitions = kafka_arena_alloc(arena, to->npartitions, sizeof *to->partitions);
        for (size_t p = 0; p < to->npartitions; p++)
            to->partitions[p] = (struct kafka_partition){.leader = 1};
    }
    noise();
    return 0;
}

static int fake_groups(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                       struct kafka_groups *ret, struct error *err)
{
    (void)a, (void)budget;
    bool part = world->faults && below(10) == 0;
    noise();
    *ret = (struct kafka_groups){.time = fake_now()}; /* before any of it is read */
    ret->groups = kafka_arena_alloc(arena, GROUPS, sizeof *ret->groups);
    for (size_t i = 0; i < GROUPS; i++) {
        const struct scripted_group *g = &world->groups[i];
        if (g->alive && !(part && below(3) == 0))
            ret->groups[ret->ngroups++] =
                (struct kafka_group){.name = kafka_arena_text(arena, g->name),
                                     .state = kafka_arena_text(arena, g->rebalances ? "PreparingRebalance" : "Empty"),
                                     .described = true,
                                     .protocol_type = kafka_arena_text(arena, "consumer"),
                                     .protocol = kafka_arena_text(arena, ""),
                                     .coordinator = 1};
        noise();
    }
    return part ? error_set(err, ERR_PARTIAL, "not all were listed") : 0;
}

static bool fake_all_list(struct kafka_admin *a, const struct kafka_budget *budget)
{
    (void)a, (void)budget;
    return true;
}

static const struct scripted_group *find(const char *name)
{
    size_t i = 0;
    while (strcmp(world->groups[i].name, name) != 0)
        i++;
    return &world->groups[i];
}

static void fake_committed(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_arena *arena,
                           struct kafka_committed *items, size_t n)
{
    (void)a, (void)budget;
    for (size_t i = 0; i < n; i++) {
        const struct scripted_group *g = find(items[i].group);
        struct kafka_committed *to = &items[i];
        noise();
        world->asked++;
        to->asked = true;
        to->commits = kafka_arena_alloc(arena, TOPICS * PARTITIONS, sizeof *to->commits);
        if (world->faults && below(8) == 0) {
            to->fault = KAFKA_FAULT_OTHER;
            to->fault_text = "so it is";
        }
        for (size_t t = 0; t < TOPICS && !to->fault; t++)
            for (size_t p = 0; p < PARTITIONS; p++)
                if (g->alive && g->committed[t][p] >= 0)
                    to->commits[to->ncommits++] =
                        (struct kafka_commit){.topic = kafka_arena_text(arena, topic_names[t]),
                                              .partition = (int32_t)p,
                                              .offset = g->committed[t][p],
                                              .leader_epoch = -1};
        to->time = fake_now();
        noise();
    }
}

static void fake_offsets(struct kafka_admin *a, const struct kafka_budget *budget, struct kafka_offset *items, size_t n)
{
    (void)a, (void)budget;
    for (size_t i = 0; i < n; i++) {
        size_t t = 0;
        noise();
        while (t < TOPICS && strcmp(topic_names[t], items[i].topic) != 0)
            t++;
        bool known = t < TOPICS && (size_t)items[i].partition < world->partitions[t];
        bool fails = !known || (world->faults && below(30) == 0);
        items[i].fault = fails ? KAFKA_FAULT_OTHER : KAFKA_FAULT_NONE;
        items[i].offset = fails || items[i].at >= 0       ? -1
                          : items[i].at == KAFKA_AT_START ? 0
                                                          : world->ends[t][items[i].partition];
        items[i].time = fake_now();
        noise();
    }
}

static bool fake_spent(const struct kafka_admin *a)
{
    (void)a;
    return false;
}

static void fake_close(struct kafka_admin *a)
{
    (void)a;
}

static const struct kafka_admin_ops fake_ops = {
    .name = "scripted",
    .open = fake_open,
    .metadata = fake_metadata,
    .groups = fake_groups,
    .all_list = fake_all_list,
    .committed = fake_committed,
    .offsets = fake_offsets,
    .spent = fake_spent,
    .close = fake_close,
};

/* ---- the program ---- */

static void drop(struct kafka_round **r)
{
    if (*r)
        kafka_round_done(*r);
    free(*r);
    *r = NULL;
}

/* Some of what a round has left for later. */
static void work_again(size_t max)
{
    const struct kafka_round_listing *l = &world->memory.listing;
    size_t left = l->groups.ngroups > world->again_at ? l->groups.ngroups - world->again_at : 0;
    world->again_at +=
        kafka_model_again(world->model, l->groups.groups + (left ? world->again_at : 0), left < max ? left : max,
                          l->begun_us, world->again_time, &world->clock, INT64_MAX);
    kafka_dirty_clear(world->model);
}

/* A round, or a step, up to where it would be worked in. */
static void run_round(bool step)
{
    work_again(SIZE_MAX);
    struct kafka_budget budget = {.clock = &world->clock, .until_us = world->now_us + 1000 * (int64_t)SECOND};
    drop(&world->round);
    world->round = mem_new(struct kafka_round);
    if (step)
        kafka_round_step(&world->plan, &world->memory, &budget, world->round);
    else
        kafka_round_run(&world->plan, &world->memory, &budget, world->round);
}

static void apply_round(void)
{
    if (!world->round)
        return;
    struct kafka_cover cover = {.npartitions = world->open ? LOGS : 0, .since_us = world->cover_us};
    world->round->later = world->later && !world->round->step;
    world->again_at = 0;
    world->again_time = world->round->ends_asked.mono_us ? world->round->ends_asked : world->round->metadata.time;
    kafka_model_push_reconcile(world->model, world->round, &cover);
    kafka_model_apply(world->model, world->round);
    kafka_model_push_mark(world->model, world->round, &cover, world->sweep, &world->clock);
    drop(&world->round);
    kafka_dirty_clear(world->model);
}

/* It came too late: its lane is left behind, with all that it remembers. */
static void give_up_round(void)
{
    drop(&world->round);
    kafka_round_memory_done(&world->memory);
    world->memory = (struct kafka_round_memory){0};
}

static void begin_push(void)
{
    if (world->pushed || !world->model->round ||
        !(world->model->early_due || world->tail.first_us || world->tail.groups.n))
        return;
    world->push = world->tail;
    world->tail = (struct kafka_push){0};
    world->pushed = mem_new(struct kafka_round);
    if (kafka_model_push_ask(world->model, &world->push, &world->plan, &world->clock, world->pushed)) {
        fake_offsets(NULL, NULL, world->pushed->ends, world->pushed->nends);
        return;
    }
    kafka_push_done(&world->push);
    drop(&world->pushed);
}

static void apply_push(void)
{
    if (!world->pushed)
        return;
    kafka_model_push_apply(world->model, &world->push, &world->plan, &world->clock, world->pushed);
    kafka_push_done(&world->push);
    drop(&world->pushed);
}

static void push_all(void)
{
    apply_push();
    deliver();
    for (int i = 0; i < 4; i++) {
        begin_push();
        apply_push();
    }
}

static int setup(void **state)
{
    struct world *w = world = mem_new(struct world);
    w->now_us = 1000 * (int64_t)SECOND;
    w->clock = (struct clock){.wall_ms = wall_ms, .mono_us = mono_us, .arg = w};
    w->sweep = kafka_sweep_new();
    w->model = kafka_model_new("east");
    w->plan = (struct kafka_round_plan){.ops = &fake_ops,
                                        .settings = {.clock = &w->clock},
                                        .interval_ms = 5000,
                                        .starts_interval_ms = 300000,
                                        .sweep = w->sweep,
                                        .no_records = true,
                                        .max_groups = SIZE_MAX,
                                        .max_partitions = SIZE_MAX};
    w->admin.ops = &fake_ops;
    for (size_t i = 0; i < GROUPS; i++) {
        struct scripted_group *g = &w->groups[i];
        snprintf(g->name, sizeof g->name, "g%zu", i);
        memset(g->committed, -1, sizeof g->committed);
    }
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    drop(&w->round);
    drop(&w->pushed);
    kafka_push_done(&w->push);
    kafka_push_done(&w->tail);
    for (size_t i = 0; i < LOGS; i++)
        kafka_push_done(&w->logs[i]);
    kafka_model_free(w->model);
    kafka_round_memory_done(&w->memory);
    kafka_sweep_unref(w->sweep);
    free(w);
    return 0;
}

/* ---- what must be true ---- */

static struct kafka_model_group *modelled(const struct scripted_group *g)
{
    return map_get(&world->model->groups, g->name, strlen(g->name));
}

static struct kafka_model_commit *modelled_commit(const struct kafka_model_group *g, size_t t, size_t p)
{
    for (size_t i = 0; i < g->commits.n; i++)
        if (strcmp(g->commits.items[i]->topic->name, topic_names[t]) == 0 &&
            g->commits.items[i]->partition == (int32_t)p)
            return g->commits.items[i];
    return NULL;
}

/* The group's lag as the world has it; every partition must say its part. */
static int64_t check_partitions(const struct scripted_group *from, const struct kafka_model_group *g)
{
    int64_t lag = 0;
    for (size_t t = 0; t < TOPICS; t++)
        for (size_t p = 0; p < PARTITIONS; p++) {
            const struct kafka_model_commit *c = modelled_commit(g, t, p);
            int64_t at = from->committed[t][p];
            assert_int_equal(c ? c->committed : -1, at);
            if (at < 0)
                continue;
            struct kafka_cell cell = kafka_item_get(&c->item, GROUP_PARTITIONS_LAG);
            assert_int_equal(cell.quality, QUALITY_EXACT);
            assert_int_equal(cell.i, world->ends[t][p] - at);
            lag += cell.i;
        }
    return lag;
}

/* Everything in the model is as it is in the world: to be called after a round in which nothing happened. */
static void check_all(void)
{
    int64_t all = 0, worst[TOPICS] = {0};
    size_t alive = 0, rows = 0, users[TOPICS] = {0};
    for (size_t i = 0; i < GROUPS; i++) {
        const struct scripted_group *from = &world->groups[i];
        const struct kafka_model_group *g = modelled(from);
        assert_int_equal(g != NULL, from->alive);
        if (!g)
            continue;
        int64_t lag = check_partitions(from, g);
        struct kafka_cell cell = kafka_item_get(&g->item, GROUPS_LAG);
        assert_int_equal(cell.i, lag);
        assert_int_equal(cell.quality, g->commits.n ? QUALITY_EXACT : QUALITY_UNKNOWN);
        assert_int_equal(kafka_item_quality(&g->item, GROUPS_AS_OF), QUALITY_UNKNOWN);
        alive++;
        all += lag;
        rows += 1 + g->commits.n + g->members.n;
        for (size_t t = 0; t < g->topics.n; t++) {
            size_t at = 0;
            while (strcmp(topic_names[at], g->topics.items[t]->topic->name) != 0)
                at++;
            int64_t its = kafka_item_get(&g->topics.items[t]->item, GROUP_TOPICS_LAG).i;
            worst[at] = its > worst[at] ? its : worst[at];
            users[at]++;
        }
    }
    assert_int_equal(world->model->groups.n, alive);
    assert_int_equal(world->model->tally.lag.sum, all); /* sums by difference are those of a walk over all */
    assert_int_equal(world->model->tally.rows, rows);
    for (size_t t = 0; t < TOPICS; t++) {
        const struct kafka_model_topic *topic = map_get(&world->model->topics, topic_names[t], strlen(topic_names[t]));
        assert_int_equal(topic ? topic->ranks.n : 0, users[t]);
        if (users[t])
            assert_int_equal(kafka_rank_worst(topic), worst[t]);
    }
}

/* A round in which nothing happens. */
static void calm_round(void)
{
    unsigned before = world->noise;
    bool faults = world->faults;
    world->noise = 0;
    world->faults = false;
    world->now_us += 5 * SECOND;
    world->memory.listing.complete = false; /* or an older one might serve again */
    run_round(false);
    apply_round();
    world->noise = before;
    world->faults = faults;
}

static struct scripted_group *make_group(size_t i)
{
    struct scripted_group *g = &world->groups[i];
    g->alive = true;
    world->partitions[2] = 2;
    world->ends[2][0] = world->ends[2][1] = 1000;
    write_commit(g, 2, 0, 100);
    return g;
}

/* How many were asked in a round in which nothing happens. */
static size_t asked_in_a_round(void)
{
    size_t before = world->asked;
    calm_round();
    check_all();
    return world->asked - before;
}

/* A group whose commits come by themselves. */
static struct scripted_group *subscribed(size_t i)
{
    struct scripted_group *g = make_group(i);
    if (!world->open)
        open_stream();
    push_all();
    calm_round();
    push_all();
    assert_int_equal(asked_in_a_round(), 0);
    return g;
}

static void falls_behind(const struct scripted_group *g)
{
    int64_t before = kafka_item_get(&modelled(g)->item, GROUPS_LAG).i;
    world->ends[2][0] += 50;
    calm_round();
    check_all();
    assert_int_equal(kafka_item_get(&modelled(g)->item, GROUPS_LAG).i, before + 50);
}

/* ---- each way to lose track ---- */

static void standing_commits_meet_new_ends(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    size_t asked = world->asked;
    for (int i = 0; i < 5; i++)
        falls_behind(g);
    assert_int_equal(world->asked, asked);
}

static void a_group_that_goes_and_comes_back_is_polled(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    kafka_sweep_focus(world->sweep, (const char *const[]){"g0"}, 1); /* so the sweep remembers it */
    remove_group(g);
    push_all();
    assert_null(modelled(g));
    g->alive = true;
    write_commit(g, 2, 0, 300);
    push_all();
    assert_int_equal(asked_in_a_round(), 1);
    falls_behind(g);
    write_commit(g, 2, 0, 400);
    push_all();
    check_all();
    falls_behind(g);
}

/* Others commit all the time, so no listing is younger than the last push. */
static void a_group_comes_back_while_others_commit(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0), *other = subscribed(1);
    remove_group(g);
    push_all();
    g->alive = true;
    for (int i = 0; i < 3; i++) {
        world->now_us += 5 * SECOND;
        run_round(false);
        write_commit(other, 2, 0, 200 + i);
        push_all();
        apply_round();
    }
    assert_non_null(modelled(g));
    check_all();
}

static void a_poll_that_began_before_it_went_does_not_bring_it_back(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    run_round(false);
    remove_group(g);
    push_all();
    apply_round();
    assert_null(modelled(g));
    run_round(false);
    write_commit(make_group(1), 2, 1, 10);
    push_all();
    apply_round();
    calm_round();
    check_all();
}

static void a_commit_on_an_unknown_partition_is_shown_when_it_is_known(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    world->partitions[0] = 1;
    world->ends[0][0] = 70;
    write_commit(g, 0, 0, 20);
    push_all();
    assert_int_equal(modelled_commit(modelled(g), 0, 0)->committed, 20);
    assert_int_equal(kafka_item_quality(&modelled_commit(modelled(g), 0, 0)->item, GROUP_PARTITIONS_LAG),
                     QUALITY_UNKNOWN);
    assert_int_equal(asked_in_a_round(), 0);
    falls_behind(g);
}

static void a_rebalance_stops_nothing(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    g->rebalances = true;
    falls_behind(g);
    g->rebalances = false;
    write_group(g, "m-9");
    push_all();
    falls_behind(g);
    write_commit(g, 2, 1, 900);
    push_all();
    check_all();
    falls_behind(g);
}

static void rounds_that_are_given_up_change_nothing(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0), *late = &world->groups[3];
    late->alive = true;
    write_commit(late, 2, 0, 500);
    push_all();
    for (int i = 0; i < 3; i++) {
        world->now_us += 5 * SECOND;
        run_round(false); /* asks, and the sweep knows of it; but nothing comes of it */
        give_up_round();
    }
    assert_int_equal(asked_in_a_round(), 1);
    falls_behind(g);
    falls_behind(late);
}

static void a_stream_that_is_closed_leaves_nobody_behind(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    close_stream();
    write_commit(g, 2, 0, 600);
    assert_int_equal(asked_in_a_round(), 1);
    run_round(false); /* polled before the stream is open again, worked in after it */
    write_commit(g, 2, 0, 700);
    open_stream();
    apply_round();
    assert_int_equal(asked_in_a_round(), 1);
    assert_int_equal(asked_in_a_round(), 0);
    falls_behind(g);
}

static void commits_that_a_transaction_holds_back_are_polled(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0), *other = subscribed(1);
    size_t log = (size_t)kafka_offset_record_partition(g->name, LOGS);
    assert_int_not_equal(log, kafka_offset_record_partition(other->name, LOGS));
    hold(log, true);
    write_commit(g, 2, 0, 600);
    push_all();
    assert_int_equal(asked_in_a_round(), 1); /* nobody else */
    assert_int_equal(asked_in_a_round(), 1);
    hold(log, false);
    push_all();
    assert_int_equal(asked_in_a_round(), 1);
    assert_int_equal(asked_in_a_round(), 0);
    falls_behind(g);
}

/* What comes while a group is read for the first time is older or younger than the answer: nobody can tell. */
static void a_commit_beside_the_first_poll_is_not_lost(void **state)
{
    (void)state;
    subscribed(0);
    struct scripted_group *g = make_group(1);
    push_all();
    world->now_us += 5 * SECOND;
    run_round(false);
    write_commit(g, 2, 0, 800);
    push_all();
    apply_round();
    push_all();
    assert_int_equal(asked_in_a_round(), 0);
    check_all();
}

static void a_tombstone_beside_a_poll_stands(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    write_commit(g, 2, 1, 5);
    push_all();
    world->now_us += KAFKA_SWEEP_CHECK_MS * INT64_C(1000);
    run_round(false);
    write_commit(g, 2, 1, -1);
    push_all();
    apply_round();
    calm_round();
    check_all();
}

/* The check found a commit whose record came a moment later. */
static void a_commit_that_a_check_saw_first_is_no_defect(void **state)
{
    (void)state;
    struct scripted_group *g = subscribed(0);
    world->now_us += KAFKA_SWEEP_CHECK_MS * INT64_C(1000);
    write_commit(g, 2, 0, 150);
    calm_round();
    assert_int_equal(world->model->suspects, 1);
    push_all();
    assert_int_equal(world->model->suspects, 0);
    for (int i = 0; i < 4; i++)
        calm_round();
    assert_int_equal(world->model->defects, 0);
}

/* One commit costs one group, however many there are. */
static void a_push_touches_what_it_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < GROUPS; i++)
        subscribed(i);
    struct scripted_group *g = &world->groups[4];
    write_commit(g, 2, 0, 170);
    push_all();
    const struct kafka_dirty *d = &world->model->dirty;
    assert_false(d->all);
    assert_int_equal(d->groups.n, 1);
    assert_ptr_equal(d->groups.items[0], modelled(g));
    assert_int_equal(d->topics.n, 1);
    assert_int_equal(d->partitions.n, 1);
    check_all();
}

/* ---- in any order ---- */

static void step_at_random(void)
{
    switch (below(12)) {
    case 0:
    case 1:
        if (!world->round)
            run_round(false);
        break;
    case 2:
        if (!world->round && world->memory.admin && below(2))
            run_round(true);
        break;
    case 3:
    case 4:
        world->later = below(2);
        if (below(5))
            apply_round();
        else
            give_up_round();
        work_again(below(GROUPS));
        break;
    case 5:
    case 6:
        begin_push();
        break;
    case 7:
    case 8:
        apply_push();
        break;
    case 9:
        if (below(4) == 0)
            hold(below(LOGS), below(2));
        break;
    case 10:
        if (below(8) == 0 && world->open)
            close_stream();
        else if (!world->open)
            open_stream();
        break;
    default:
        world->now_us += below(4 * SECOND);
    }
}

static void any_order_ends_in_the_truth(void **state)
{
    for (unsigned run = 0; run < RUNS; run++) {
        world->seed = run * 7919 + 1;
        for (unsigned i = 0; i < STEPS; i++) {
            world->noise = below(3) ? 0 : 30;
            world->faults = below(3) == 0;
            if (below(2))
                something_happens();
            step_at_random();
            if (i % CHECK_STEPS != CHECK_STEPS - 1)
                continue;
            world->noise = 0;
            world->faults = false;
            apply_round();
            push_all();
            world->later = below(2);
            calm_round();
            push_all();
            work_again(SIZE_MAX);
            assert_int_equal(world->model->again, 0);
            check_all();
            assert_int_equal(world->model->defects, 0); /* nothing differed for longer than records take */
        }
        teardown(state);
        setup(state);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(standing_commits_meet_new_ends),
        TEST(a_group_that_goes_and_comes_back_is_polled),
        TEST(a_group_comes_back_while_others_commit),
        TEST(a_poll_that_began_before_it_went_does_not_bring_it_back),
        TEST(a_commit_on_an_unknown_partition_is_shown_when_it_is_known),
        TEST(a_rebalance_stops_nothing),
        TEST(rounds_that_are_given_up_change_nothing),
        TEST(a_stream_that_is_closed_leaves_nobody_behind),
        TEST(commits_that_a_transaction_holds_back_are_polled),
        TEST(a_commit_beside_the_first_poll_is_not_lost),
        TEST(a_tombstone_beside_a_poll_stands),
        TEST(a_commit_that_a_check_saw_first_is_no_defect),
        TEST(a_push_touches_what_it_changes),
        TEST(any_order_ends_in_the_truth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
