/* Tests of counting what is different, against counting one by one. */
#include "prom/distinct.h"

#include "base/map.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static uint64_t hash_of(uint32_t i)
{
    return map_hash(&i, sizeof i);
}

static int64_t count(const struct prom_distinct *d, enum quality want)
{
    enum quality q;
    int64_t n = prom_distinct_count(d, &q);
    assert_int_equal(q, want);
    return n;
}

static void test_exact(void **state)
{
    (void)state;
    struct prom_distinct d = {0};
    assert_int_equal(count(&d, QUALITY_EXACT), 0);
    prom_distinct_add(&d, 0, 1); /* any hash counts */
    prom_distinct_add(&d, UINT64_MAX, 14);
    assert_int_equal(count(&d, QUALITY_EXACT), 2);
    prom_distinct_add(&d, UINT64_MAX, -13);
    assert_int_equal(count(&d, QUALITY_EXACT), 2);
    prom_distinct_add(&d, UINT64_MAX, -1);
    prom_distinct_add(&d, 0, -1);
    prom_distinct_add(&d, 5, -1); /* was never there */
    assert_int_equal(count(&d, QUALITY_EXACT), 0);
    prom_distinct_done(&d);
}

/* Things that come and go at random, with hashes that meet: the number is that of those that are there. */
static void test_random(void **state)
{
    (void)state;
    enum { THINGS = 700, STEPS = 200000 };
    int there[THINGS] = {0};
    struct prom_distinct d = {0};
    uint32_t seed = 8;
    int64_t want = 0;
    for (int i = 0; i < STEPS; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t thing = (seed >> 8) % THINGS;
        int times = (int)(seed >> 28) % 3 + 1;
        bool come = seed >> 31 || !there[thing];
        if (!come && times > there[thing])
            times = there[thing];
        want += come ? !there[thing] : -(there[thing] == times);
        there[thing] += come ? times : -times;
        prom_distinct_add(&d, (uint64_t)(thing + 1) << 24 << (thing % 5 ? 0 : 12), come ? times : -times);
        if (i % 997 == 0)
            assert_int_equal(count(&d, QUALITY_EXACT), want);
    }
    prom_distinct_done(&d);
}

static void assert_near(int64_t got, double want)
{
    if (got < want * 0.97 || got > want * 1.03)
        fail_msg("%lld is not about %.0f", (long long)got, want);
}

/* Beyond the limit it is an estimate, also of what went again; beyond all measure a bound. */
static void test_estimate(void **state)
{
    (void)state;
    struct prom_distinct d = {0};
    for (uint32_t i = 0; i < PROM_DISTINCT_EXACT; i++)
        prom_distinct_add(&d, hash_of(i), 3);
    assert_int_equal(count(&d, QUALITY_EXACT), PROM_DISTINCT_EXACT);
    for (uint32_t i = PROM_DISTINCT_EXACT; i < 100000; i++)
        prom_distinct_add(&d, hash_of(i), 3);
    assert_near(count(&d, QUALITY_EST), 100000);
    for (uint32_t i = 100000; i < 400000; i++)
        prom_distinct_add(&d, hash_of(i), 1);
    assert_near(count(&d, QUALITY_EST), 400000);
    for (uint32_t i = 0; i < 390000; i++)
        prom_distinct_add(&d, hash_of(i), i < 100000 ? -3 : -1);
    assert_near(count(&d, QUALITY_EST), 10000);
    for (uint32_t i = 400000; i < 4000000; i++)
        prom_distinct_add(&d, hash_of(i), 1);
    assert_true(count(&d, QUALITY_GE) > 700000);
    prom_distinct_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_estimate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
