/* Verdicts: each rule in a course of offsets that it is for, and in those that only look like it. */
#include "tests/unit/unit.h"

#include "kafka/age.h"
#include "kafka/verdict.h"
#include "kafka/watch.h"

#include <math.h>

#define NEAR(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

enum { POLL_S = 5 };

/* One partition of a group, looked at every five seconds. */
struct course {
    struct kafka_ring ends, commits;
    struct kafka_watch watch;
    enum kafka_verdict_readers readers;
    int64_t s, start, end, committed;
    double read; /* how far the reader is, which committed `was` last */
    int64_t was;
    bool waits_unknown; /* the age of records is not known */
    struct str why;
    enum kafka_verdict verdict;
    size_t words; /* how often they changed */
};

static void course_init(struct course *c)
{
    *c = (struct course){.readers = KAFKA_VERDICT_READERS_MEMBER};
}

static void course_done(struct course *c)
{
    kafka_ring_done(&c->ends, NULL);
    kafka_ring_done(&c->commits, NULL);
    kafka_watch_done(&c->watch, NULL);
    str_done(&c->why);
}

static void set_age(const struct course *c, struct kafka_verdict_case *x)
{
    struct kafka_age age;
    kafka_age_of(&c->ends, NULL, c->committed, x->now_ms, &age);
    x->lag_s_quality = age.quality;
    x->lag_s = age.seconds;
}

static struct kafka_verdict_case case_of(const struct course *c)
{
    struct kafka_verdict_case x = {
        .now_ms = c->s * 1000,
        .readers = c->readers,
        .committed = c->committed,
        .lag_known = c->committed >= 0,
        .lag = c->end > c->committed ? c->end - (c->committed > c->start ? c->committed : c->start) : 0,
        .lost = c->committed >= 0 && c->start > c->committed ? c->start - c->committed : 0,
        .since_ms = c->watch.since_ms,
        .moved = c->watch.moved,
        .ends = &c->ends,
        .commits = &c->commits,
        .window = c->watch.window,
    };
    if (!c->waits_unknown)
        set_age(c, &x);
    return x;
}

/* Looks at it as it is now. */
static enum kafka_verdict look(struct course *c)
{
    struct str why = {0};
    int64_t ms = c->s * 1000;
    kafka_ring_add(&c->ends, NULL, KAFKA_RING_ENDS, ms, c->end);
    if (c->committed >= 0)
        kafka_ring_add(&c->commits, NULL, KAFKA_RING_COMMITS, ms, c->committed);
    kafka_watch_read(&c->watch, NULL, ms, c->committed, c->end - c->committed);
    struct kafka_verdict_case x = case_of(c);
    c->verdict = kafka_verdict_of(&x, &c->watch.said, &why);
    c->watch.said.verdict = (uint8_t)c->verdict;
    c->words += strcmp(str_text(&why), str_text(&c->why)) != 0;
    str_done(&c->why);
    c->why = why;
    return c->verdict;
}

/* So many seconds in which in_s messages a second arrive, and every commit_s seconds, out_s times so many are committed,
 * as far as there are any. A verdict worse than worst fails. */
static void pass(struct course *c, int64_t seconds, double in_s, double out_s, int64_t commit_s,
                 enum kafka_verdict worst)
{
    double end = (double)c->end, read = c->committed == c->was ? c->read : (double)c->committed;
    for (int64_t until = c->s + seconds; c->s < until;) {
        c->s += POLL_S;
        end += in_s * POLL_S;
        read = fmin(read + out_s * POLL_S, end);
        c->end = (int64_t)end;
        if (commit_s && c->s % commit_s == 0)
            c->committed = (int64_t)read;
        c->read = read;
        c->was = c->committed;
        if (look(c) > worst)
            fail_msg("%lld s: %s: %s", (long long)c->s, kafka_verdict_text(c->verdict), str_text(&c->why));
    }
}

#define is(c, v, words)                                                                                                \
    do {                                                                                                               \
        if ((c)->verdict != (v) || strcmp(str_text(&(c)->why), words) != 0)                                            \
            fail_msg("%s: %s", kafka_verdict_text((c)->verdict), str_text(&(c)->why));                                 \
    } while (0)

