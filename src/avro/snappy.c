/* Snappy: literals and copies of what was written before, each with one byte that says which. */
#include "avro/snappy.h"

#include <stdbool.h>
#include <string.h>

struct cursor {
    const unsigned char *p, *end;
};

static int bad(struct error *err, const char *what)
{
    return error_set(err, ERR_INVALID, "snappy: %s", what);
}

static bool length_of(struct cursor *c, uint64_t *ret)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35 && c->p < c->end; shift += 7) {
        unsigned char byte = *c->p++;
        v |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = v;
            return v <= UINT32_MAX;
        }
    }
    return false;
}

/* n bytes, little endian; false if they are not there. */
static bool number(struct cursor *c, unsigned n, uint32_t *ret)
{
    *ret = 0;
    if ((size_t)(c->end - c->p) < n)
        return false;
    for (unsigned i = 0; i < n; i++)
        *ret |= (uint32_t)*c->p++ << (8 * i);
    return true;
}

/* The length of a literal: in its tag, or in one to four bytes behind it. */
static bool literal_length(struct cursor *c, unsigned tag, size_t *ret)
{
    uint32_t n = tag >> 2;
    if (n >= 60 && !number(c, n - 59, &n))
        return false;
    *ret = (size_t)n + 1;
    return true;
}

/* The length and the distance of a copy. */
static bool copy_of(struct cursor *c, unsigned tag, size_t *len, size_t *back)
{
    uint32_t low;
    if ((tag & 3) == 1) {
        if (!number(c, 1, &low))
            return false;
        *len = ((tag >> 2) & 7) + 4;
        *back = (size_t)(tag >> 5) << 8 | low;
        return true;
    }
    if (!number(c, (tag & 3) == 2 ? 2 : 4, &low))
        return false;
    *len = (tag >> 2) + 1;
    *back = low;
    return true;
}

int avro_snappy_length(const void *bytes, size_t len, size_t *ret, struct error *err)
{
    struct cursor c = {bytes, (const unsigned char *)bytes + len};
    uint64_t n;
    if (!length_of(&c, &n))
        return bad(err, "no length");
    *ret = (size_t)n;
    return 0;
}

int avro_snappy_inflate(const void *bytes, size_t len, void *out, size_t out_len, struct error *err)
{
    struct cursor c = {bytes, (const unsigned char *)bytes + len};
    unsigned char *to = out;
    uint64_t told;
    size_t at = 0, n, back;
    if (!length_of(&c, &told) || told != out_len)
        return bad(err, "no length");
    while (c.p < c.end) {
        unsigned tag = *c.p++;
        if ((tag & 3) == 0) {
            if (!literal_length(&c, tag, &n) || n > (size_t)(c.end - c.p) || n > out_len - at)
                return bad(err, "a literal that does not fit");
            memcpy(to + at, c.p, n);
            c.p += n;
            at += n;
            continue;
        }
        if (!copy_of(&c, tag, &n, &back) || back == 0 || back > at || n > out_len - at)
            return bad(err, "a copy that does not fit");
        for (; n; n--, at++) /* it may overlap itself */
            to[at] = to[at - back];
    }
    return at == out_len ? 0 : bad(err, "shorter than it says");
}
