/* Times of events in every unit and as text. */
#include "tests/unit/unit.h"

#include "drift/event_time.h"

#include <math.h>

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        double number;
        enum drift_event_time_unit unit;
        int code;
        int64_t want;
    } cases[] = {
        {1795239700, DRIFT_EVENT_TIME_AUTO, 0, 1795239700000},
        {1795239700.5, DRIFT_EVENT_TIME_AUTO, 0, 1795239700500},
        {1795239700123, DRIFT_EVENT_TIME_AUTO, 0, 1795239700123},
        {1795239700123456, DRIFT_EVENT_TIME_AUTO, 0, 1795239700123},
        {1795239700123456768, DRIFT_EVENT_TIME_AUTO, 0, 1795239700123},
        {0, DRIFT_EVENT_TIME_AUTO, 0, 0},
        {-1.5, DRIFT_EVENT_TIME_S, 0, -1500},
        {-1500, DRIFT_EVENT_TIME_US, 0, -2},
        {1000, DRIFT_EVENT_TIME_MS, 0, 1000},
        {1795239700123, DRIFT_EVENT_TIME_S, 0, 1795239700123000},
        {1795239700123456, DRIFT_EVENT_TIME_S, ERR_LIMIT, 7},
        {1e300, DRIFT_EVENT_TIME_AUTO, ERR_LIMIT, 7},
        {NAN, DRIFT_EVENT_TIME_AUTO, ERR_INVALID, 7},
        {INFINITY, DRIFT_EVENT_TIME_MS, ERR_INVALID, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct drift_event_value v = {.number = cases[i].number, .kind = DRIFT_EVENT_NUMBER};
        int64_t ms = 7;
        const int code = drift_event_time_ms(&v, cases[i].unit, &ms);
        if (code != cases[i].code || ms != cases[i].want)
            fail_msg("%.17g: %d, %lld", cases[i].number, code, (long long)ms);
    }
}

static void test_texts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        int64_t want;
    } cases[] = {
        {"2026-11-20T14:22:07Z", 0, 1795184527000},
        {"2026-11-20T14:22:07.123Z", 0, 1795184527123},
        {"2026-11-20T14:22:07.123456789Z", 0, 1795184527123},
        {"2026-11-20T16:22:07+02:00", 0, 1795184527000},
        {"2026-11-20 14:22:07.5", 0, 1795184527500}, /* isoformat() of a time without a zone */
        {"2026-11-20T14:22:07", 0, 1795184527000},
        {"1795184527", 0, 1795184527000},
        {"1795184527123", 0, 1795184527123},
        {"20261120", ERR_INVALID, 7},
        {"2026-11-20", ERR_INVALID, 7},
        {"yesterday", ERR_INVALID, 7},
        {"2026-11-20T14:22:07Zx", ERR_INVALID, 7},
        {"", ERR_INVALID, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct drift_event_value v = drift_event_text(cases[i].text, strlen(cases[i].text));
        int64_t ms = 7;
        const int code = drift_event_time_ms(&v, DRIFT_EVENT_TIME_AUTO, &ms);
        if (code != cases[i].code || ms != cases[i].want)
            fail_msg("%s: %d, %lld", cases[i].text, code, (long long)ms);
    }
    int64_t ms = 7;
    const struct drift_event_value nul = drift_event_text("2026-11-20T14:22:07Z\0", 21),
                                   flag = {.number = 1, .kind = DRIFT_EVENT_BOOL}, none = {.kind = DRIFT_EVENT_NULL};
    assert_int_equal(drift_event_time_ms(&nul, DRIFT_EVENT_TIME_AUTO, &ms), ERR_INVALID);
    assert_int_equal(drift_event_time_ms(&flag, DRIFT_EVENT_TIME_AUTO, &ms), ERR_INVALID);
    assert_int_equal(drift_event_time_ms(&none, DRIFT_EVENT_TIME_AUTO, &ms), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers), cmocka_unit_test(test_texts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