#define OK          KAFKA_VERDICT_OK
#define BEHIND      KAFKA_VERDICT_BEHIND
#define UNREAD      KAFKA_VERDICT_UNREAD
#define FALLING     KAFKA_VERDICT_FALLING
#define REWOUND     KAFKA_VERDICT_REWOUND
#define STUCK       KAFKA_VERDICT_STUCK
#define LOSING      KAFKA_VERDICT_LOSING
#define CATCHING_UP KAFKA_VERDICT_CATCHING_UP
#define UNKNOWN     KAFKA_VERDICT_UNKNOWN

static void keeps_up(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 1800, 100, 100, 5, OK);
    is(&c, OK, "");
    course_done(&c);
}

/* A commit every five minutes: the lag is a saw, and every tooth is fine. Before that is known, only what is so is said. */
static void seldom_commits_are_no_fault(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 900, 100, 100, 300, BEHIND);
    pass(&c, 6300, 100, 100, 300, OK);
    assert_int_equal(kafka_verdict_interval(c.watch.window), 300000);
    is(&c, OK, "");
    pass(&c, 1195, 100, 0, 0, FALLING); /* four of its intervals are 20 minutes */
    pass(&c, 10, 100, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 720,000 for over 15 min while 100/s arrive");
    course_done(&c);
}

/* A record a minute, read within five seconds. */
static void little_traffic_is_no_stop(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    look(&c);
    for (int i = 0; i < 60; i++) {
        c.end++;
        pass(&c, 5, 0, 0, 0, OK);
        c.committed = c.end;
        pass(&c, 55, 0, 0, 0, OK);
    }
    is(&c, OK, "");
    assert_int_equal(c.words, 0);
    c.end += 2; /* and when it does stop, it is told of */
    pass(&c, 235, 0, 0, 0, BEHIND);
    pass(&c, 70, 0, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 60 for over 5 min");
    course_done(&c);
}

/* An hour without a record is no hour without a commit. */
static void idle_is_no_stop(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 10, 10, 5, OK);
    pass(&c, 3600, 0, 0, 0, OK);
    pass(&c, 55, 10, 0, 0, FALLING); /* the consumer needs a moment to come back */
    c.committed = c.end;
    pass(&c, 300, 10, 10, 5, OK);
    course_done(&c);
}

static void stuck_at_one_record(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 12, 12, 5, OK);
    pass(&c, 55, 12, 0, 0, FALLING);
    pass(&c, 10, 12, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 3,600 for over 1 min while 12/s arrive");
    size_t before = c.words;
    pass(&c, 3600, 12, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 3,600 for over 1 h while 12/s arrive");
    assert_int_equal(c.words - before, 6); /* 2, 5, 10, 15, 30 min, 1 h */
    pass(&c, 3600, 0, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 3,600 for over 2 h");
    c.committed = c.end; /* and on */
    pass(&c, 60, 12, 12, 5, OK);
    course_done(&c);
}

/* The same commit again and again, as who subscribes sees it. */
static void stuck_although_it_commits(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 12, 12, 5, OK);
    for (int i = 0; i < 30; i++) {
        kafka_watch_commit(&c.watch, NULL, c.s * 1000, c.committed, c.end - c.committed);
        pass(&c, 5, 12, 0, 0, STUCK);
    }
    is(&c, STUCK, "stuck at offset 3,600 for over 2 min while 12/s arrive");
    struct kafka_burrow_commit commits[KAFKA_BURROW_COMMITS];
    size_t n = kafka_burrow_commits(c.watch.window, commits);
    assert_int_equal(kafka_burrow_judge(commits, n, &(int64_t){c.end}, 1, c.s * 1000), KAFKA_BURROW_STALL);
    course_done(&c);
}

/* Nobody knows yet how often it commits. */
static void stuck_since_before_icetop_looked(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    c.committed = 1000;
    c.end = 5000;
    for (int64_t s = -3600; s < 0; s += 600) /* what brokers and history tell of the time before */
        kafka_ring_add(&c.ends, NULL, KAFKA_RING_ENDS, s * 1000, s < -1800 ? 1000 : 4000 + s);
    look(&c);
    is(&c, BEHIND, "over 30 min behind");
    pass(&c, 55, 1, 0, 0, BEHIND);
    pass(&c, 5, 1, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 1,000 for over 1 min while 1/s arrive");
    course_done(&c);
    course_init(&c); /* what waits is young: it gets five minutes */
    pass(&c, 300, 10, 0, 0, BEHIND);
    pass(&c, 5, 10, 0, 0, STUCK);
    is(&c, STUCK, "stuck at offset 0 for over 5 min while 10/s arrive");
    course_done(&c);
}

/* A transaction's end takes an offset that nobody commits. */
static void a_marker_is_not_stuck(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 12, 12, 5, OK);
    c.end++;
    pass(&c, 600, 0, 0, 0, BEHIND);
    is(&c, BEHIND, "1 message waits, it may be a transaction's marker");
    course_done(&c);
}

static void falls_behind(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 100, 100, 5, OK);
    pass(&c, 600, 100, 60, 5, FALLING);
    is(&c, FALLING, "falls behind by 40/s");
    size_t before = c.words;
    pass(&c, 1200, 105, 60, 5, FALLING);
    is(&c, FALLING, "falls behind by 40/s"); /* as good as before */
    assert_int_equal(c.words, before);
    course_done(&c);
}

