/* Tests of recent values of cells: what history knew, what was seen since, and where nothing is known. */
#include "ui/series.h"

#include "world.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

enum { STEP = 5000, MINUTE = 60000 };

/* History that is answered by hand. */
struct memory {
    struct world w;
    struct context ctx;
    struct app_data_ops ops;
    struct stream_history_query asked;
    void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err);
    void *arg;
    int asks, forgotten;
    const struct table *t;
    const struct row *r;
};

static void history(void *self, const struct stream_history_query *q,
                    void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err),
                    void *arg)
{
    struct memory *m = self;
    m->asked = *q;
    m->done = done;
    m->arg = arg;
    m->asks++;
}

static void forget(void *self, const void *arg)
{
    struct memory *m = self;
    assert_ptr_equal(arg, m->arg);
    m->forgotten++;
}

static void begin(struct memory *m)
{
    memset(m, 0, sizeof *m);
    world_init(&m->w);
    world_set(&m->w, "sources", "kafka:prod-eu", "state", "ok");
    world_set(&m->w, "groups", "prod-eu/payments", "lag", "10");
    store_commit(m->w.store);
    m->ops = (struct app_data_ops){.history = history, .forget = forget};
    m->ctx.store = m->w.store;
    m->ctx.data = (struct app_data){.ops = &m->ops, .self = m};
    m->ctx.format.now_ms = m->w.now_ms - m->w.now_ms % STEP;
    m->ctx.series = series_set_new(NULL, NULL);
    m->t = store_find(m->w.store, "groups");
    m->r = table_first(m->t);
}

static void end(struct memory *m)
{
    series_set_free(m->ctx.series);
    world_done(&m->w);
}

static const struct series *get(struct memory *m)
{
    return series_get(m->ctx.series, &m->ctx, m->t, m->r, "lag");
}

static void see(struct memory *m, int64_t after_ms, const char *lag)
{
    m->ctx.format.now_ms += after_ms;
    world_set(&m->w, "groups", "prod-eu/payments", "lag", lag);
    store_commit(m->w.store);
    series_observe(m->ctx.series, &m->ctx);
}

/* The last n steps of five seconds as text: "1 2 - 4". */
static void assert_steps(struct memory *m, int n, const char *expected)
{
    double values[64];
    struct str s = {0};
    series_sample(get(m), m->ctx.format.now_ms - (int64_t)n * STEP, m->ctx.format.now_ms, values, NULL, n);
    for (int i = 0; i < n; i++) {
        if (isnan(values[i]))
            str_printf(&s, "%s-", i ? " " : "");
        else
            str_printf(&s, "%s%g", i ? " " : "", values[i]);
    }
    assert_string_equal(str_text(&s), expected);
    str_done(&s);
}

static void test_seen(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    assert_steps(&m, 3, "- - 10");
    see(&m, STEP, "11");
    see(&m, 2 * STEP, "12");
    assert_steps(&m, 6, "- - 10 11 11 12");
    see(&m, STEP, "-"); /* unknown is not 0 */
    see(&m, 2 * STEP, "0");
    assert_steps(&m, 6, "11 11 12 - - 0");
    end(&m);
}

static void test_source_failed(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    get(&m);
    m.ctx.old = true;
    see(&m, STEP, "11");
    see(&m, STEP, "12");
    m.ctx.old = false;
    see(&m, STEP, "13");
    assert_steps(&m, 5, "- 10 - - 13");
    end(&m);
}

static void test_history_with_gaps(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    get(&m);
    assert_int_equal(m.asks, 1);
    assert_int_equal(m.asked.step_ms, STEP);
    assert_int_equal(m.asked.to_ms - m.asked.from_ms, SERIES_SPAN_MS);
    int64_t now = m.ctx.format.now_ms;
    const struct stream_point points[] = {
        {now - 7 * STEP, 1}, {now - 6 * STEP, 2}, {now - 3 * STEP, 5}, {now - STEP, 3}};
    m.done(m.arg, points, 4, NULL);
    assert_steps(&m, 10, "- - 1 2 - - 5 - 3 10");
    struct scale_range r = series_sample(get(&m), now - MINUTE, now, (double[4]){0}, NULL, 4);
    assert_true(r.low == 1 && r.high == 10); /* also what no step ends in */
    end(&m);
}

/* A chart in which many points share a column shows the greatest and the least of each, whether history told them or they
 * were seen. */
