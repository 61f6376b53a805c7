/* Distinct values: DataSketches' bytes and answers, the stated error over many sketches, and merges. */
#include "tests/unit/unit.h"

#include "drift/hll_image.h"
#include "drift/murmur.h"
#include "golden.h"
#include "numbers.h"
#include "random.h"

static void few_values_have_its_bytes(void **state)
{
    (void)state;
    struct drift_hll s;
    struct str bytes = {0}, want = {0};
    drift_hll_init(&s, DRIFT_HLL_LG);
    drift_hll_image_write(&s, &bytes);
    golden_hex(&bytes, "0201070c030c0008");
    str_clear(&bytes);
    for (int i = 1; i <= 3; i++)
        drift_hll_add_int(&s, i);
    drift_hll_image_write(&s, &bytes);
    golden_hex(&bytes, "0201070c030803082bf2fb06862ff90d75816607");
    drift_hll_done(&s);
    drift_hll_init(&s, DRIFT_HLL_LG);
    str_clear(&bytes);
    for (int i = 0; i < 7; i++)
        drift_hll_add_int(&s, i);
    drift_hll_image_write(&s, &bytes);
    golden_read("hll8_7", &want);
    assert_int_equal(bytes.len, want.len);
    assert_memory_equal(bytes.s, want.s, want.len);
    drift_hll_done(&s);
    str_done(&bytes);
    str_done(&want);
}

/* Of the same values as the package was given, registers are its registers, and the estimate is its estimate. */
static void many_values_have_its_registers(void **state)
{
    (void)state;
    struct drift_hll s;
    struct str bytes = {0}, want = {0};
    drift_hll_init(&s, 12);
    for (int i = 0; i < 5000; i++)
        drift_hll_add_int(&s, i);
    drift_hll_image_write(&s, &bytes);
    golden_read("hll8_5000", &want);
    assert_int_equal(bytes.len, want.len);
    assert_memory_equal(bytes.s, want.s, 8);
    assert_memory_equal(bytes.s + 16, want.s + 16, want.len - 16); /* all but the estimate */
    assert_float_equal(drift_hll_estimate(&s) / 4944.30141593247, 1, 1e-6);
    drift_hll_done(&s);
    drift_hll_init(&s, 12);
    str_clear(&want);
    golden_read("hll8_mixed", &want);
    for (int i = 0; i < 200; i++) {
        char text[64];
        int len = snprintf(text, sizeof text, "category %.*s%d", i % 23, "xxxxxxxxxxxxxxxxxxxxxxx", i);
        drift_hll_add_bytes(&s, text, (size_t)len);
    }
    for (int i = 0; i < 100; i++)
        drift_hll_add_double(&s, i * 0.37 - 5);
    struct drift_hll theirs;
    assert_int_equal(drift_hll_image_read(&theirs, want.s, want.len, NULL), 0);
    assert_int_equal(theirs.n, 300);
    drift_hll_merge(&s, &theirs); /* nothing new in it */
    assert_int_equal(s.n, 300);
    drift_hll_done(&s);
    drift_hll_done(&theirs);
    str_done(&bytes);
    str_done(&want);
}

static void see_golden(const struct numbers *line)
{
    struct str bytes = {0}, ours = {0};
    struct drift_hll s, again;
    struct error err;
    golden_read(line->kind, &bytes);
    if (drift_hll_image_read(&s, bytes.s, bytes.len, &err))
        fail_msg("%s: %s", line->kind, err.text);
    drift_hll_image_write(&s, &ours);
    assert_int_equal(drift_hll_image_read(&again, ours.s, ours.len, NULL), 0);
    assert_int_equal(s.lg, line->values[0]);
    /* A merged sketch has another estimator here: both are within the error of the truth. */
    double rel = !s.registers ? 1e-8 : s.merged ? 3 * drift_hll_error(&s) : 1e-15;
    numbers_close(drift_hll_estimate(&s), line->values[2], rel, line);
    numbers_close(drift_hll_estimate(&again), line->values[2], rel, line);
    numbers_close(drift_hll_estimate(&s), line->values[1], 3 * drift_hll_error(&s), line);
    for (size_t len = 0; len < bytes.len && len < 5000; len += 1 + len / 50)
        if (s.n + (s.registers != NULL) && !strstr(line->kind, "updatable")) /* free places may be cut off */
            assert_int_equal(drift_hll_image_read(&again, bytes.s, len, &err), ERR_INVALID);
    drift_hll_done(&s);
    str_clear(&ours);
    drift_hll_image_write(&again, &ours);
    drift_hll_done(&again);
    str_done(&bytes);
    str_done(&ours);
}

static void its_bytes_give_its_answers(void **state)
{
    (void)state;
    numbers_each("sketches/hll.txt", see_golden);
}

