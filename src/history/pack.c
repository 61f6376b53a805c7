/* Packed integers, reals and byte strings. */
#include "history/pack.h"

#include <math.h>
#include <string.h>

enum { DECIMALS_MAX = 4 };

static const double powers[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000};

void history_pack_uint(struct str *out, uint64_t v)
{
    char buf[10];
    size_t n = 0;
    while (v >= 0x80) {
        buf[n++] = (char)(v | 0x80);
        v >>= 7;
    }
    buf[n++] = (char)v;
    str_bytes(out, buf, n);
}

void history_pack_int(struct str *out, int64_t v)
{
    history_pack_uint(out, ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0));
}

void history_pack_bytes(struct str *out, const void *bytes, size_t len)
{
    history_pack_uint(out, len);
    str_bytes(out, bytes, len);
}

static void pack_fixed(struct str *out, uint64_t bits, size_t size)
{
    char buf[8];
    for (size_t i = 0; i < size; i++)
        buf[i] = (char)(bits >> (8 * i));
    str_bytes(out, buf, size);
}

static uint64_t unpack_fixed(struct history_unpack *u, size_t size)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++)
        bits |= (uint64_t)history_unpack_byte(u) << (8 * i);
    return bits;
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* True if v is *digits / 10^*k for a small k; then that is shorter than its bits. */
static bool as_decimal(double v, int *k, int64_t *digits)
{
    enum { DIGITS_LIMIT = 1 << 27 }; /* 4 bytes packed, so that the whole stays below a raw one */
    for (*k = 0; *k <= DECIMALS_MAX; ++*k) {
        double scaled = v * powers[*k];
        if (!(fabs(scaled) < DIGITS_LIMIT))
            return false;
        *digits = llrint(scaled);
        if (same_bits((double)*digits / powers[*k], v))
            return true;
    }
    return false;
}

enum history_real_form history_pack_real(struct str *out, double v)
{
    int k;
    int64_t digits;
    if (as_decimal(v, &k, &digits)) {
        str_char(out, (char)k);
        history_pack_int(out, digits);
        return HISTORY_REAL_DECIMAL;
    }
    float single = (float)v;
    if (!isnan(v) && same_bits(single, v)) { /* a NaN's payload may not survive the conversion */
        uint32_t bits;
        memcpy(&bits, &single, sizeof bits);
        pack_fixed(out, bits, sizeof bits);
        return HISTORY_REAL_SINGLE;
    }
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    pack_fixed(out, bits, sizeof bits);
    return HISTORY_REAL_RAW;
}

uint8_t history_unpack_byte(struct history_unpack *u)
{
    if (u->at == u->end) {
        u->bad = true;
        return 0;
    }
    return *u->at++;
}

uint64_t history_unpack_uint(struct history_unpack *u)
{
    uint64_t v = 0;
    for (unsigned shift = 0;; shift += 7) {
        uint8_t byte = history_unpack_byte(u);
        if (shift == 63 && byte > 1)
            u->bad = true;
        if (u->bad)
            return 0;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return v;
    }
}

int64_t history_unpack_int(struct history_unpack *u)
{
    uint64_t v = history_unpack_uint(u);
    return (int64_t)((v >> 1) ^ (v & 1 ? UINT64_MAX : 0));
}

const void *history_unpack_bytes(struct history_unpack *u, size_t *len)
{
    uint64_t n = history_unpack_uint(u);
    if (n > (uint64_t)(u->end - u->at)) {
        u->bad = true;
        n = 0;
    }
    const void *bytes = u->at;
    u->at += n;
    *len = (size_t)n;
    return bytes;
}

double history_unpack_real(struct history_unpack *u, enum history_real_form form)
{
    if (form == HISTORY_REAL_DECIMAL) {
        uint8_t k = history_unpack_byte(u);
        int64_t digits = history_unpack_int(u);
        if (k > DECIMALS_MAX) {
            u->bad = true;
            return 0;
        }
        return (double)digits / powers[k];
    }
    if (form == HISTORY_REAL_SINGLE) {
        uint32_t bits = (uint32_t)unpack_fixed(u, sizeof bits);
        float single;
        memcpy(&single, &bits, sizeof single);
        return single;
    }
    uint64_t bits = unpack_fixed(u, sizeof bits);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}
