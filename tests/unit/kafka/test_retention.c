/* The pace of a log's start, and when it will have reached what a group has committed. */
#include "tests/unit/unit.h"

#include "kafka/admin.h"
#include "kafka/retention.h"

#include <math.h>

enum { HOUR = 3600 };

static const struct kafka_retention week = {
    .known = true, .deletes = true, .ms = 7LL * 24 * HOUR * 1000, .bytes = KAFKA_CONFIG_UNLIMITED};

static void pace_needs_two_moves(void **state)
{
    (void)state;
    struct kafka_retention_pace p = {0};
    double rate;
    kafka_retention_pace_add(&p, 1000, 50);
    kafka_retention_pace_add(&p, 2000, 50);
    kafka_retention_pace_add(&p, 3000, 80); /* how long it took to get here is not known */
    assert_false(kafka_retention_pace_rate(&p, 4000, &rate));
    kafka_retention_pace_add(&p, 13000, 180);
    assert_true(kafka_retention_pace_rate(&p, 13000, &rate));
    assert_float_equal(rate, 10, 1e-9);
    assert_true(kafka_retention_pace_rate(&p, 23000, &rate)); /* and slower, the longer it stands */
    assert_float_equal(rate, 5, 1e-9);
    kafka_retention_pace_add(&p, 24000, 0); /* made anew */
    assert_false(kafka_retention_pace_rate(&p, 25000, &rate));
}

static void pace_forgets_the_past(void **state)
{
    (void)state;
    struct kafka_retention_pace p = {0};
    double rate;
    int64_t ms = 0, offset = 0;
    for (; ms < 4 * HOUR * 1000; ms += 60000) /* a thousand a minute, for hours */
        kafka_retention_pace_add(&p, ms, offset += 1000);
    for (; ms < 7 * HOUR * 1000; ms += 60000) /* then ten */
        kafka_retention_pace_add(&p, ms, offset += 10);
    assert_true(kafka_retention_pace_rate(&p, ms, &rate));
    assert_float_equal(rate, 10.0 / 60, 0.01);
}

static void rows(void **state)
{
    (void)state;
    const struct kafka_retention for_ever = {
        .known = true, .deletes = true, .ms = KAFKA_CONFIG_UNLIMITED, .bytes = KAFKA_CONFIG_UNLIMITED};
    const struct kafka_retention compact = {.known = true, .compacts = true, .ms = 1000, .bytes = 1000};
    const struct kafka_retention sized = {.known = true, .deletes = true, .ms = week.ms, .bytes = 1 << 30};
    const struct kafka_retention only_sized = {
        .known = true, .deletes = true, .ms = KAFKA_CONFIG_UNLIMITED, .bytes = 1 << 30};
    const struct kafka_retention untold = {
        .known = true, .deletes = true, .ms = KAFKA_CONFIG_UNTOLD, .bytes = KAFKA_CONFIG_UNTOLD};
    const struct kafka_retention unknown = {.known = false};
    const struct kafka_retention_pace still = {.seen = true}, ten = {.seen = true, .offset = 1000, .moves = 2}; /* 10 a second */
    const struct {
        const char *what;
        const struct kafka_retention *r;
        const struct kafka_retention_pace *pace;
        int64_t margin, lag;
        double lag_s;
        enum quality age, q;
        double seconds;
    } table[] = {
        {"age against retention", &week, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_EST, 600000},
        {"caught up", &week, &still, 500, 0, 0, QUALITY_EXACT, QUALITY_EST, 600000},
        {"older than its retention", &week, &still, 500, 9, 800000, QUALITY_EST, QUALITY_EST, 0},
        {"older than is known", &week, &still, 500, 9, HOUR, QUALITY_GE, QUALITY_LE, 600000},
        {"age not known", &week, &still, 500, 9, 0, QUALITY_UNKNOWN, QUALITY_UNKNOWN, 0},
        {"lost", &week, &still, -3, 9, HOUR, QUALITY_EST, QUALITY_EXACT, 0},
        {"kept for ever", &for_ever, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_EXACT, INFINITY},
        {"kept for ever, yet it moves", &for_ever, &ten, 500, 9, HOUR, QUALITY_EST, QUALITY_EST, 50},
        {"compacted only", &compact, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_EXACT, INFINITY},
        {"for size, not seen yet", &sized, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_LE, 600000},
        {"for size, as it moves", &sized, &ten, 500, 9, HOUR, QUALITY_EST, QUALITY_EST, 50},
        {"for size only, not seen yet", &only_sized, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_UNKNOWN, 0},
        {"for size only, as it moves", &only_sized, &ten, 500, 9, HOUR, QUALITY_EST, QUALITY_EST, 50},
        {"limits untold", &untold, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_UNKNOWN, 0},
        {"denied", &unknown, &still, 500, 9, HOUR, QUALITY_EST, QUALITY_UNKNOWN, 0},
        {"denied, as it moves", &unknown, &ten, 500, 9, HOUR, QUALITY_EST, QUALITY_EST, 50},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct kafka_standing s = {.margin = table[i].margin,
                                   .lag = table[i].lag,
                                   .lag_s = table[i].lag_s,
                                   .lag_s_quality = table[i].age,
                                   .now_ms = 100000};
        double seconds;
        enum quality q = kafka_retention_loss(table[i].r, table[i].pace, &s, &seconds);
        if (q != table[i].q || (q && seconds != table[i].seconds))
            fail_msg("%s: %s %g", table[i].what, quality_name(q), seconds);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pace_needs_two_moves),
        cmocka_unit_test(pace_forgets_the_past),
        cmocka_unit_test(rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
