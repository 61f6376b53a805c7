/* The demo's world over time, under a clock that is set by hand: everything there is to see is seen
 * in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "demo/script.h"

#include <stdlib.h>
#include <string.h>

struct held {
    int64_t us, slept_ms;
};

static int64_t held_wall_ms(void *arg)
{
    return 1800000000000 + ((struct held *)arg)->us / 1000 + ((struct held *)arg)->slept_ms;
}

static int64_t held_mono_us(void *arg)
{
    return ((struct held *)arg)->us;
}

struct stage {
    struct held held;
    struct clock clock;
    struct demo_world *world;
    struct demo_script *script;
};

static void stage_init(struct stage *st, uint64_t seed)
{
    st->held = (struct held){.us = 5000000};
    st->clock = (struct clock){.wall_ms = held_wall_ms, .mono_us = held_mono_us, .arg = &st->held};
    st->world = demo_world_new(3, "c");
    st->script = demo_script_new(st->world, &st->clock, seed, 0);
}

static void stage_done(struct stage *st)
{
    demo_script_free(st->script);
    demo_world_free(st->world);
}

/* To so many milliseconds after the beginning. */
static void stage_to(struct stage *st, int64_t ms)
{
    st->held.us = 5000000 + ms * 1000;
    demo_script_step(st->script);
}

/* Sums of one group over the partitions of its topic. */
struct sums {
    int64_t lag, lost, ahead;
    int committed, without;
};

static struct sums sum(const struct stage *st, const char *group)
{
    struct sums s = {0};
    const struct demo_group *g = demo_world_group(st->world, group);
    assert_non_null(g);
    for (size_t i = 0; i < g->offsets.n; i++) {
        const struct demo_offsets *o = &g->offsets.items[i];
        const struct demo_topic *t = demo_world_topic(st->world, o->topic);
        for (size_t k = 0; t && k < t->partitions.n; k++) {
            const struct demo_partition *p = &t->partitions.items[k];
            const struct demo_commit *c = demo_group_committed_in(o, (int32_t)k);
            if (!c || c->offset < 0) {
                s.without++;
                continue;
            }
            int64_t at = c->offset;
            s.committed++;
            s.ahead += at > p->end ? at - p->end : 0;
            s.lost += at < p->start ? p->start - at : 0;
            int64_t from = at > p->start ? at : p->start;
            s.lag += p->end > from ? p->end - from : 0;
        }
    }
    return s;
}

static void test_every_state_within_a_minute(void **state)
{
    (void)state;
    struct stage st;
    bool preparing = false, completing = false, stable = false, deleted = false, leaderless = false;
    bool lost = false, open = false;
    stage_init(&st, 1);
    struct sums payments = sum(&st, "payments"), indexer = sum(&st, "search-indexer"), mailer = sum(&st, "mailer"),
                billing = sum(&st, "billing-export");
    int64_t stuck = demo_group_committed(demo_world_group(st.world, "mailer"), "mail.outbox", 0)->offset;
    for (int64_t ms = 0; ms <= 60000; ms += 1000) {
        stage_to(&st, ms);
        const char *now = demo_world_group(st.world, "recommendations")->state;
        preparing |= strcmp(now, "PreparingRebalance") == 0;
        completing |= strcmp(now, "CompletingRebalance") == 0;
        stable |= strcmp(now, "Stable") == 0;
        deleted |= !demo_world_topic(st.world, "promo.events");
        leaderless |= demo_world_partition(st.world, "inventory.changes", 2)->leader < 0;
        lost |= sum(&st, "report-builder").lost > 0;
        const struct demo_partition *p = demo_world_partition(st.world, "ledger.entries", 0);
        open |= p->lso < p->end;
        assert_true(p->lso <= p->end && p->start <= p->lso);
    }
    assert_true(preparing && completing && stable && deleted && leaderless && lost && open);
    assert_true(demo_world_partition(st.world, "inventory.changes", 2)->leader > 0);
    assert_true(sum(&st, "payments").lag > payments.lag + 5000);
    assert_true(sum(&st, "search-indexer").lag < indexer.lag * 7 / 10);
    assert_true(sum(&st, "search-indexer").lag > indexer.lag * 5 / 10);
    assert_true(sum(&st, "mailer").lag > mailer.lag);
    assert_int_equal(demo_group_committed(demo_world_group(st.world, "mailer"), "mail.outbox", 0)->offset, stuck);
    assert_true(sum(&st, "billing-export").lag > billing.lag);
    assert_string_equal(demo_world_group(st.world, "billing-export")->state, "Empty");
    assert_int_equal(sum(&st, "fraud-features").without, 3);
    assert_int_equal(sum(&st, "fraud-features").committed, 3);
    assert_string_equal(demo_world_group(st.world, "ad-hoc-export")->protocol_type, "");
    assert_true(demo_world_group(st.world, "orders-stream-v2")->kip848);
    assert_string_equal(demo_world_group(st.world, "connect-cluster-a")->protocol_type, "connect");
    assert_int_equal(demo_world_partition(st.world, "users.profile", 1)->isr_n, 2);
    stage_done(&st);
}

