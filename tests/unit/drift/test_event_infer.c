/* What is proposed from a sample of events. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "drift/event.h"
#include "drift/event_infer.h"

__attribute__((format(printf, 2, 3))) static void add(struct drift_event_infer *in, const char *fmt, ...)
{
    struct str text = {0};
    struct error err = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    if (drift_event_infer_add(in, 0, str_text(&text), text.len, &err))
        fail_msg("%s: %s", str_text(&text), err.text);
    str_done(&text);
}

static const struct drift_event_proposal *find(struct drift_event_infer *in, const char *path)
{
    const struct drift_event_proposal *p;
    for (size_t n = drift_event_infer_propose(in, &p, NULL); n; n--, p++)
        if (strcmp(p->want.path, path) == 0)
            return p;
    return NULL;
}

static void check(struct drift_event_infer *in, const char *path, enum drift_event_type type,
                  enum drift_event_role role, unsigned expect, bool use)
{
    const struct drift_event_proposal *p = find(in, path);
    if (!p)
        fail_msg("%s is not there", path);
    else if (p->type != type || p->want.role != role || p->want.expect != expect || p->use != use)
        fail_msg("%s: type %d, role %d, expects %x, %s", path, p->type, p->want.role, p->want.expect,
                 p->use ? "used" : "not used");
}

static struct drift_event_infer *sample(void)
{
    struct drift_event_infer *in = drift_event_infer_new();
    for (int i = 0; i < 200; i++)
        add(in,
            "{\"id\":\"e%d\",\"user_id\":%d,\"ts\":%lld,\"features\":{\"age\":%d,\"income\":%d.25,\"region\":\"r%d\","
            "\"vip\":%s,\"products\":%d,\"note\":\"n%d\",\"gone\":null,\"x.y\":%s,\"vec\":[%d,2.5],\"tags\":[%s],"
            "\"odd\":%s},\"prediction\":0.%d,\"label\":%d}",
            i, i, 1795239700000LL + i, 20 + i % 60, i * 37 % 200, i % 7, i % 2 ? "true" : "false", i % 4, i,
            i % 50 ? "1.5" : "NaN", i * 37 % 200, i % 3 ? "1,2" : "1", i % 4 ? "1.5" : "\"a\"", 100 + i, i % 2);
    return in;
}

static void test_types(void **state)
{
    (void)state;
    struct drift_event_infer *in = sample();
    const struct drift_event_proposal *p;
    uint64_t dropped = 7;
    check(in, "id", DRIFT_EVENT_FREE, DRIFT_EVENT_FEATURE, DRIFT_EVENT_TEXTS, false);
    check(in, "user_id", DRIFT_EVENT_FREE, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, false);
    check(in, "ts", DRIFT_EVENT_TIMES, DRIFT_EVENT_TIME, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.age", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.income", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.region", DRIFT_EVENT_CATEGORY, DRIFT_EVENT_FEATURE, DRIFT_EVENT_TEXTS, true);
    check(in, "features.vip", DRIFT_EVENT_CATEGORY, DRIFT_EVENT_FEATURE, DRIFT_EVENT_BOOLS, true);
    check(in, "features.products", DRIFT_EVENT_CATEGORY, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.note", DRIFT_EVENT_FREE, DRIFT_EVENT_FEATURE, DRIFT_EVENT_TEXTS, false);
    check(in, "features.gone", DRIFT_EVENT_NOTHING, DRIFT_EVENT_FEATURE, DRIFT_EVENT_ANY, false);
    check(in, "features[\"x.y\"]", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.vec[0]", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.vec[1]", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    check(in, "features.tags", DRIFT_EVENT_LIST, DRIFT_EVENT_FEATURE, DRIFT_EVENT_ANY, false);
    check(in, "prediction", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_PREDICTION, DRIFT_EVENT_NUMBERS, true);
    check(in, "label", DRIFT_EVENT_CATEGORY, DRIFT_EVENT_LABEL, DRIFT_EVENT_NUMBERS, true);
    assert_null(find(in, "features"));
    assert_null(find(in, "features.vec"));
    assert_null(find(in, "features.tags[0]"));
    p = find(in, "features.odd"); /* sometimes a text */
    assert_true(p->mixed && p->conflicts == 50 && p->want.expect == DRIFT_EVENT_NUMBERS && p->present == 200);
    p = find(in, "features[\"x.y\"]");
    assert_true(!p->mixed && !p->conflicts && p->present == 200); /* events with NaN are counted once */
    assert_int_equal(find(in, "features.gone")->nulls, 200);
    assert_int_equal(find(in, "features.region")->different, 7);
    assert_int_equal(drift_event_infer_propose(in, &p, &dropped), 17);
    assert_string_equal(p[0].want.path, "id"); /* in their order */
    assert_int_equal(dropped, 0);
    drift_event_infer_free(in);
}