/* The root mean square of the relative error over sketches of values of their own. */
static double spread(unsigned lg, size_t n, size_t parts, double *bias)
{
    enum { TRIALS = 60 };
    double squares = 0, sum = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        struct drift_hll s, part;
        drift_hll_init(&s, lg);
        for (size_t p = 0; p < parts; p++) {
            drift_hll_init(&part, lg);
            for (size_t i = 0; i < n / parts; i++)
                drift_hll_add_int(&part, (int64_t)(t << 40 | (p * (n / parts) + i)));
            drift_hll_merge(&s, &part);
            drift_hll_done(&part);
        }
        double off = drift_hll_estimate(&s) / (double)(n / parts * parts) - 1;
        squares += off * off;
        sum += off;
        drift_hll_done(&s);
    }
    *bias = sum / TRIALS;
    return sqrt(squares / TRIALS);
}

static void the_stated_error_is_true(void **state)
{
    (void)state;
    static const size_t sizes[] = {300, 2000, 6000, 30000};
    for (unsigned lg = 8; lg <= 12; lg += 4)
        for (int i = 0; i < 4; i++)
            for (size_t parts = 1; parts <= 10; parts += 9) {
                double bias, rms = spread(lg, sizes[i], parts, &bias);
                double error = (parts > 1 ? 1.039 : 0.8326) / sqrt((double)(1u << lg));
                assert_true(rms < 1.35 * error);
                assert_true(fabs(bias) < 0.5 * error);
            }
}

static void what_was_seen_already_adds_nothing(void **state)
{
    (void)state;
    static const int sizes[] = {0, 1, 7, 8, 200, 384, 385, 9000};
    for (size_t a = 0; a < 8; a++)
        for (size_t b = 0; b < 8; b++) {
            struct drift_hll s, one, two;
            drift_hll_init(&s, 12);
            drift_hll_init(&one, 12);
            drift_hll_init(&two, 11);
            for (int i = 0; i < sizes[a]; i++)
                drift_hll_add_int(&one, i);
            for (int i = 0; i < sizes[b]; i++)
                drift_hll_add_int(&two, i);
            drift_hll_merge(&s, &one);
            assert_float_equal(drift_hll_estimate(&s), drift_hll_estimate(&one), 0);
            drift_hll_merge(&s, &one);
            drift_hll_merge(&s, &two);
            drift_hll_merge(&s, &two);
            assert_int_equal(s.lg, 11);
            int most = sizes[a] > sizes[b] ? sizes[a] : sizes[b];
            assert_float_equal(drift_hll_estimate(&s), most, 0.1 * most + 1e-3);
            assert_true(drift_hll_bytes(&s) <= sizeof s + 2048);
            drift_hll_done(&s);
            drift_hll_done(&one);
            drift_hll_done(&two);
        }
}

static void numbers_are_told_apart_by_their_value(void **state)
{
    (void)state;
    struct drift_hll s;
    drift_hll_init(&s, 12);
    drift_hll_add_double(&s, 0.0);
    drift_hll_add_double(&s, -0.0);
    drift_hll_add_double(&s, NAN);
    assert_int_equal(s.n, 1);
    drift_hll_add_double(&s, INFINITY);
    drift_hll_add_bytes(&s, "", 0);
    drift_hll_add_bytes(&s, "", 0);
    assert_int_equal(s.n, 3);
    drift_hll_done(&s);
    struct drift_murmur h = drift_murmur_hash("The quick brown fox jumps over the lazy dog", 43, 0);
    assert_true(h.low == 0xe34bbc7bbc071b6cu && h.high == 0x7a433ca9c49a9347u);
}

static void bad_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        size_t at;
        uint8_t byte;
        const char *why;
    } cases[] = {
        {"hll8_3", 0, 3, "mode"},       {"hll8_3", 1, 2, "version"},         {"hll8_3", 2, 15, "family"},
        {"hll8_3", 3, 3, "lg 3"},       {"hll8_3", 3, 22, "lg 22"},          {"hll8_3", 6, 2, "not 2 coupons"},
        {"hll8_3", 7, 3, "mode"},       {"hll8_3", 7, 12, "mode"},           {"hll8_3", 11, 0, "value 0"},
        {"hll8_100", 8, 99, "coupons"}, {"hll8_5000", 15, 0xff, "estimate"}, {"hll8_5000", 40, 64, "the value 64"},
        {"hll8_5000", 36, 1, "behind"}, {"hll4_5000", 36, 200, "overflows"}, {"hll4_5000", 6, 80, "behind"},
        {"hll8_0", 7, 9, "mode"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str bytes = {0};
        struct drift_hll s;
        struct error err = {0};
        golden_read(cases[i].file, &bytes);
        bytes.s[cases[i].at] = (char)cases[i].byte;
        if (drift_hll_image_read(&s, bytes.s, bytes.len, &err) != ERR_INVALID || !strstr(err.text, cases[i].why))
            fail_msg("%s, byte %zu as %u: %s, not %s", cases[i].file, cases[i].at, cases[i].byte, err.text,
                     cases[i].why);
        str_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_have_its_bytes),
        cmocka_unit_test(many_values_have_its_registers),
        cmocka_unit_test(its_bytes_give_its_answers),
        cmocka_unit_test(the_stated_error_is_true),
        cmocka_unit_test(what_was_seen_already_adds_nothing),
        cmocka_unit_test(numbers_are_told_apart_by_their_value),
        cmocka_unit_test(bad_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
