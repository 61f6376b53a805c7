/* Decimal numbers: what is one, to the last bit. */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>

static uint64_t bits(double d)
{
    uint64_t b;
    memcpy(&b, &d, sizeof b);
    return b;
}

static void check(const char *text)
{
    double number = 0;
    if (number_read(text, strlen(text), &number))
        fail_msg("%s is not read", text);
    if (bits(number) != bits(strtod(text, NULL)))
        fail_msg("%s is read as %a, not %a", text, number, strtod(text, NULL));
}

static void test_exact(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0",
        "-0",
        "+0",
        "1",
        "-1",
        "+1",
        "007",
        "1.",
        ".5",
        "-.5",
        "1.5e3",
        "1E+3",
        "1e-3",
        "1e0",
        "0e99999",
        "0.000",
        "9007199254740992",
        "9007199254740993",
        "9007199254740994",
        "9007199254740995",
        "123456789012345678",
        "0.1",
        "0.3",
        "1.7952986215400001e+09",
        "4.7731e-05",
        "1e22",
        "1e23",
        "1e-22",
        "1e-23",
        "8.5e27",
        "18446744073709551615",
        "18446744073709551616",
        "9999999999999999999",
        "99999999999999999999999999999",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "4.9e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-400",
        "1e-99999999999",
        "0.500000000000000166533453693773481063544750213623046875",
        "3.0000000000000004440892098500626",
        "1.00000000000000011102230246251565404236316680908203125",  /* halfway: to the even one */
        "1.00000000000000011102230246251565404236316680908203124",  /* just below */
        "1.000000000000000111022302462515654042363166809082031251", /* just above */
        "100000000000000000000000000000000000000000000000000e-50",
        "0.00000000000000000000000000000000000000000000000000000000000000000001e70",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check(texts[i]);
}

static uint64_t next(void)
{
    static uint64_t x = 88172645463325252u;
    x ^= x << 13;
    x ^= x >> 7;
    return x ^= x << 17;
}

/* Every way of writing any double, and digits with any exponent. */
static void test_random(void **state)
{
    (void)state;
    char text[512];
    for (int i = 0; i < 200000; i++) {
        const uint64_t r = next();
        double d;
        memcpy(&d, &r, sizeof d);
        if (i & 1)
            d = (double)(int64_t)next() / (double)(1 + (next() & 0xffff));
        if (!isfinite(d) || fabs(d) > 1e300)
            continue;
        if (i & 2)
            snprintf(text, sizeof text, "%.*g", i % 19 + 1, d);
        else
            snprintf(text, sizeof text, "%.*e", i % 29, d);
        check(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(next() >> (next() & 63)),
                 (unsigned long long)(next() >> (next() & 63)), (int)(next() % 80) - 40);
        check(text);
    }
}

/* Longer than any buffer, with what decides at the end. */
static void test_long(void **state)
{
    (void)state;
    enum { ZEROS = 5000 };
    static char text[ZEROS + 100];
    const char *const half = "1.00000000000000011102230246251565404236316680908203125";
    size_t n = (size_t)snprintf(text, sizeof text, "%s", half);
    memset(text + n, '0', ZEROS);
    check(text);
    snprintf(text + n + ZEROS, 2, "1");
    check(text);
    memset(text, '9', ZEROS);
    snprintf(text + ZEROS, 20, "e-%d", ZEROS - 5);
    check(text);
    memset(text, '0', ZEROS);
    snprintf(text + ZEROS, 20, "12.5");
    check(text);
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
    } words[] = {{"Inf", INFINITY},      {"+Inf", INFINITY},       {"-Inf", -INFINITY},    {"inf", INFINITY},
                 {"INFINITY", INFINITY}, {"-infinity", -INFINITY}, {"+iNfInItY", INFINITY}};
    double number = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        assert_int_equal(number_read(words[i].text, strlen(words[i].text), &number), 0);
        assert_true(number == words[i].want);
    }
    assert_int_equal(number_read("NaN", 3, &number), 0);
    assert_true(isnan(number));
    assert_int_equal(number_read("nan", 3, &number), 0);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",      "+",     "-",      ".",   "-.",    "e5",   "1e",    "1e+", "1e5.",
                                        "1_000", "0x1",   "0x1p-3", "0b1", "0o7",   "1p3",  "1,5",   "1 ",  " 1",
                                        "1..2",  "1.2.3", "--1",    "+-1", "+nan",  "-NaN", "infin", "in",  "nano",
                                        "1e5e",  "1f",    "\t1",    "٣",   "1\xc2", "1e_5", "_1"};
    double number = 42;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (number_read(texts[i], strlen(texts[i]), &number) != ERR_INVALID)
            fail_msg("\"%s\" is read", texts[i]);
    assert_int_equal(number_read("1\0", 2, &number), ERR_INVALID);
    assert_int_equal(number_read("1e400", 5, &number), ERR_LIMIT);
    assert_int_equal(number_read("-1.8e308", 8, &number), ERR_LIMIT);
    assert_int_equal(number_read("1e99999999999999999999", 22, &number), ERR_LIMIT);
    assert_true(number == 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact), cmocka_unit_test(test_random),  cmocka_unit_test(test_long),
        cmocka_unit_test(test_words), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
