/* Integers and times of the text formats. */
#include "prom/text_number.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>

static unsigned digit(char c)
{
    return (unsigned)(unsigned char)c - '0';
}

int prom_text_number_integer(const char *s, size_t len, int64_t *ret)
{
    const char *p = s, *const end = s + len;
    const bool negative = p < end && *p == '-';
    uint64_t n = 0;
    const uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return ERR_INVALID;
    bool beyond = false;
    for (; p < end; p++) {
        if (digit(*p) > 9)
            return ERR_INVALID;
        beyond |= n > (most - digit(*p)) / 10;
        n = beyond ? 0 : n * 10 + digit(*p);
    }
    if (beyond)
        return ERR_LIMIT;
    *ret = negative ? (int64_t)-n : (int64_t)n;
    return 0;
}

int prom_text_number_seconds(const char *s, size_t len, double *ret)
{
    double number;
    const int code = number_read(s, len, &number);
    if (code || !isfinite(number))
        return code ? code : ERR_INVALID;
    *ret = number;
    return 0;
}

int64_t prom_text_number_ms(double seconds)
{
    const double ms = round(seconds * 1000);
    if (ms >= 0x1p63)
        return INT64_MAX;
    return ms <= -0x1p63 ? INT64_MIN + 1 : (int64_t)ms;
}
