/* Decimal numbers to doubles: short ones by one multiplication or division, which is exact; the others by strtod. And back. */
#include "base/number.h"

#include "base/error.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    FAST_DIGITS = 19,     /* all of these fit into 64 bits */
    SLOW_DIGITS = 800,    /* halfway between two doubles lies nothing that is longer than 767 */
    EXPONENT = 100000000, /* more is as much */
};

struct decimal {
    bool negative;
    uint64_t mantissa;  /* of the first FAST_DIGITS significant digits */
    int64_t exponent;   /* of ten, with that mantissa */
    const char *digits; /* from here; a point may be among them */
    const char *digits_end;
    bool cut; /* there are more than FAST_DIGITS */
};

static unsigned digit(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

/* What follows an `e`. Returns where it ends, NULL if there is none. */
static const char *read_exponent(const char *p, const char *end, int64_t *ret)
{
    const bool negative = p < end && *p == '-';
    int64_t e = 0;
    if (p < end && (*p == '+' || *p == '-'))
        p++;
    if (p == end || digit(*p) > 9)
        return NULL;
    for (; p < end && digit(*p) <= 9; p++)
        e = e < EXPONENT ? e * 10 + digit(*p) : e;
    *ret += negative ? -e : e;
    return p;
}

static int read_decimal(const char *p, const char *end, struct decimal *d)
{
    uint64_t m = 0;
    int64_t exponent = 0;
    bool cut = false;
    size_t n = 0; /* digits in m, zeros at the beginning apart */
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    const char *const digits = p;
    for (; p < end && digit(*p) <= 9; p++) {
        if (n < FAST_DIGITS) {
            m = m * 10 + digit(*p);
            n += m != 0;
        } else {
            cut = true;
            exponent++;
        }
    }
    bool any = p > digits;
    if (p < end && *p == '.') {
        const char *const fraction = ++p;
        for (; p < end && digit(*p) <= 9; p++) {
            if (n < FAST_DIGITS) {
                m = m * 10 + digit(*p);
                n += m != 0;
                exponent--;
            } else {
                cut = true;
            }
        }
        any |= p > fraction;
    }
    d->digits_end = p;
    if (any && p < end && (*p | 0x20) == 'e')
        p = read_exponent(p + 1, end, &exponent);
    if (!any || p != end)
        return ERR_INVALID;
    d->digits = digits;
    d->mantissa = m;
    d->exponent = exponent;
    d->cut = cut;
    return 0;
}

/* Any length: the digits without the point, the last one standing for all that are left out. */
static double slow(const struct decimal *d)
{
    char buf[SLOW_DIGITS + 40];
    size_t n = 0;
    int64_t exponent = d->exponent; /* of d->mantissa, whose digits are the first min(n, FAST_DIGITS) */
    bool more = false;
    for (const char *p = d->digits; p < d->digits_end; p++) {
        if (*p == '.' || (!n && *p == '0'))
            continue;
        if (n < SLOW_DIGITS)
            buf[n++] = *p;
        else
            more |= *p != '0';
    }
    if (n > FAST_DIGITS)
        exponent -= (int64_t)(n - FAST_DIGITS);
    if (more) {
        buf[n++] = '1';
        exponent--;
    }
    snprintf(buf + n, sizeof buf - n, "e%lld", (long long)exponent);
    return strtod(buf, NULL);
}

/* Exact where the mantissa and the power of ten are doubles. */
static bool fast(const struct decimal *d, double *ret)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int64_t most = sizeof tens / sizeof *tens - 1;
    if (d->cut || d->mantissa > UINT64_C(1) << DBL_MANT_DIG || d->exponent < -most || d->exponent > most)
        return false;
    const double m = (double)d->mantissa;
    *ret = d->exponent < 0 ? m / tens[-d->exponent] : m * tens[d->exponent];
    return true;
}

/* The same with 64 bits of mantissa. Rounding that to a double once more is right unless it lies just halfway between two. */
static bool middling(const struct decimal *d, double *ret)
{
#if LDBL_MANT_DIG == 64 && defined __x86_64__
    static const long double tens[] = {1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,
                                       1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L,
                                       1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
    const int64_t most = sizeof tens / sizeof *tens - 1;
    if (d->cut || d->exponent < -most || d->exponent > most)
        return false;
    const long double m = (long double)d->mantissa;
    const long double r = d->exponent < 0 ? m / tens[-d->exponent] : m * tens[d->exponent];
    uint64_t bits; /* the mantissa lies before the exponent */
    memcpy(&bits, &r, sizeof bits);
    if ((bits & 0x7ff) == 0x400)
        return false;
    *ret = (double)r;
    return true;
#else
    (void)d, (void)ret;
    return false;
#endif
}

static bool is(const char *s, size_t len, const char *word)
{
    return len == strlen(word) && strncasecmp(s, word, len) == 0;
}

static int read_word(const char *s, size_t len, double *ret)
{
    if (is(s, len, "nan")) {
        *ret = NAN;
        return 0;
    }
    const bool negative = len && *s == '-';
    if (len && (*s == '-' || *s == '+')) {
        s++;
        len--;
    }
    if (!is(s, len, "inf") && !is(s, len, "infinity"))
        return ERR_INVALID;
    *ret = negative ? -INFINITY : INFINITY;
    return 0;
}

int number_read(const char *s, size_t len, double *ret)
{
    struct decimal d;
    double number = 0;
    if (read_decimal(s, s + len, &d))
        return read_word(s, len, ret);
    if (d.mantissa && !fast(&d, &number) && !middling(&d, &number))
        number = slow(&d);
    if (isinf(number))
        return ERR_LIMIT;
    *ret = d.negative ? -number : number;
    return 0;
}

size_t number_shortest(double v, char buf[NUMBER_BYTES])
{
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(buf, NUMBER_BYTES, "%.*g", digits, v);
        if (strtod(buf, NULL) == v)
            break;
    }
    return (size_t)n;
}