static void test_cast(void **state)
{
    (void)state;
    struct stage st;
    int hostile = 0;
    stage_init(&st, 1);
    stage_to(&st, 20000);
    assert_true(st.world->topics.n >= 12);
    assert_true(st.world->groups.n >= 25);
    int calm = 0;
    for (size_t i = 0; i < st.world->groups.n; i++) {
        const struct demo_group *g = st.world->groups.items[i];
        size_t len = strlen(g->name);
        hostile += memchr(g->name, 0x1b, len) && !text_is_utf8(g->name, len) && strstr(g->name, "\xe2\x80\xae");
        calm += strcmp(g->state, "Stable") == 0 && g->offsets.n && sum(&st, g->name).lag < 1000;
    }
    assert_int_equal(hostile, 1);
    assert_true(calm >= 15);
    stage_done(&st);
}

/* Deleted at 30 s, back and empty at 90 s with commits that are ahead of it, read from its
 * beginning at 150 s. */
static void test_topic_comes_and_goes(void **state)
{
    (void)state;
    struct stage st;
    stage_init(&st, 3);
    stage_to(&st, 29000);
    assert_non_null(demo_world_topic(st.world, "promo.events"));
    stage_to(&st, 31000);
    assert_null(demo_world_topic(st.world, "promo.events"));
    assert_true(demo_group_committed(demo_world_group(st.world, "promo-engine"), "promo.events", 0)->offset > 0);
    stage_to(&st, 100000);
    assert_true(sum(&st, "promo-engine").ahead > 0);
    assert_true(demo_world_partition(st.world, "promo.events", 0)->end > 0);
    stage_to(&st, 160000);
    assert_int_equal(sum(&st, "promo-engine").ahead, 0);
    assert_true(sum(&st, "promo-engine").lag < 300);
    stage_to(&st, 271000);
    assert_null(demo_world_topic(st.world, "promo.events"));
    stage_done(&st);
}

/* For ten simulated minutes no log goes back and nobody commits beyond what he could read. */
static void test_logs_never_go_back(void **state)
{
    (void)state;
    struct stage st;
    stage_init(&st, 9);
    struct map ends = {0};
    for (int64_t ms = 0; ms <= 600000; ms += 500) {
        stage_to(&st, ms);
        for (size_t i = 0; i < st.world->topics.n; i++) {
            const struct demo_topic *t = st.world->topics.items[i];
            if (strcmp(t->name, "promo.events") == 0)
                continue;
            const struct demo_partition *p = &t->partitions.items[0];
            int64_t *last = map_get(&ends, t->name, strlen(t->name));
            if (!last) {
                last = mem_new(int64_t);
                map_put(&ends, t->name, strlen(t->name), last);
            }
            assert_true(p->end >= p->lso && p->lso >= p->start && p->start >= 0);
            assert_true(p->end >= *last);
            *last = p->end;
        }
        for (size_t i = 0; i < st.world->groups.n; i++)
            if (strcmp(st.world->groups.items[i]->name, "promo-engine") != 0)
                assert_int_equal(sum(&st, st.world->groups.items[i]->name).ahead, 0);
    }
    void *value;
    for (size_t at = 0; map_next(&ends, &at, NULL, NULL, &value);)
        free(value);
    map_done(&ends);
    stage_done(&st);
}