/* Two hundred thousand behind and more each second; for one moment it gains. */
static void one_dip_does_not_fool(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    c.end = 200000;
    for (int64_t s = -2000; s < 0; s += 200)
        kafka_ring_add(&c.ends, NULL, KAFKA_RING_ENDS, s * 1000, 200000 + s * 100);
    look(&c);
    pass(&c, 300, 100, 60, 5, FALLING);
    is(&c, FALLING, "falls behind by 40/s");
    for (int i = 0; i < 5; i++) {
        c.committed += 1500; /* a burst */
        for (int j = 0; j < 24; j++) {
            pass(&c, 5, 100, 60, 5, FALLING);
            assert_int_equal(c.verdict, FALLING);
        }
        is(&c, FALLING, "falls behind by 40/s");
    }
    course_done(&c);
}

static void keeps_up_far_behind(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 120, 100, 100, 5, OK);
    pass(&c, 400, 100, 0, 0, STUCK);
    pass(&c, 900, 100, 100, 5, STUCK);
    is(&c, BEHIND, "keeps up, but over 5 min behind");
    course_done(&c);
}

static void catches_up(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 120, 100, 100, 5, OK);
    pass(&c, 600, 100, 0, 0, STUCK);
    pass(&c, 120, 100, 200, 5, STUCK); /* 60,000 behind, 100/s less each second: ten minutes */
    is(&c, CATCHING_UP, "catching up, done in ~10 min");
    size_t before = c.words;
    pass(&c, 420, 100, 200, 5, CATCHING_UP);
    is(&c, CATCHING_UP, "catching up, done in ~1 min");
    assert_in_range(c.words - before, 2, 4);
    pass(&c, 300, 100, 200, 5, CATCHING_UP);
    is(&c, OK, "");
    course_done(&c);
}

static void nobody_there(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    c.readers = KAFKA_VERDICT_READERS_NONE;
    c.end = 100;
    look(&c);
    is(&c, UNREAD, "no members, 100 unread");
    pass(&c, 120, 12, 0, 0, UNREAD);
    is(&c, UNREAD, "no members, lag grows 12/s");
    size_t before = c.words;
    pass(&c, 3600, 12, 0, 0, UNREAD);
    assert_int_equal(c.words, before);
    c.committed = c.end; /* all read: nobody is needed */
    pass(&c, 3600, 0, 0, 0, OK);
    c.readers = KAFKA_VERDICT_READERS_UNASSIGNED;
    pass(&c, 120, 12, 0, 0, UNREAD);
    is(&c, UNREAD, "assigned to no member, lag grows 12/s");
    course_done(&c);
    course_init(&c); /* no members, but somebody commits all the same */
    c.readers = KAFKA_VERDICT_READERS_NONE;
    pass(&c, 5, 0, 0, 5, OK);
    pass(&c, 600, 12, 12, 5, UNREAD);
    is(&c, OK, "");
    pass(&c, 600, 12, 12, 30, OK);
    course_done(&c);
}

