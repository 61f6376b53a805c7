/* Integers and times of the text formats. */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "prom/text_number.h"

static void test_integer(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code;
        int64_t want;
    } cases[] = {
        {"0", 0, 0},
        {"1395066363000", 0, 1395066363000},
        {"-3982045", 0, -3982045},
        {"+5", 0, 5},
        {"007", 0, 7},
        {"9223372036854775807", 0, INT64_MAX},
        {"-9223372036854775808", 0, INT64_MIN},
        {"9223372036854775808", ERR_LIMIT, 0},
        {"-9223372036854775809", ERR_LIMIT, 0},
        {"18446744073709551617", ERR_LIMIT, 0},
        {"99999999999999999999999", ERR_LIMIT, 0},
        {"", ERR_INVALID, 0},
        {"-", ERR_INVALID, 0},
        {"1.5", ERR_INVALID, 0},
        {"1e3", ERR_INVALID, 0},
        {"0x10", ERR_INVALID, 0},
        {"99999999999999999999999x", ERR_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t n = 0;
        const int code = prom_text_number_integer(cases[i].text, strlen(cases[i].text), &n);
        if (code != cases[i].code || n != cases[i].want)
            fail_msg("%s: %d, %lld", cases[i].text, code, (long long)n);
    }
}

static void test_seconds(void **state)
{
    (void)state;
    double s = 0;
    assert_int_equal(prom_text_number_seconds("1520879607.789", 14, &s), 0);
    assert_int_equal(prom_text_number_ms(s), 1520879607789);
    assert_int_equal(prom_text_number_seconds("-1.5e-3", 7, &s), 0);
    assert_int_equal(prom_text_number_ms(s), -2);
    assert_int_equal(prom_text_number_seconds("Inf", 3, &s), ERR_INVALID);
    assert_int_equal(prom_text_number_seconds("nan", 3, &s), ERR_INVALID);
    assert_int_equal(prom_text_number_seconds("1x", 2, &s), ERR_INVALID);
    assert_int_equal(prom_text_number_ms(12345678901234567890.5), INT64_MAX);
    assert_int_equal(prom_text_number_ms(-1e300), INT64_MIN + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_integer), cmocka_unit_test(test_seconds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
