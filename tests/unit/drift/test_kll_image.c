/* Quantile sketches' bytes: those of DataSketches to the byte while all values are held, and its answers from its bytes. */
#include "tests/unit/unit.h"

#include "drift/kll_image.h"
#include "drift/kll_view.h"
#include "golden.h"
#include "numbers.h"
#include "random.h"

#include "base/str.h"

static void few_values_have_its_bytes(void **state)
{
    (void)state;
    static const struct {
        double values[3];
        size_t n;
        const char *hex;
    } cases[] = {
        {{1, 2, 3},
         3,
         "05010f00c80008000300000000000000c8000100c5000000000000000000f03f000000000000084000000000000008400000000000000"
         "04000"
         "0000000000f03f"},
        {{7}, 1, "02020f04c80008000000000000001c40"},
        {{0}, 0, "02010f01c8000800"},
    };
    for (size_t i = 0; i < 3; i++) {
        struct drift_kll s, again;
        struct str bytes = {0};
        drift_kll_init(&s, 200);
        drift_kll_add(&s, cases[i].values, cases[i].n);
        drift_kll_image_write(&s, &bytes);
        golden_hex(&bytes, cases[i].hex);
        assert_int_equal(drift_kll_image_read(&again, bytes.s, bytes.len, NULL), 0);
        assert_int_equal(again.n, cases[i].n);
        str_clear(&bytes);
        drift_kll_image_write(&again, &bytes);
        golden_hex(&bytes, cases[i].hex);
        str_done(&bytes);
        drift_kll_done(&s);
        drift_kll_done(&again);
    }
}

/* What the package says of a sketch is what we say of its bytes, and of ours made of it. */
static void see_golden(const struct numbers *line)
{
    struct str bytes = {0}, ours = {0};
    struct drift_kll s, again;
    golden_read(line->kind, &bytes);
    assert_int_equal(drift_kll_image_read(&s, bytes.s, bytes.len, NULL), 0);
    drift_kll_image_write(&s, &ours);
    assert_int_equal(ours.len, bytes.len); /* all levels as they were */
    assert_memory_equal(ours.s, bytes.s, 3);
    assert_int_equal(drift_kll_image_read(&again, ours.s, ours.len, NULL), 0);
    for (int i = 0; i < 2; i++) {
        const struct drift_kll *one = i ? &again : &s;
        const double *v = line->values;
        struct drift_kll_view view;
        drift_kll_view_init(&view, one);
        assert_int_equal(one->k, v[0]);
        assert_int_equal(one->n, v[1]);
        assert_true(drift_kll_min(one) == v[2] && drift_kll_max(one) == v[3]);
        if (one->levels > 1) {
            numbers_close(drift_kll_error(one, false), v[4], 1e-12, line);
            numbers_close(drift_kll_error(one, true), v[5], 1e-12, line);
        }
        v += 6;
        for (int j = 0; j < 15; j++, v += 3) {
            numbers_close(drift_kll_view_rank(&view, v[0], false), v[1], 1e-15, line);
            numbers_close(drift_kll_view_rank(&view, v[0], true), v[2], 1e-15, line);
        }
        for (int j = 0; j < 8; j++, v += 3) {
            numbers_close(drift_kll_view_quantile(&view, v[0], false), v[1], 1e-15, line);
            numbers_close(drift_kll_view_quantile(&view, v[0], true), v[2], 1e-15, line);
        }
        drift_kll_view_done(&view);
    }
    str_done(&bytes);
    str_done(&ours);
    drift_kll_done(&s);
    drift_kll_done(&again);
}

static void its_bytes_give_its_answers(void **state)
{
    (void)state;
    numbers_each("sketches/kll.txt", see_golden);
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    static const unsigned ks[] = {8, 100, 200, 1000, 3000};
    uint64_t random = 9;
    for (size_t k = 0; k < 5; k++)
        for (size_t n = 1; n < 300000; n = n * 3 + 1) {
            struct drift_kll s, again;
            struct str bytes = {0}, twice = {0};
            drift_kll_init(&s, ks[k]);
            for (size_t i = 0; i < n; i++)
                drift_kll_add(&s, &(double){random_normal(&random)}, 1);
            drift_kll_image_write(&s, &bytes);
            assert_int_equal(drift_kll_image_read(&again, bytes.s, bytes.len, NULL), 0);
            assert_true(drift_kll_min(&again) == drift_kll_min(&s) && drift_kll_max(&again) == drift_kll_max(&s));
            assert_int_equal(again.n, n);
            drift_kll_image_write(&again, &twice);
            struct drift_kll_view a, b;
            drift_kll_view_init(&a, &s);
            drift_kll_view_init(&b, &again);
            for (double x = -3; x <= 3; x += 0.25)
                assert_float_equal(drift_kll_view_rank(&a, x, true), drift_kll_view_rank(&b, x, true),
                                   drift_kll_error(&again, true));
            drift_kll_view_done(&a);
            drift_kll_view_done(&b);
            str_done(&bytes);
            str_done(&twice);
            drift_kll_done(&s);
            drift_kll_done(&again);
        }
}

static void bad_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
        const char *why;
    } cases[] = {
        {0, 2, "preamble"},
        {1, 3, "version"},
        {2, 7, "family"},
        {3, 5, "preamble"},
        {4, 3, "k 3"},
        {6, 4, "m 4"},
        {8, 4, "n = 4"},
        {16, 201, "least"},
        {18, 0, "levels"},
        {18, 51, "levels"},
        {20, 0xc6, "stand for 2"},
        {31, 0x40, "from 65536 to"},
        {47, 0x41, "is not from"},
        {39, 0, "from 1 to"},
    };
    struct drift_kll s;
    struct str bytes = {0};
    struct error err;
    drift_kll_init(&s, 200);
    drift_kll_add(&s, (double[]){1, 2, 3}, 3);
    drift_kll_image_write(&s, &bytes);
    drift_kll_done(&s);
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(drift_kll_image_read(&s, bytes.s, len, &err), ERR_INVALID);
    str_char(&bytes, 0);
    assert_int_equal(drift_kll_image_read(&s, bytes.s, bytes.len, &err), ERR_INVALID);
    str_cut(&bytes, bytes.len - 1);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char was = bytes.s[cases[i].at];
        bytes.s[cases[i].at] = (char)cases[i].byte;
        if (drift_kll_image_read(&s, bytes.s, bytes.len, &err) != ERR_INVALID || !strstr(err.text, cases[i].why))
            fail_msg("byte %zu as %u: %s, not %s", cases[i].at, cases[i].byte, err.text, cases[i].why);
        bytes.s[cases[i].at] = was;
    }
    str_done(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_values_have_its_bytes),
        cmocka_unit_test(its_bytes_give_its_answers),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(bad_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