static void who_never_joins_is_no_member(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    c.readers = KAFKA_VERDICT_READERS_SIMPLE;
    pass(&c, 300, 12, 12, 5, OK);
    pass(&c, 605, 12, 0, 0, FALLING);
    is(&c, UNREAD, "no commit for over 10 min, lag grows 12/s");
    course_done(&c);
}

static void rewinds(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 40, 40, 5, OK);
    c.committed = 1204;
    pass(&c, 25, 40, 40, 5, REWOUND);
    is(&c, REWOUND, "rewound from 12,000 to 1,404"); /* and read on within the first five seconds */
    c.committed = c.end;
    pass(&c, 60, 40, 40, 5, OK);
    course_done(&c);
}

/* The topic was deleted and made anew: smaller offsets are no step back. */
static void a_new_log_is_no_rewind(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 40, 40, 5, OK);
    c.end = 50;
    pass(&c, 10, 1, 0, 0, OK); /* ahead of the end */
    c.committed = 40;
    pass(&c, 20, 1, 0, 5, OK);
    pass(&c, 20, 4000, 10, 5, FALLING); /* the new log's end passes what was committed to the old one */
    assert_true(c.end > 12000);
    course_done(&c);
}

static void loses(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    pass(&c, 300, 40, 40, 5, OK);
    c.start = 12001;
    pass(&c, 5, 40, 0, 0, LOSING);
    is(&c, LOSING, "1 message deleted before it was read");
    c.start = 13204;
    pass(&c, 5, 40, 0, 0, LOSING);
    is(&c, LOSING, "1,204 messages deleted before they were read");
    c.committed = c.start;
    pass(&c, 5, 40, 0, 0, OK);
    course_done(&c);
}

static void says_nothing_where_it_knows_nothing(void **state)
{
    (void)state;
    struct course c;
    course_init(&c);
    c.committed = -1;
    c.end = 100;
    assert_int_equal(look(&c), UNKNOWN);
    assert_null(c.watch.window);
    course_done(&c);
    course_init(&c); /* how long records wait is not known */
    c.waits_unknown = true;
    c.end = 100;
    assert_int_equal(look(&c), UNKNOWN);
    pass(&c, 60, 10, 0, 0, OK);
    course_done(&c);
    assert_null(kafka_verdict_text(UNKNOWN));
}

static void net_rates(void **state)
{
    (void)state;
    static const struct {
        double in, out;
        int64_t commit_s;
    } rows[] = {{100, 60, 5}, {60, 100, 5}, {100, 60, 30}, {60, 100, 30}, {100, 100, 60}, {0, 50, 10}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct course c;
        double net;
        course_init(&c);
        c.end = 1000000;
        struct kafka_verdict_case x = case_of(&c);
        assert_false(kafka_verdict_net_rate(&x, &net));
        look(&c);
        pass(&c, 300, rows[i].in, rows[i].out, rows[i].commit_s, LOSING);
        for (int j = 0; j < 24; j++) { /* wherever between two commits */
            pass(&c, 5, rows[i].in, rows[i].out, rows[i].commit_s, LOSING);
            x = case_of(&c);
            assert_true(kafka_verdict_net_rate(&x, &net));
            NEAR(net, rows[i].out - rows[i].in, 0.5);
        }
        pass(&c, 600, rows[i].in, 0, 0, LOSING); /* nobody reads any more */
        x = case_of(&c);
        assert_true(kafka_verdict_net_rate(&x, &net));
        NEAR(net, -rows[i].in, 0.5);
        pass(&c, 120, 0, 0, 0, LOSING);
        x = case_of(&c);
        assert_true(kafka_verdict_net_rate(&x, &net));
        NEAR(net, 0, 0);
        course_done(&c);
    }
}

static void a_rewind_is_no_rate(void **state)
{
    (void)state;
    struct course c;
    double net;
    course_init(&c);
    pass(&c, 300, 40, 40, 5, OK);
    c.committed = 1000;
    look(&c);
    struct kafka_verdict_case x = case_of(&c);
    assert_true(!kafka_verdict_net_rate(&x, &net) || net > -100);
    pass(&c, 60, 40, 140, 5, REWOUND);
    x = case_of(&c);
    assert_true(kafka_verdict_net_rate(&x, &net));
    NEAR(net, 100, 1);
    course_done(&c);
}

