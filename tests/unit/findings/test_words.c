/* Numbers, times and lists in sentences. */
#include "findings/sums.h"
#include "findings/words.h"
#include "tests/unit/unit.h"

static void numbers(void **state)
{
    (void)state;
    assert_string_equal(findings_words_count(0, "row").s, "0 rows");
    assert_string_equal(findings_words_count(1, "row").s, "1 row");
    assert_string_equal(findings_words_count(1240000, "row").s, "1.24 M rows");
    assert_string_equal(findings_words_number(396).s, "396");
    assert_string_equal(findings_words_ms(0).s, "0 s");
    assert_string_equal(findings_words_ms(22320000).s, "6 h 12 m");
    assert_string_equal(findings_words_bytes(12390).s, "12.1 KiB");
    /* whatever is counted, it fits */
    char thing[200];
    memset(thing, 'x', sizeof thing);
    thing[sizeof thing - 1] = '\0';
    assert_true(strlen(findings_words_count(INT64_MAX, thing).s) < sizeof(struct findings_words));
}

static void lists(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    (void)state;
    struct str out = {0};
    for (size_t i = 0; i < 5; i++)
        findings_words_list(&out, names[i], i, 5, 3);
    assert_string_equal(str_text(&out), "a, b, c and 2 more");
    str_clear(&out);
    for (size_t i = 0; i < 3; i++)
        findings_words_list(&out, names[i], i, 3, 3);
    assert_string_equal(str_text(&out), "a, b, c");
    str_done(&out);
}

static void sums_end_at_the_largest_number(void **state)
{
    (void)state;
    assert_int_equal(findings_sums_plus(2, 3), 5);
    assert_int_equal(findings_sums_plus(INT64_MAX, 1), INT64_MAX);
    assert_true(findings_sums_plus(INT64_MIN, -1) < 0);
    assert_int_equal(findings_sums_times(-4, 3), -12);
    assert_int_equal(findings_sums_times(INT64_MAX, 2), INT64_MAX);
    assert_true(findings_sums_times(INT64_MAX, -2) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(lists),
        cmocka_unit_test(sums_end_at_the_largest_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
