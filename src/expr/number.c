/* Numbers with units, and how they compare. */
#include "expr/expr_internal.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct unit {
    const char *name;
    enum expr_measure measure;
    int64_t times;
    int per; /* then divided by */
} units[] = {
    {"", MEASURE_PLAIN, 1, 1},
    {"k", MEASURE_MULTIPLE, 1000, 1},
    {"M", MEASURE_MULTIPLE, 1000000, 1},
    {"G", MEASURE_MULTIPLE, 1000000000, 1},
    {"T", MEASURE_MULTIPLE, 1000000000000, 1},
    {"B", MEASURE_SIZE, 1, 1},
    {"kB", MEASURE_SIZE, 1000, 1},
    {"KB", MEASURE_SIZE, 1000, 1},
    {"MB", MEASURE_SIZE, 1000000, 1},
    {"GB", MEASURE_SIZE, 1000000000, 1},
    {"TB", MEASURE_SIZE, 1000000000000, 1},
    {"PB", MEASURE_SIZE, 1000000000000000, 1},
    {"KiB", MEASURE_SIZE, 1LL << 10, 1},
    {"MiB", MEASURE_SIZE, 1LL << 20, 1},
    {"GiB", MEASURE_SIZE, 1LL << 30, 1},
    {"TiB", MEASURE_SIZE, 1LL << 40, 1},
    {"PiB", MEASURE_SIZE, 1LL << 50, 1},
    {"ms", MEASURE_DURATION, 1, 1},
    {"s", MEASURE_DURATION, 1000, 1},
    {"m", MEASURE_DURATION, 60000, 1},
    {"h", MEASURE_DURATION, 3600000, 1},
    {"d", MEASURE_DURATION, 86400000, 1},
    {"w", MEASURE_DURATION, 7 * 86400000LL, 1},
    {"%", MEASURE_PERCENT, 1, 100},
};

static const struct {
    const char *name;
    double value;
} words[] = {
    {"inf", INFINITY},       {"+inf", INFINITY},       {"-inf", -INFINITY}, {"infinity", INFINITY},
    {"+infinity", INFINITY}, {"-infinity", -INFINITY}, {"nan", NAN},        {"never", INFINITY},
};

static size_t digits(const char *p)
{
    return strspn(p, "0123456789");
}

/* The length of a number at p: digits [. digits] [e [sign] digits]; 0 if there is none. */
static size_t number_length(const char *p, bool *whole)
{
    size_t n = digits(p);
    *whole = true;
    if (!n)
        return 0;
    if (p[n] == '.' && digits(p + n + 1)) {
        n += 1 + digits(p + n + 1);
        *whole = false;
    }
    if (p[n] == 'e' || p[n] == 'E') {
        size_t sign = p[n + 1] == '+' || p[n + 1] == '-';
        size_t exponent = digits(p + n + 1 + sign);
        if (exponent) {
            n += 1 + sign + exponent;
            *whole = false;
        }
    }
    return n;
}

static const struct unit *find_unit(const char *p, size_t len)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, p, len) == 0)
            return &units[i];
    return NULL;
}

static long double parse_decimal(const char *p)
{
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    long double v = strtold_l(p, NULL, c);
    freelocale(c);
    return v;
}

/* One number with its unit at *p, without sign. */
static int parse_part(const char **p, struct expr_scalar *ret)
{
    struct expr_scalar s;
    size_t n = number_length(*p, &s.whole);
    if (!n)
        return ERR_INVALID;
    size_t len = strcspn(*p + n, "0123456789.+-");
    const struct unit *u = find_unit(*p + n, len);
    if (!u)
        return ERR_INVALID;
    s.measure = u->measure;
    s.v = parse_decimal(*p) * (long double)u->times / u->per;
    if (s.whole) {
        errno = 0;
        s.i = strtoll(*p, NULL, 10);
        s.whole = errno == 0 && u->per == 1 && !__builtin_mul_overflow(s.i, u->times, &s.i);
    }
    *p += n + len;
    *ret = s;
    return 0;
}

int expr_number_parse(const char *text, struct expr_scalar *ret)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i].name) == 0) {
            *ret = (struct expr_scalar){.measure = MEASURE_PLAIN, .v = words[i].value};
            return 0;
        }
    }
    bool negative = *text == '-';
    const char *p = text + (*text == '-' || *text == '+');
    struct expr_scalar sum;
    int rc = parse_part(&p, &sum);
    if (rc < 0)
        return rc;
    while (*p) { /* "1h30m" */
        struct expr_scalar more;
        rc = parse_part(&p, &more);
        if (rc < 0)
            return rc;
        if (sum.measure != MEASURE_DURATION || more.measure != MEASURE_DURATION)
            return ERR_INVALID;
        sum.v += more.v;
        sum.whole = sum.whole && more.whole && !__builtin_add_overflow(sum.i, more.i, &sum.i);
    }
    if (negative) {
        sum.v = -sum.v;
        sum.i = sum.whole ? -sum.i : 0;
    }
    *ret = sum;
    return 0;
}

struct expr_number expr_number_of(const struct expr_scalar *s, int divisor)
{
    if (s->whole && s->i % divisor == 0)
        return (struct expr_number){.i = s->i / divisor};
    double d = (double)(s->v / divisor);
    if (d == floor(d) && fabs(d) < 0x1p53)
        return (struct expr_number){.i = (int64_t)d};
    return (struct expr_number){.real = true, .d = d};
}

struct expr_number expr_number_times(struct expr_number n, int64_t factor)
{
    struct expr_number product = {0};
    if (!n.real && !__builtin_mul_overflow(n.i, factor, &product.i))
        return product;
    product.real = true;
    product.d = (n.real ? n.d : (double)n.i) * (double)factor;
    return product;
}

/* d is no NaN. */
static enum expr_relation compare_int_real(int64_t i, double d)
{
    if (d >= 0x1p63)
        return RELATION_LT;
    if (d < -0x1p63)
        return RELATION_GT;
    int64_t whole = (int64_t)d; /* towards 0, so that the rest has d's sign */
    if (i != whole)
        return i < whole ? RELATION_LT : RELATION_GT;
    double rest = d - (double)whole;
    return rest > 0 ? RELATION_LT : rest < 0 ? RELATION_GT : RELATION_EQ;
}

static enum expr_relation reversed(enum expr_relation r)
{
    return r == RELATION_LT ? RELATION_GT : r == RELATION_GT ? RELATION_LT : r;
}

enum expr_relation expr_number_compare(struct expr_number a, struct expr_number b)
{
    bool nan_a = a.real && isnan(a.d), nan_b = b.real && isnan(b.d);
    if (nan_a || nan_b)
        return nan_a && nan_b ? RELATION_EQ : RELATION_UNORDERED;
    if (a.real && b.real)
        return a.d < b.d ? RELATION_LT : a.d > b.d ? RELATION_GT : RELATION_EQ;
    if (a.real)
        return reversed(compare_int_real(b.i, a.d));
    if (b.real)
        return compare_int_real(a.i, b.d);
    return a.i < b.i ? RELATION_LT : a.i > b.i ? RELATION_GT : RELATION_EQ;
}
