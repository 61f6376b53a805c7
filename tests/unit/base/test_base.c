/* Strings, maps, errors, clock, text and limits of the ground floor. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/order.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"

#include <math.h>

static void error_keeps_first_code_and_prefixes(void **state)
{
    (void)state;
    struct error e = {0};
    assert_int_equal(error_set(&e, ERR_LIMIT, "%d rows", 3), ERR_LIMIT);
    assert_int_equal(error_prefix(&e, "table %s", "groups"), ERR_LIMIT);
    assert_string_equal(e.text, "table groups: 3 rows");
    assert_int_equal(error_set(&e, ERR_IO, "again: %s", e.text), ERR_IO); /* quoting itself */
    assert_string_equal(e.text, "again: table groups: 3 rows");
    assert_int_equal(error_set(NULL, ERR_IO, "nobody asks"), ERR_IO);
    assert_int_equal(error_set_errno(&e, ERR_IO, 2, "open"), ERR_IO);
    assert_string_equal(e.text, "open: No such file or directory");
}

static void str_grows_and_stops_at_its_cap(void **state)
{
    (void)state;
    struct str s = {0};
    assert_string_equal(str_text(&s), "");
    for (int i = 0; i < 1000; i++)
        str_printf(&s, "%d,", i);
    assert_int_equal(s.len, 3890);
    str_cut(&s, 4);
    assert_string_equal(s.s, "0,1,");
    str_bytes(&s, "a\0b", 3);
    assert_int_equal(s.len, 7);
    char *taken = str_take(&s);
    assert_memory_equal(taken, "0,1,a\0b", 8);
    assert_int_equal(s.len, 0);
    free(taken);

    struct str capped;
    str_init(&capped, 5);
    str_add(&capped, "123");
    assert_false(capped.overflow);
    str_add(&capped, "456");
    assert_true(capped.overflow);
    assert_string_equal(capped.s, "12345");
    str_clear(&capped);
    assert_false(capped.overflow);
    str_done(&capped);
}

static void map_holds_what_was_put(void **state)
{
    (void)state;
    struct map m = {0};
    static int values[5000];
    char key[16];
    for (int i = 0; i < 5000; i++)
        assert_null(map_put(&m, key, (size_t)snprintf(key, sizeof key, "k%d", i), &values[i]));
    for (int i = 0; i < 5000; i += 2)
        assert_ptr_equal(map_del(&m, key, (size_t)snprintf(key, sizeof key, "k%d", i)), &values[i]);
    assert_int_equal(m.n, 2500);
    for (int i = 0; i < 5000; i++) {
        void *found = map_get(&m, key, (size_t)snprintf(key, sizeof key, "k%d", i));
        assert_ptr_equal(found, i % 2 ? &values[i] : NULL);
    }
    size_t used = m.used;
    /* Deleted and put again many times: tombstones must not fill it. */
    for (int i = 0; i < 100000; i++) {
        assert_null(map_put(&m, "x", 1, &values[0]));
        assert_ptr_equal(map_del(&m, "x", 1), &values[0]);
    }
    assert_in_range(m.used, used, used + 1);
    size_t at = 0, n = 0;
    void *value;
    while (map_next(&m, &at, NULL, NULL, &value))
        n++;
    assert_int_equal(n, 2500);
    map_done(&m);
    assert_null(map_get(&m, "x", 1));
}

static void clock_writes_and_reads_times(void **state)
{
    (void)state;
    char buf[64];
    assert_string_equal(clock_iso(0, true, buf, sizeof buf), "1970-01-01T00:00:00.000Z");
    assert_string_equal(clock_iso(-1, true, buf, sizeof buf), "1969-12-31T23:59:59.999Z");
    assert_string_equal(clock_iso(INT64_MAX, true, buf, sizeof buf), "-");
    assert_string_equal(clock_iso(INT64_MIN, false, buf, sizeof buf), "-");
    int64_t t;
    assert_int_equal(clock_parse_iso("2026-11-20T14:22:07.5+02:00", &t), 0);
    assert_string_equal(clock_iso(t, true, buf, sizeof buf), "2026-11-20T12:22:07.500Z");
    assert_int_equal(clock_parse_iso("2026-11-20 14:22:07Z", &t), 0);
    assert_int_equal(clock_parse_iso("2026-11-20T14:22:07", &t), ERR_INVALID);
    assert_int_equal(clock_parse_iso("2026-11-20T14:22:07Zx", &t), ERR_INVALID);
    assert_int_equal(clock_parse_iso("yesterday", &t), ERR_INVALID);
}

static const char *safe(const char *raw, size_t len)
{
    static struct str out;
    str_clear(&out);
    text_safe(&out, raw, len);
    return str_text(&out);
}