/* The plan that is proposed reads the sample without a conflict; a path that comes later is seen to be new. */
static void test_plan(void **state)
{
    (void)state;
    struct drift_event_infer *in = sample(), *later = drift_event_infer_new();
    const struct drift_event_proposal *p;
    struct drift_event_want wants[32];
    struct drift_event_plan *plan;
    struct error err = {0};
    size_t n = 0, fresh = 0;
    for (size_t all = drift_event_infer_propose(in, &p, NULL), i = 0; i < all; i++)
        if (p[i].use)
            wants[n++] = p[i].want;
    assert_int_equal(n, 12);
    assert_int_equal(drift_event_plan_new(wants, n, &plan, &err), 0);
    for (size_t i = 0; i < n; i++)
        assert_true(drift_event_plan_wants(plan, wants[i].path));
    add(later, "{\"features\":{\"age\":5,\"height\":1.8}}");
    for (size_t all = drift_event_infer_propose(later, &p, NULL), i = 0; i < all; i++)
        if (!drift_event_plan_wants(plan, p[i].want.path)) {
            assert_string_equal(p[i].want.path, "features.height");
            fresh++;
        }
    assert_int_equal(fresh, 1);
    assert_false(drift_event_plan_wants(plan, "features"));
    assert_false(drift_event_plan_wants(plan, "features..age"));
    drift_event_plan_free(plan);
    drift_event_infer_free(later);
    drift_event_infer_free(in);
}

static void test_share(void **state)
{
    (void)state;
    struct drift_event_infer *in = drift_event_infer_new();
    for (int i = 0; i < 1000; i++)
        add(in, "[{\"a\":%s,\"b\":%s,\"few\":%d,\"when\":\"x\",\"time\":\"2026-11-20T14:22:%02dZ\",\"timestamp\":%d}]",
            i % 20 ? "1.5" : "\"x\"", i % 21 ? "1.5" : "\"x\"", i % 6, i % 60, i * 37 % 1000);
    check(in, "[0].a", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true);
    assert_true(!find(in, "[0].a")->mixed && find(in, "[0].a")->conflicts == 50); /* just 95 % */
    assert_true(!find(in, "[0].b")->mixed && find(in, "[0].b")->conflicts == 48);
    check(in, "[0].few", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true); /* six are not few */
    check(in, "[0].time", DRIFT_EVENT_TIMES, DRIFT_EVENT_TIME, DRIFT_EVENT_TEXTS, true);
    check(in, "[0].timestamp", DRIFT_EVENT_NUMERIC, DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS, true); /* no times */
    drift_event_infer_free(in);
}

