/* Rows that do not arrive, and tasks that fail. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/unit.h"

static void a_healthy_sink_is_silent(void **state)
{
    struct sink_facts f;
    (void)state;
    sink_facts_open(&f);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_sink_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