static void text_becomes_harmless(void **state)
{
    (void)state;
    assert_string_equal(safe("payments", 8), "payments");
    assert_string_equal(safe("a\x1b[31mb", 7), "a\xEF\xBF\xBD[31mb");
    assert_string_equal(safe("a\xC2\x9B"
                             "b",
                             4),
                        "a\xEF\xBF\xBD"
                        "b"); /* U+009B CSI */
    assert_string_equal(safe("a\xE2\x80\xAE"
                             "b",
                             5),
                        "a\xEF\xBF\xBD"
                        "b"); /* U+202E */
    assert_string_equal(safe("a\xE2\x80\x8B"
                             "b",
                             5),
                        "a\xEF\xBF\xBD"
                        "b"); /* U+200B */
    assert_string_equal(safe("a\xE2\x80\xA8"
                             "b",
                             5),
                        "a\xEF\xBF\xBD"
                        "b");                                        /* U+2028 */
    assert_string_equal(safe("\xFF\xFEz", 3), "\\xFF\\xFEz");        /* no UTF-8 */
    assert_string_equal(safe("\xED\xA0\x80", 3), "\\xED\\xA0\\x80"); /* a surrogate */
    assert_string_equal(safe("\xCC\x81x", 3), "x");                  /* a mark with no base */
    assert_string_equal(safe("e\xCC\x81\xCC\x81\xCC\x81\xCC\x81", 9), "e\xCC\x81\xCC\x81");
    assert_string_equal(safe("", 0), "");
    assert_string_equal(safe("\xE6\x97\xA5\xE6\x9C\xAC", 6), "\xE6\x97\xA5\xE6\x9C\xAC");
}

static void text_has_width(void **state)
{
    (void)state;
    size_t used;
    assert_int_equal(text_width("abc", 3), 3);
    assert_int_equal(text_width("\xE6\x97\xA5\xE6\x9C\xAC", 6), 4);
    assert_int_equal(text_width("e\xCC\x81", 3), 1);
    assert_int_equal(text_fit("\xE6\x97\xA5\xE6\x9C\xAC", 6, 3, &used), 3);
    assert_int_equal(used, 2);
    assert_int_equal(text_fit("e\xCC\x81x", 4, 1, &used), 3); /* the mark goes with its base */
    assert_true(text_is_utf8("\xF0\x9F\x90\x99", 4));
    assert_false(text_is_utf8("\xC0\xAF", 2));
    assert_true(text_glob("pay*", "payments"));
    assert_false(text_glob("pay", "payments"));
    assert_true(text_glob("[!a]*", "payments"));
}

static void digits_are_grouped(void **state)
{
    (void)state;
    const struct {
        int64_t v;
        const char *text;
    } cases[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {-1234567, "-1,234,567"},
                 {INT64_MIN, "-9,223,372,036,854,775,808"},
                 {INT64_MAX, "9,223,372,036,854,775,807"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = {0};
        text_group_digits(&s, cases[i].v);
        assert_string_equal(s.s, cases[i].text);
        str_done(&s);
    }
}

static void vec_grows(void **state)
{
    (void)state;
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++)
        vec_push(&v, i);
    assert_int_equal(v.n, 1000);
    assert_int_equal(v.items[999], 999);
    vec_done(&v);
    assert_int_equal(v.n, 0);
}

static void texts_have_ends(void **state)
{
    (void)state;
    assert_true(text_ends("a.json", ".json"));
    assert_true(text_ends(".json", ".json"));
    assert_true(text_ends("", ""));
    assert_false(text_ends("json", ".json"));
    assert_false(text_ends("a.json.gz", ".json"));
}

static void plain_values_have_an_order(void **state)
{
    (void)state;
    int64_t whole[] = {3, INT64_MIN, INT64_MAX, -1};
    double real[] = {0.5, INFINITY, -INFINITY, 0.25};
    qsort(whole, 4, sizeof *whole, order_int64);
    qsort(real, 4, sizeof *real, order_double);
    assert_true(whole[0] == INT64_MIN && whole[1] == -1 && whole[2] == 3 && whole[3] == INT64_MAX);
    assert_true(real[0] == -INFINITY && real[1] == 0.25 && real[2] == 0.5 && real[3] == INFINITY);
}

static void deadlines_lie_ahead(void **state)
{
    (void)state;
    struct timespec before, until = {0}, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    until = clock_deadline(1999);
    clock_gettime(CLOCK_MONOTONIC, &after);
    const int64_t ns = INT64_C(1000000000), wait = INT64_C(1999000000);
    int64_t from = before.tv_sec * ns + before.tv_nsec, to = after.tv_sec * ns + after.tv_nsec,
            at = until.tv_sec * ns + until.tv_nsec;
    assert_true(until.tv_nsec >= 0 && until.tv_nsec < ns);
    assert_true(at >= from + wait && at <= to + wait);
}

static void texts_are_copied_and_replaced(void **state)
{
    (void)state;
    assert_null(mem_strdup_opt(NULL));
    char *text = mem_strdup_opt("one two");
    mem_replace(&text, text + 4);
    assert_string_equal(text, "two");
    mem_replace(&text, NULL);
    assert_null(text);
    mem_replace(&text, "three");
    assert_string_equal(text, "three");
    mem_free_secret(text);
    mem_free_secret(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_keeps_first_code_and_prefixes),
        cmocka_unit_test(str_grows_and_stops_at_its_cap),
        cmocka_unit_test(map_holds_what_was_put),
        cmocka_unit_test(clock_writes_and_reads_times),
        cmocka_unit_test(text_becomes_harmless),
        cmocka_unit_test(text_has_width),
        cmocka_unit_test(digits_are_grouped),
        cmocka_unit_test(vec_grows),
        cmocka_unit_test(texts_have_ends),
        cmocka_unit_test(plain_values_have_an_order),
        cmocka_unit_test(deadlines_lie_ahead),
        cmocka_unit_test(texts_are_copied_and_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
