/* Cells as text: every unit, its edges, and that no locale or hostile name gets through. */
#include "table/format.h"
#include "base/text.h"

#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct format_options human = {.now_ms = 1000000000000, .utc = true};
static const struct format_options exact = {
    .now_ms = 1000000000000, .utc = true, .exact = true, .absolute = true, .ascii = true};

static void check(struct str *out, const char *want)
{
    assert_string_equal(str_text(out), want);
    str_clear(out);
}

static void si_has_three_digits(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } cases[] = {
        {0, "0"},          {12, "12"},          {999, "999"},
        {1000, "1.00 k"},  {1240312, "1.24 M"}, {84200000, "84.2 M"},
        {999499, "999 k"}, {999500, "1.00 M"},  {9994, "9.99 k"},
        {9996, "10.0 k"},  {99960, "100 k"},    {-1500, "-1.50 k"},
        {0.5, "0.500"},    {0.0004, "< 0.001"}, {-0.0004, "> -0.001"},
        {3.14159, "3.14"}, {0.99951, "1.00"},   {12.34, "12.3"},
        {999.7, "1.00 k"}, {1e18, "1.00 E"},    {1e21, "1.00e+21"},
        {INFINITY, "inf"}, {-INFINITY, "-inf"}, {NAN, "NaN"},
        {-0.0, "0"},
    };
    struct str out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        format_si(&out, cases[i].v);
        check(&out, cases[i].want);
    }
    str_done(&out);
}

static void durations_have_two_units(void **state)
{
    (void)state;
    static const struct {
        double v;
        const char *want;
    } cases[] = {
        {0, "0"},
        {0.2, "< 1 s"},
        {-0.2, "> -1 s"},
        {48, "48 s"},
        {59.9, "59 s"},
        {60, "1 m"},
        {73, "1 m 13 s"},
        {7200, "2 h"},
        {22320, "6 h 12 m"},
        {273600, "3 d 4 h"},
        {86400.0 * 770, "2 y 40 d"},
        {-70, "-1 m 10 s"},
        {INFINITY, "never"},
        {NAN, "-"},
        {1e300, "3.17e+292 y"},
        {-INFINITY, "-inf"},
    };
    struct str out = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        format_duration(&out, cases[i].v);
        check(&out, cases[i].want);
    }
    str_done(&out);
}

static void bytes_are_scaled(void **state)
{
    (void)state;
    struct str out = {0};
    format_bytes(&out, 512, true);
    check(&out, "512 B");
    format_bytes(&out, 12400, true);
    check(&out, "12.4 kB");
    format_bytes(&out, 1200000000, true);
    check(&out, "1.2 GB");
    format_bytes(&out, -1500, true);
    check(&out, "-1.5 kB");
    format_bytes(&out, INT64_MIN, true);
    check(&out, "-9.2 EB");
    format_bytes(&out, INT64_MAX, true);
    check(&out, "9.2 EB");
    format_bytes(&out, 1023, false);
    check(&out, "1023 B");
    format_bytes(&out, 1024, false);
    check(&out, "1.0 KiB");
    format_bytes(&out, 12400, false);
    check(&out, "12.1 KiB");
    format_bytes(&out, 1023 * 1024, false);
    check(&out, "1023 KiB");
    format_bytes(&out, 1024 * 1024 - 1, false);
    check(&out, "1.0 MiB");
    format_bytes(&out, -(INT64_C(3) << 30), false);
    check(&out, "-3.0 GiB");
    format_bytes(&out, INT64_MIN, false);
    check(&out, "-8.0 EiB");
    str_done(&out);
}

/* One cell, drawn for people, exactly, and raw. */
struct drawn {
    enum column_type type;
    enum column_unit unit;
    struct value v;
    const char *human, *exact, *raw;
};

#define INT(n)                                                                                                         \
    {                                                                                                                  \
        .i = (n), .quality = QUALITY_EXACT                                                                             \
    }
#define REAL(n)                                                                                                        \
    {                                                                                                                  \
        .d = (n), .quality = QUALITY_EXACT                                                                             \
    }