/* Of 24 events of three partitions, which come by turns. */
static void test_what_is_another_thing_in_each_window(void **state)
{
    (void)state;
    struct drift_event_infer *in = drift_event_infer_new();
    struct error err;
    for (int i = 0; i < 24; i++) {
        struct str text = {0};
        int k = i * 37 % 100;
        str_printf(
            &text,
            "{\"seq\":%d,\"total\":%d.5,\"index\":%d,\"lastLogin\":%d,\"at\":\"2026-11-22T06:%02d:00Z\",\"ms\":%lld,"
            "\"userId\":%d,\"paid\":%d,\"trace\":\"0f8fad5b-d9cb-469f-a165-%012d\",\"text\":\"it is %d today, more or "
            "less\",\"code\":\"c-%d\",\"born\":%d,\"large\":%d,\"score\":%d,\"when\":%d,\"fraud\":%d}",
            1000 * (i % 3) + i, i / 2, i, 1700000000 + k * 86400, k % 60, 1795239700000LL + k, k, k, i, i, i % 24,
            300000000 + k, k % 2 ? 2100000000 : -5, i, 1700000000 + i % 3, i % 2 ? 10 + i : 0);
        assert_int_equal(drift_event_infer_add(in, i % 3, text.s, text.len, &err), 0);
        str_done(&text);
    }
    static const struct {
        const char *path;
        enum drift_event_type type;
    } cases[] = {{"seq", DRIFT_EVENT_COUNTER},     {"total", DRIFT_EVENT_COUNTER}, {"index", DRIFT_EVENT_COUNTER},
                 {"lastLogin", DRIFT_EVENT_TIMES}, {"at", DRIFT_EVENT_TIMES},      {"ms", DRIFT_EVENT_TIMES},
                 {"userId", DRIFT_EVENT_FREE},     {"paid", DRIFT_EVENT_NUMERIC},  {"trace", DRIFT_EVENT_FREE},
                 {"text", DRIFT_EVENT_FREE},       {"code", DRIFT_EVENT_FREE},     {"born", DRIFT_EVENT_NUMERIC},
                 {"large", DRIFT_EVENT_NUMERIC},   {"score", DRIFT_EVENT_NUMERIC}, {"when", DRIFT_EVENT_NUMERIC},
                 {"fraud", DRIFT_EVENT_NUMERIC}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct drift_event_proposal *p = find(in, cases[i].path);
        if (p->type != cases[i].type || p->use != (cases[i].type == DRIFT_EVENT_NUMERIC))
            fail_msg("%s: type %d", cases[i].path, p->type);
    }
    assert_int_equal(find(in, "score")->want.role, DRIFT_EVENT_PREDICTION); /* which may grow */
    drift_event_infer_free(in);
}

/* What a hostile sample may cost: paths and texts have caps. */
static void test_limits(void **state)
{
    (void)state;
    struct drift_event_infer *in = drift_event_infer_new();
    const struct drift_event_proposal *p;
    struct str text = {0};
    struct error err = {0};
    uint64_t dropped = 0;
    for (int i = 0; i < 50000; i++)
        str_printf(&text, "%s\"k%d\":%d", i ? "," : "{", i, i);
    str_char(&text, '}');
    assert_int_equal(drift_event_infer_add(in, 0, text.s, text.len, &err), 0);
    assert_int_equal(drift_event_infer_propose(in, &p, &dropped), DRIFT_EVENT_INFER_PATHS);
    assert_int_equal(dropped, 50000 - DRIFT_EVENT_INFER_PATHS);
    str_clear(&text);
    str_repeat(&text, '[', 100);
    str_repeat(&text, ']', 100);
    assert_int_equal(drift_event_infer_add(in, 0, text.s, text.len, &err), 0);
    assert_int_equal(drift_event_infer_add(in, 0, text.s, 100, &err), ERR_INVALID);
    drift_event_infer_free(in);
    in = drift_event_infer_new();
    str_clear(&text);
    for (int i = 0; i < 1000; i++)
        str_printf(&text, "%s%d", i ? "," : "{\"e\":[", i);
    str_add(&text, "]}");
    assert_int_equal(drift_event_infer_add(in, 0, text.s, text.len, &err), 0);
    check(in, "e", DRIFT_EVENT_LIST, DRIFT_EVENT_FEATURE, DRIFT_EVENT_ANY, false);
    assert_int_equal(drift_event_infer_propose(in, &p, &dropped), 1);
    str_done(&text);
    drift_event_infer_free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),  cmocka_unit_test(test_plan),
        cmocka_unit_test(test_share),  cmocka_unit_test(test_what_is_another_thing_in_each_window),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
