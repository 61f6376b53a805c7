/* MurmurHash3 x64-128: sixteen bytes a step, read as little-endian. */
#include "drift/murmur.h"

#define C1 0x87c37b91114253d5u
#define C2 0x4cf5ad432745937fu

static uint64_t rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

/* Up to eight bytes; the compiler makes one load of eight. */
static uint64_t load(const uint8_t *b, size_t n)
{
    uint64_t value = 0;
    if (n >= 8)
        return (uint64_t)b[0] | (uint64_t)b[1] << 8 | (uint64_t)b[2] << 16 | (uint64_t)b[3] << 24 |
               (uint64_t)b[4] << 32 | (uint64_t)b[5] << 40 | (uint64_t)b[6] << 48 | (uint64_t)b[7] << 56;
    for (size_t i = 0; i < n; i++)
        value |= (uint64_t)b[i] << (8 * i);
    return value;
}

static uint64_t mix_low(uint64_t k)
{
    return rotate(k * C1, 31) * C2;
}

static uint64_t mix_high(uint64_t k)
{
    return rotate(k * C2, 33) * C1;
}

static uint64_t finish(uint64_t h)
{
    h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
    h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
    return h ^ h >> 33;
}

struct drift_murmur drift_murmur_hash(const void *bytes, size_t len, uint64_t seed)
{
    const uint8_t *at = bytes;
    uint64_t a = seed, b = seed;
    size_t left = len;
    for (; left >= 16; left -= 16, at += 16) {
        a = (rotate(a ^ mix_low(load(at, 8)), 27) + b) * 5 + 0x52dce729;
        b = (rotate(b ^ mix_high(load(at + 8, 8)), 31) + a) * 5 + 0x38495ab5;
    }
    if (left > 8)
        b ^= mix_high(load(at + 8, left - 8));
    if (left)
        a ^= mix_low(load(at, left));
    a ^= len;
    b ^= len;
    a += b;
    b += a;
    a = finish(a);
    b = finish(b);
    a += b;
    b += a;
    return (struct drift_murmur){a, b};
}