static const struct drawn drawn[] = {
    {COLUMN_INT, UNIT_MESSAGES, INT(1240312), "1.24 M", "1,240,312", "1240312"},
    {COLUMN_INT, UNIT_MESSAGES, INT(-1240312), "-1.24 M", "-1,240,312", "-1240312"},
    {COLUMN_INT, UNIT_MESSAGES, INT(INT64_MAX), "9.22 E", "9,223,372,036,854,775,807", "9223372036854775807"},
    {COLUMN_INT, UNIT_NONE, INT(INT64_MIN), "-9.22 E", "-9,223,372,036,854,775,808", "-9223372036854775808"},
    {COLUMN_INT, UNIT_ID, INT(19092), "19092", "19092", "19092"},
    {COLUMN_INT, UNIT_OFFSET, INT(9182004), "9,182,004", "9,182,004", "9182004"},
    {COLUMN_INT, UNIT_BYTES, INT(12400), "12.1 KiB", "12,400 B", "12400"},
    {COLUMN_INT, UNIT_SECONDS, INT(22320), "6 h 12 m", "6 h 12 m", "22320"},
    {COLUMN_INT, UNIT_MS, INT(850), "850 ms", "850 ms", "850"},
    {COLUMN_INT, UNIT_MS, INT(20700), "20.7 s", "20,700 ms", "20700"},
    {COLUMN_INT, UNIT_MS, INT(-20700), "-20.7 s", "-20,700 ms", "-20700"},
    {COLUMN_INT, UNIT_MS, INT(120000), "2 m", "120,000 ms", "120000"},
    {COLUMN_REAL, UNIT_PER_SECOND, REAL(84200), "84.2 k", "84,200", "84200"},
    {COLUMN_REAL, UNIT_PER_SECOND, REAL(1234567.25), "1.23 M", "1,234,567.25", "1234567.25"},
    {COLUMN_REAL, UNIT_NONE, REAL(-1903.4482758), "-1.90 k", "-1,903.448", "-1903.4482758"},
    {COLUMN_REAL, UNIT_NONE, REAL(1999.9996), "2.00 k", "2,000", "1999.9996"},
    {COLUMN_REAL, UNIT_NONE, REAL(0.1), "0.100", "0.1", "0.1"},
    {COLUMN_REAL, UNIT_NONE, REAL(1e300), "1.00e+300", "1e+300", "1e+300"},
    {COLUMN_REAL, UNIT_NONE, REAL(0.1 + 0.2), "0.300", "0.3", "0.30000000000000004"},
    {COLUMN_REAL, UNIT_NONE, REAL(NAN), "NaN", "NaN", "nan"},
    {COLUMN_REAL, UNIT_NONE, REAL(-NAN), "NaN", "NaN", "nan"},
    {COLUMN_REAL, UNIT_NONE, REAL(INFINITY), "inf", "inf", "inf"},
    {COLUMN_REAL, UNIT_NONE, REAL(-INFINITY), "-inf", "-inf", "-inf"},
    {COLUMN_REAL, UNIT_SECONDS, REAL(NAN), "NaN", "NaN", "nan"},
    {COLUMN_REAL, UNIT_SECONDS, REAL(INFINITY), "never", "never", "inf"},
    {COLUMN_REAL, UNIT_SECONDS, REAL(22327.5), "6 h 12 m", "6 h 12 m 7.5 s", "22327.5"},
    {COLUMN_REAL, UNIT_SECONDS, REAL(0.25), "< 1 s", "0.25 s", "0.25"},
    {COLUMN_REAL, UNIT_SECONDS, REAL(0), "0", "0", "0"},
    {COLUMN_REAL, UNIT_RATIO, REAL(0.982), "98.2 %", "98.2 %", "0.982"},
    {COLUMN_REAL, UNIT_RATIO, REAL(0), "0.0 %", "0 %", "0"},
    {COLUMN_REAL, UNIT_RATIO, REAL(1), "100 %", "100 %", "1"},
    {COLUMN_REAL, UNIT_BYTES, REAL(1.5e9), "1.4 GiB", "1,500,000,000 B", "1500000000"},
    {COLUMN_REAL, UNIT_BYTES, REAL(1e19), "1e+19 B", "1e+19 B", "1e+19"},
    {COLUMN_TIME, UNIT_NONE, INT(1000000000000 - 73000), "1 m 13 s", "2001-09-09 01:45:27.000Z",
     "2001-09-09T01:45:27.000Z"},
    {COLUMN_TIME, UNIT_NONE, INT(1000000000000 + 14250), "in 14 s", "2001-09-09 01:46:54.250Z",
     "2001-09-09T01:46:54.250Z"},
    {COLUMN_TIME, UNIT_NONE, INT(1000000000000), "< 1 s", "2001-09-09 01:46:40.000Z", "2001-09-09T01:46:40.000Z"},
    {COLUMN_TIME, UNIT_NONE, INT(INT64_MAX), "in 292 M y", "292278994-08-17 07:12:55.807Z", "9223372036854775807"},
    {COLUMN_BOOL, UNIT_NONE, INT(1), "yes", "yes", "true"},
    {COLUMN_BOOL, UNIT_NONE, INT(0), "no", "no", "false"},
};

