/* The words for what a round lacks: permissions by name, joined, never too long. */
#include "tests/unit/unit.h"

#include "kafka/missing.h"

#include <stdio.h>

static void permissions_name_the_first_and_count_the_others(void **state)
{
    (void)state;
    static const struct {
        const char *names[6];
        const char *text;
    } rows[] = {
        {{NULL}, ""},
        {{"orders"}, "missing to read offsets: DESCRIBE on topic orders"},
        {{"orders", "orders", "orders"}, "missing to read offsets: DESCRIBE on topic orders"}, /* its partitions */
        {{"a", "a", "b", "c", "c"}, "missing to read offsets: DESCRIBE on topic a and 2 more"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct kafka_missing m = {.len = 0};
        struct kafka_missing_tally t = {0};
        for (size_t j = 0; rows[i].names[j]; j++)
            kafka_missing_count(&t, KAFKA_FAULT_DENIED, j, rows[i].names[j]);
        kafka_missing_permission(&m, &t, "read offsets", "topic");
        assert_string_equal(m.text, rows[i].text);
    }
}

static void other_failures_are_counted_apart(void **state)
{
    (void)state;
    struct kafka_missing_tally t = {0};
    kafka_missing_count(&t, KAFKA_FAULT_NONE, 0, "a");
    kafka_missing_count(&t, KAFKA_FAULT_DENIED, 1, "b");
    kafka_missing_count(&t, KAFKA_FAULT_NETWORK, 2, "c");
    kafka_missing_count(&t, KAFKA_FAULT_UNASKED, 3, "d");
    assert_int_equal(t.denied, 1);
    assert_int_equal(t.failed, 2);
    assert_int_equal(t.first, 2);
    assert_int_equal(t.fault, KAFKA_FAULT_NETWORK);
}

static void causes_are_joined_until_it_is_full(void **state)
{
    (void)state;
    struct kafka_missing m = {.len = 0};
    kafka_missing_add(&m, "first");
    kafka_missing_add(&m, "%d of %d", 2, 3);
    assert_string_equal(m.text, "first; 2 of 3");
    kafka_missing_add(&m, "%0180d", 1); /* does not fit */
    kafka_missing_add(&m, "short");     /* would, but then the order would lie */
    assert_string_equal(m.text, "first; 2 of 3; and more");
    assert_int_equal(m.len, strlen(m.text));
}

static void a_long_first_cause_is_cut(void **state)
{
    (void)state;
    for (int n = 185; n < 400; n++) {
        struct kafka_missing m = {.len = 0};
        kafka_missing_add(&m, "%0*d", n, 1);
        kafka_missing_add(&m, "second");
        assert_true(strlen(m.text) <= KAFKA_MISSING_BYTES);
        assert_int_equal(m.len, strlen(m.text));
        assert_ptr_equal(strstr(m.text, "; and more"), m.text + m.len - 10);
    }
}

static void names_are_cut_between_characters(void **state)
{
    (void)state;
    char name[300] = "", buf[KAFKA_MISSING_NAME];
    assert_string_equal(kafka_missing_name("orders", buf), "orders");
    for (size_t i = 0; i < 80; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 3); /* é */
    kafka_missing_name(name, buf);
    assert_int_equal(strlen(buf), KAFKA_MISSING_NAME - 1);
    assert_memory_equal(buf + 58, "\xc3\xa9...", 6);
    memset(name, '\x80', 200); /* no UTF-8 at all */
    name[200] = '\0';
    assert_true(strlen(kafka_missing_name(name, buf)) < KAFKA_MISSING_NAME);
    assert_string_equal(buf + strlen(buf) - 3, "...");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(permissions_name_the_first_and_count_the_others),
        cmocka_unit_test(other_failures_are_counted_apart),
        cmocka_unit_test(causes_are_joined_until_it_is_full),
        cmocka_unit_test(a_long_first_cause_is_cut),
        cmocka_unit_test(names_are_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