static void test_peaks(void **state)
{
    (void)state;
    enum { HOUR = 60 * MINUTE, DAY = 24 * HOUR };
    struct memory m;
    begin(&m);
    series_set_span(m.ctx.series, 7LL * DAY);
    get(&m);
    const struct stream_point points[] = {{m.asked.from_ms + HOUR, 500},
                                          {m.asked.from_ms + HOUR + MINUTE, 2},
                                          {m.asked.from_ms + HOUR + 2 * MINUTE, 10},
                                          {m.ctx.format.now_ms - STEP, 10}};
    m.done(m.arg, points, 4, NULL);
    double values[4], least[4];
    struct scale_range r = series_sample(get(&m), m.asked.from_ms, m.ctx.format.now_ms, values, least, 4);
    assert_true(values[0] == 500 && least[0] == 2);
    assert_true(r.high == 500 && r.low == 2);
    static const char *const seen[] = {"11", "900", "12", "1", "13", "14", "12", "11"};
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        see(&m, STEP, seen[i]);
    series_sample(get(&m), m.ctx.format.now_ms - 7LL * DAY, m.ctx.format.now_ms, values, least, 4);
    assert_true(values[3] == 900 && least[3] == 1);
    double last;
    series_sample(get(&m), m.ctx.format.now_ms, m.ctx.format.now_ms + 1, &last, NULL, 1);
    assert_true(last == 11); /* where it ended is there too */
    end(&m);
}

static void test_span(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    get(&m);
    get(&m);
    assert_int_equal(m.asks, 1);
    assert_int_equal(series_span(m.ctx.series, m.ctx.format.now_ms, 0), MINUTE);
    series_set_span(m.ctx.series, 60 * (int64_t)MINUTE);
    get(&m);
    assert_int_equal(m.asks, 2);
    assert_int_equal(m.forgotten, 1); /* the answer that did not come */
    assert_int_equal(m.asked.to_ms - m.asked.from_ms, 60 * MINUTE);
    assert_int_equal(m.asked.step_ms, 20000);
    assert_int_equal(series_span(m.ctx.series, m.ctx.format.now_ms, 0), 60 * MINUTE);
    const struct stream_point old = {m.asked.from_ms, 7};
    m.done(m.arg, &old, 1, NULL);
    double values[3];
    series_sample(get(&m), m.asked.from_ms, m.ctx.format.now_ms, values, NULL, 3);
    assert_true(values[0] != values[0] || values[0] == 7); /* a step of twenty minutes has its last known */
    assert_true(values[2] == 10);
    series_missed(m.ctx.series);
    get(&m);
    assert_int_equal(m.asks, 3);
    end(&m);
}

static void test_gone_and_back(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    get(&m);
    world_remove(&m.w, "groups", "prod-eu/payments");
    m.ctx.format.now_ms += STEP;
    series_observe(m.ctx.series, &m.ctx);
    world_set(&m.w, "groups", "prod-eu/payments", "lag", "4");
    store_commit(m.w.store);
    m.r = table_first(m.t);
    get(&m);
    assert_int_equal(m.asks, 2); /* what happened meanwhile */
    see(&m, 2 * STEP, "5");
    assert_steps(&m, 4, "10 - - 5");
    end(&m);
}

static void test_changed(void **state)
{
    (void)state;
    struct memory m;
    int64_t at;
    begin(&m);
    assert_false(series_changed(NULL, &at));
    int64_t first = m.ctx.format.now_ms;
    assert_false(series_changed(get(&m), &at));
    assert_int_equal(at, first);
    see(&m, STEP, "11");
    int64_t when = m.ctx.format.now_ms;
    for (int i = 0; i < 4; i++)
        see(&m, STEP, "11");
    assert_true(series_changed(get(&m), &at));
    assert_int_equal(at, when);
    see(&m, STEP, "-");
    assert_false(series_changed(get(&m), &at));
    assert_int_equal(at, 0);
    end(&m);
}

/* What a source learns of the past is asked for. */
static void test_filled(void **state)
{
    (void)state;
    struct memory m;
    begin(&m);
    world_set(&m.w, "prom_queries", "main/q/up/a", "value", "10");
    store_commit(m.w.store);
    m.t = store_find(m.w.store, "prom_queries");
    m.r = table_first(m.t);
    series_get(m.ctx.series, &m.ctx, m.t, m.r, "value");
    series_get(m.ctx.series, &m.ctx, m.t, m.r, "value");
    assert_int_equal(m.asks, 1);
    m.done(m.arg, NULL, 0, NULL);
    world_set(&m.w, "prom_queries", "main/q/up/a", "filled", "0");
    store_commit(m.w.store);
    series_get(m.ctx.series, &m.ctx, m.t, m.r, "value");
    series_get(m.ctx.series, &m.ctx, m.t, m.r, "value");
    assert_int_equal(m.asks, 2);
    end(&m);
}

static void test_span_text(void **state)
{
    (void)state;
    static const struct {
        int64_t minutes;
        const char *text;
    } cases[] = {{1, "1 min"},    {15, "15 min"},   {60, "1 h"},      {360, "6 h"},
                 {1440, "1 day"}, {2880, "2 days"}, {10080, "1 week"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = {0};
        series_span_text(&s, cases[i].minutes * MINUTE);
        assert_string_equal(str_text(&s), cases[i].text);
        str_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seen),    cmocka_unit_test(test_source_failed), cmocka_unit_test(test_history_with_gaps),
        cmocka_unit_test(test_peaks),   cmocka_unit_test(test_span),          cmocka_unit_test(test_gone_and_back),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_span_text),     cmocka_unit_test(test_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