static void rebalances(void **state)
{
    (void)state;
    struct kafka_group_watch w = {0};
    struct str why = {0};
    for (int64_t s = 0; s < 20; s += 5)
        kafka_watch_rebalance(&w, s * 1000, true);
    assert_false(kafka_watch_say_rebalancing(&w, 59000, &why));
    assert_true(kafka_watch_say_rebalancing(&w, 60000, &why));
    assert_string_equal(str_text(&why), "rebalancing for over 1 min");
    kafka_watch_rebalance(&w, 61000, false);
    assert_false(kafka_watch_say_rebalancing(&w, 61000, &why));
    str_clear(&why);
    for (int64_t s = 300; s <= 590; s += 290) { /* the third begins within ten minutes of the first */
        assert_false(kafka_watch_say_rebalancing(&w, s * 1000 - 1, &why));
        kafka_watch_rebalance(&w, s * 1000, true);
        kafka_watch_rebalance(&w, s * 1000 + 5000, false);
    }
    assert_true(kafka_watch_say_rebalancing(&w, 600000, &why));
    assert_string_equal(str_text(&why), "rebalances again and again, 3 times within 10 min");
    assert_false(kafka_watch_say_rebalancing(&w, 600001, &why));
    kafka_watch_rebalance(&w, 700000, true);
    assert_true(kafka_watch_say_rebalancing(&w, 700000, &why)); /* the last three, not the first */
    str_done(&why);
}

static void words(void **state)
{
    (void)state;
    static const struct {
        double rate;
        const char *text;
    } rates[] = {{12, "12/s"},      {1.24, "1.2/s"}, {3, "3/s"},        {123, "120/s"}, {1234, "1.2 k/s"},
                 {45678, "46 k/s"}, {0.5, "30/min"}, {0.02, "1.2/min"}, {0.0005, ""},   {0, ""},
                 {NAN, ""},         {9.97, "10/s"},  {994.9, "990/s"},  {998, "1 k/s"}, {3.2e12, "3200 G/s"}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        struct str out = {0};
        float said = 0;
        assert_int_equal(kafka_verdict_say_rate(&out, rates[i].rate, &said), *rates[i].text != '\0');
        assert_string_equal(str_text(&out), rates[i].text);
        str_done(&out);
    }
    static const struct {
        int64_t n;
        const char *text;
    } numbers[] = {{0, "0"},
                   {999, "999"},
                   {1000, "1,000"},
                   {1234567, "1,234,567"},
                   {-1234, "-1,234"},
                   {-123, "-123"},
                   {INT64_MAX, "9,223,372,036,854,775,807"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct str out = {0};
        kafka_verdict_say_number(&out, numbers[i].n);
        assert_string_equal(str_text(&out), numbers[i].text);
        str_done(&out);
    }
    static const struct {
        double s;
        const char *text;
    } times[] = {{59, "under a minute"}, {60, "over 1 min"},         {119.9, "over 1 min"},  {86400, "over 1 day"},
                 {1e12, "over 30 days"}, {INFINITY, "over 30 days"}, {NAN, "under a minute"}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct str out = {0};
        kafka_verdict_say_over(&out, times[i].s);
        assert_string_equal(str_text(&out), times[i].text);
        str_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_up),
        cmocka_unit_test(seldom_commits_are_no_fault),
        cmocka_unit_test(little_traffic_is_no_stop),
        cmocka_unit_test(idle_is_no_stop),
        cmocka_unit_test(stuck_at_one_record),
        cmocka_unit_test(stuck_although_it_commits),
        cmocka_unit_test(stuck_since_before_icetop_looked),
        cmocka_unit_test(a_marker_is_not_stuck),
        cmocka_unit_test(falls_behind),
        cmocka_unit_test(one_dip_does_not_fool),
        cmocka_unit_test(keeps_up_far_behind),
        cmocka_unit_test(catches_up),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(who_never_joins_is_no_member),
        cmocka_unit_test(rewinds),
        cmocka_unit_test(a_new_log_is_no_rewind),
        cmocka_unit_test(loses),
        cmocka_unit_test(says_nothing_where_it_knows_nothing),
        cmocka_unit_test(net_rates),
        cmocka_unit_test(a_rewind_is_no_rate),
        cmocka_unit_test(rebalances),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