static uint64_t digest(const struct demo_world *w)
{
    struct str all = {0};
    for (size_t i = 0; i < w->topics.n; i++)
        for (size_t k = 0; k < w->topics.items[i]->partitions.n; k++) {
            const struct demo_partition *p = &w->topics.items[i]->partitions.items[k];
            str_printf(&all, "%s %lld %lld %d\n", w->topics.items[i]->name, (long long)p->start, (long long)p->end,
                       p->leader);
        }
    for (size_t i = 0; i < w->groups.n; i++) {
        const struct demo_group *g = w->groups.items[i];
        str_printf(&all, "%s %s %zu %s\n", g->name, g->state, g->members.n, g->members.n ? g->members.items[0].id : "");
        for (size_t k = 0; k < g->offsets.n; k++)
            for (size_t m = 0; m < g->offsets.items[k].commits.n; m++)
                str_printf(&all, "%lld ", (long long)g->offsets.items[k].commits.items[m].offset);
    }
    uint64_t h = map_hash(all.s, all.len);
    str_done(&all);
    return h;
}

static void test_same_seed_same_world(void **state)
{
    (void)state;
    struct stage a, b, c;
    stage_init(&a, 7);
    stage_init(&b, 7);
    stage_init(&c, 8);
    for (int64_t ms = 0; ms <= 100000; ms += 730)
        stage_to(&a, ms);
    stage_to(&a, 100000);
    stage_to(&b, 100000);
    stage_to(&c, 100000);
    assert_true(digest(a.world) == digest(b.world));
    assert_true(digest(a.world) != digest(c.world));
    stage_done(&a);
    stage_done(&b);
    stage_done(&c);
}

/* The monotonic clock stands still while a machine sleeps, the other one does not. */
static void test_records_after_a_sleep_are_of_today(void **state)
{
    (void)state;
    struct stage st;
    stage_init(&st, 7);
    const struct demo_partition *p = demo_world_partition(st.world, "orders.created", 0);
    stage_to(&st, 1000);
    assert_int_equal(p->marks.items[p->marks.n - 1].time_ms, held_wall_ms(&st.held));
    st.held.slept_ms = 3600000;
    stage_to(&st, 2000);
    assert_int_equal(p->marks.items[p->marks.n - 1].time_ms, held_wall_ms(&st.held));
    st.held.slept_ms = 0; /* set back: what is written never gets older */
    int64_t last = p->marks.items[p->marks.n - 1].time_ms;
    stage_to(&st, 3000);
    assert_int_equal(p->marks.items[p->marks.n - 1].time_ms, last + 1000);
    stage_done(&st);
}

static void test_scale(void **state)
{
    (void)state;
    struct demo_world *w = demo_world_new(3, "c");
    demo_script_scale(w, 300, 10);
    assert_int_equal(w->groups.n, 300);
    assert_int_equal(w->topics.n, 3);
    const struct demo_group *g = demo_world_group(w, "load-00299");
    assert_int_equal(demo_group_committed(g, "load.002", 999)->offset, 990);
    assert_int_equal(g->members.items[0].assigned.items[0].partitions.n, 10);
    assert_int_equal(demo_world_partition(w, "load.002", 999)->end, 1000);
    demo_world_free(w);
    w = demo_world_new(3, "c");
    demo_script_scale(w, 30000, 4);
    assert_int_equal(w->groups.n, 30000);
    assert_int_equal(w->topics.n, 100);
    demo_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_state_within_a_minute),
        cmocka_unit_test(test_cast),
        cmocka_unit_test(test_topic_comes_and_goes),
        cmocka_unit_test(test_logs_never_go_back),
        cmocka_unit_test(test_same_seed_same_world),
        cmocka_unit_test(test_records_after_a_sleep_are_of_today),
        cmocka_unit_test(test_scale),
    };
    return cmocka_run_group_tests_name("demo/script", tests, NULL, NULL);
}
