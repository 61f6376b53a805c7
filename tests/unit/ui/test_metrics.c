/* Tests of the explorer of metrics beyond its pictures. */
#include "world.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Of a histogram that is looked at the collector is told, and when that is over. */
static void test_focus(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_metrics);
    world_keys(&w, "X");
    assert_true(world_shows(&w, "METRICS 4"));
    world_pass(&w, 1000);
    world_keys(&w, "Enter"); /* histograms of the first: the one under the cursor */
    assert_true(world_shows(&w, "HISTOGRAMS 2"));
    assert_non_null(strstr(w.focused, "histograms inference/gpu-1:8000/http_request_duration_seconds/method=\"GET\""));
    assert_int_equal(w.nfocused, 1);
    world_pass(&w, 1000);
    world_keys(&w, "j Enter");
    assert_true(world_shows(&w, "last interval"));
    assert_non_null(strstr(w.focused, "method=\"POST\""));
    assert_int_equal(w.nfocused, 1);
    world_pass(&w, 1000);
    world_keys(&w, "1");
    free(world_screen(&w, 80, 24, false));
    assert_int_equal(w.nfocused, 0);
    world_done(&w);
}

/* The list with rows has the cursor: a metric has either series or histograms. What is searched for is found in help, too. */
static void test_explore(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_metrics);
    world_keys(&w, "X / r e s i d e n t Enter Enter");
    assert_true(world_shows(&w, "SERIES 2"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "THE SAME OF EACH INSTANCE 2"));
    world_keys(&w, "Esc Esc Esc / T o k e n s Enter");
    assert_true(world_shows(&w, "session_tokens"));
    assert_false(world_shows(&w, "http_requests_total"));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_focus),
        cmocka_unit_test(test_explore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