static void check_drawn(const struct drawn *d)
{
    struct str out = {0};
    struct column c = {.name = "c", .type = d->type, .unit = d->unit};
    format_cell(&out, &c, d->v, &human);
    check(&out, d->human);
    format_cell(&out, &c, d->v, &exact);
    check(&out, d->exact);
    format_raw(&out, &c, d->v);
    check(&out, d->raw);
    str_done(&out);
}

static void cells_by_unit(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof drawn / sizeof *drawn; i++)
        check_drawn(&drawn[i]);
}

static void no_locale_moves_the_point(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    size_t i = 0, n = sizeof locales / sizeof *locales;
    while (i < n && !setlocale(LC_ALL, locales[i]))
        i++;
    if (i == n)
        skip(); /* no locale with a decimal comma is installed */
    for (i = 0; i < sizeof drawn / sizeof *drawn; i++)
        check_drawn(&drawn[i]);
    setlocale(LC_ALL, "C");
}

static void quality_is_a_sign(void **state)
{
    (void)state;
    struct column lag = {.name = "lag_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS};
    struct column seen = {.name = "seen", .type = COLUMN_TIME};
    struct str out = {0};
    format_cell(&out, &lag, (struct value){.d = 7200, .quality = QUALITY_GE}, &human);
    check(&out, "≥ 2 h");
    format_cell(&out, &lag, (struct value){.d = 7200, .quality = QUALITY_LE}, &human);
    check(&out, "≤ 2 h");
    format_cell(&out, &lag, (struct value){.d = 7200, .quality = QUALITY_EST}, &human);
    check(&out, "~2 h");
    static const struct {
        double seconds;
        enum quality quality;
        const char *human, *exact;
    } short_ones[] = {
        {0.4, QUALITY_EST, "< 1 s", "~0.4 s"}, {0.4, QUALITY_LE, "< 1 s", "<= 0.4 s"},
        {0.4, QUALITY_GE, "-", ">= 0.4 s"},    {0, QUALITY_GE, "-", ">= 0"},
        {0, QUALITY_EST, "~0", "~0"},          {INFINITY, QUALITY_EST, "never", "~never"},
        {1, QUALITY_GE, "≥ 1 s", ">= 1 s"},
    };
    for (size_t i = 0; i < sizeof short_ones / sizeof *short_ones; i++) {
        struct value v = {.d = short_ones[i].seconds, .quality = short_ones[i].quality};
        format_cell(&out, &lag, v, &human);
        check(&out, short_ones[i].human);
        format_cell(&out, &lag, v, &exact);
        check(&out, short_ones[i].exact);
    }
    format_cell(&out, &lag, (struct value){.d = 7200, .quality = QUALITY_STALE}, &human);
    check(&out, "2 h");
    format_cell(&out, &lag, (struct value){.d = 7200, .quality = QUALITY_GE}, &exact);
    check(&out, ">= 2 h");
    format_cell(&out, &lag, value_unknown(), &human);
    check(&out, "-");
    format_raw(&out, &lag, value_unknown());
    check(&out, "");
    /* at or after that time: at most that old */
    struct value late = {.i = human.now_ms - 5000, .quality = QUALITY_GE};
    format_cell(&out, &seen, late, &human);
    check(&out, "≤ 5 s");
    format_cell(&out, &seen, late, &exact);
    check(&out, ">= 2001-09-09 01:46:35.000Z");
    str_done(&out);
}

static void names_are_safe_or_raw(void **state)
{
    (void)state;
    static const char bytes[] = "a\033[31m\xff\0b";
    struct names *pool = names_new();
    struct name *n = name_intern(pool, bytes, sizeof bytes - 1);
    struct column c = {.name = "group", .type = COLUMN_TEXT};
    struct value v = {.s = n, .quality = QUALITY_EXACT};
    struct str out = {0};
    format_cell(&out, &c, v, &human);
    assert_null(memchr(out.s, '\033', out.len));
    assert_true(text_is_utf8(out.s, out.len));
    str_clear(&out);
    format_raw(&out, &c, v);
    assert_int_equal(out.len, sizeof bytes - 1);
    assert_memory_equal(out.s, bytes, out.len);
    str_done(&out);
    name_unref(n);
    names_free(pool);
    assert_false(format_right(&c));
    c.type = COLUMN_TIME;
    assert_true(format_right(&c));
}

/* What a metric is measured in by its name, where nothing says it. */
static void metrics_say_their_units(void **state)
{
    (void)state;
    static const struct format_options now = {.now_ms = 1800000000000, .utc = true};
    static const struct column columns[] = {
        {.name = "metric", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
        {.name = "value", .type = COLUMN_REAL},
        {.name = "unit", .type = COLUMN_TEXT},
    };
    static const struct table_def def = {.name = "metrics",
                                         .group = {.name = "prom", .columns = columns, .ncolumns = 3}};
    static const struct {
        const char *metric, *unit;
        double v;
        const char *want;
    } cases[] = {
        {"request_seconds", "", 0.035, "35 ms"},
        {"request_seconds_sum", "", 90, "1 m 30 s"},
        {"process_cpu_seconds_total", "", 2.5, "2.5 s"},
        {"request_seconds_count", "", 0.5, "0.500"},
        {"process_resident_memory_bytes", "", 1536, "1.5 KiB"},
        {"read_bytes_total", "", 1536, "1.5 KiB"},
        {"hit_ratio", "", 0.25, "25.0 %"},
        {"pause_milliseconds", "", 12, "12 ms"},
        {"up", "", 1, "1"},
        {"_seconds", "", 1, "1"}, /* of nothing */
        {"process_start_time_seconds", "", 1799999980, "20 s ago"},
        {"process_start_time_seconds", "seconds", 1800003600, "in 1 h"},
        {"response_time_seconds", "", 1.5, "1.5 s"},
        {"last_success_timestamp_seconds", "", 1.8e9, "< 1 s ago"},
        {"requests_created", "", 1.8e9, "< 1 s ago"},
        {"requests_created", "", 7, "7"},
        {"size_bytes", "count", 2048, "2.05 k"}, /* what is told comes first */
        {"size_bytes", "bananas", 2048, "2.05 k"},
        {"start_time_seconds", "", NAN, "NaN"},
        {"x_bytes", "", INFINITY, "inf"},
    };
    struct store *store = store_new(&clock_system);
    struct table *t;
    struct str out = {0};
    assert_int_equal(store_add(store, &def, NULL, &t, NULL), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct name *n = name_intern(store_names(store), cases[i].metric, strlen(cases[i].metric));
        struct value key = {.s = n, .quality = QUALITY_EXACT};
        struct row *r = table_upsert(t, &key, 0);
        struct column own;
        name_unref(n);
        table_set(t, r, 1, value_real(cases[i].v));
        if (*cases[i].unit)
            table_set_text(t, r, 2, cases[i].unit);
        format_cell(&out, format_column(t, r, 1, &own), row_get(r, 1), &now);
        check(&out, cases[i].want);
    }
    str_done(&out);
    store_free(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(si_has_three_digits),       cmocka_unit_test(durations_have_two_units),
        cmocka_unit_test(bytes_are_scaled),          cmocka_unit_test(cells_by_unit),
        cmocka_unit_test(no_locale_moves_the_point), cmocka_unit_test(quality_is_a_sign),
        cmocka_unit_test(names_are_safe_or_raw),     cmocka_unit_test(metrics_say_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
