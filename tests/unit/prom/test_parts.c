/* Tests of counts by number, against an array. */
#include "prom/parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

/* Numbers come and go at random: what there was and is agrees with counting in an array, and so does how many there are. */
static void test_random(void **state)
{
    (void)state;
    enum { NUMBERS = 300, STEPS = 100000 };
    int64_t there[NUMBERS + 1] = {0};
    struct prom_parts p = {0};
    uint32_t seed = 5, used = 0, now;
    for (int i = 0; i < STEPS; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint32_t number = (seed >> 8) % NUMBERS + 1;
        int64_t more = (int64_t)(seed >> 28) - 9, want = there[number] + more;
        want = want < 0 ? 0 : want;
        used += (want > 0) - (there[number] > 0);
        assert_int_equal(prom_parts_add(&p, number, more, &now), there[number]);
        assert_int_equal(now, want);
        assert_int_equal(p.n, used);
        there[number] = want;
    }
    for (uint32_t i = 1; i <= NUMBERS; i++)
        assert_int_equal(prom_parts_add(&p, i, -there[i], &now), there[i]);
    assert_int_equal(p.n, 0);
    prom_parts_done(&p);
}

static void test_bounds(void **state)
{
    (void)state;
    struct prom_parts p = {0};
    uint32_t now = 7;
    assert_int_equal(prom_parts_add(&p, 1, -1, &now), 0); /* was never there */
    assert_int_equal(now, 0);
    assert_int_equal(prom_parts_add(&p, UINT32_MAX, INT64_C(1) << 40, &now), 0);
    assert_int_equal(now, UINT32_MAX);
    prom_parts_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
