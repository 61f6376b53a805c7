/* Packed cells: where a value lies is the sum of the lengths before it, added up eight at a time. */
#include "table/packed.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORD = 8, /* columns whose bytes are looked at together */
    QUALITY_BITS = 7,
    LENGTH_SHIFT = 3,
    LENGTH_BITS = 7 << LENGTH_SHIFT,
    LENGTH_EIGHT = 7, /* the code of eight bytes; seven are stored as eight */
    STEP = 8,         /* the block grows by so much at a time, as a slab's pieces do */
};

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static size_t tags_size(size_t n)
{
    return (n + WORD - 1) / WORD * WORD;
}

static size_t block_size(size_t used)
{
    return used ? (used + STEP - 1) / STEP * STEP : STEP;
}

/* The bytes of the values whose tags these are, in any order. */
static size_t lengths_of(uint64_t tags)
{
    uint64_t codes = tags >> LENGTH_SHIFT & EACH(7);
    uint64_t eights = codes & codes >> 1 & codes >> 2 & EACH(1);
    return (size_t)((codes + eights) * EACH(1) >> 56); /* at most 64: no sum overflows its byte */
}

/* The tags of columns from at on, where a word begins, up to column end: at most eight, the first one lowest. Words of tags are
 * whole ones. */
static uint64_t tags_at(const struct packed *p, size_t at, size_t end)
{
    uint64_t tags;
    memcpy(&tags, p->bytes + at, WORD);
    return end - at < WORD ? tags & ~(UINT64_MAX << 8 * (end - at)) : tags;
}

/* The bytes of all values before column. */
static size_t lengths_before(const struct packed *p, size_t column)
{
    size_t sum = 0;
    for (size_t at = 0; at < column; at += WORD)
        sum += lengths_of(tags_at(p, at, column));
    return sum;
}

static size_t length_of(unsigned char tag)
{
    size_t code = (tag & LENGTH_BITS) >> LENGTH_SHIFT;
    return code + (code == LENGTH_EIGHT);
}

void packed_init(struct packed *p, struct slab *slab, size_t n)
{
    size_t size = block_size(tags_size(n));
    p->bytes = slab_alloc(slab, size);
    memset(p->bytes, 0, size);
}

void packed_done(struct packed *p, struct slab *slab, size_t n)
{
    slab_free(slab, p->bytes, packed_size(p, n));
    p->bytes = NULL;
}

size_t packed_size(const struct packed *p, size_t n)
{
    return block_size(tags_size(n) + lengths_before(p, n));
}

void packed_copy(struct packed *to, struct slab *slab, const struct packed *from, size_t n)
{
    size_t size = packed_size(from, n);
    to->bytes = slab_alloc(slab, size);
    memcpy(to->bytes, from->bytes, size);
}

void packed_first(struct packed *to, struct slab *slab, size_t n, const struct packed *from, size_t old)
{
    size_t values = lengths_before(from, n);
    to->bytes = slab_alloc(slab, block_size(tags_size(n) + values));
    memcpy(to->bytes, from->bytes, n);
    memset(to->bytes + n, 0, tags_size(n) - n);
    for (size_t i = 0; i < n; i++)
        to->bytes[i] &= QUALITY_BITS | LENGTH_BITS;
    memcpy(to->bytes + tags_size(n), from->bytes + tags_size(old), values);
}

void packed_settle(struct packed *p, struct slab *slab, size_t n)
{
    p->bytes = slab_settle(slab, p->bytes, packed_size(p, n));
}

static uint64_t to_bits(int64_t i, bool real)
{
    if (real)
        return __builtin_bswap64((uint64_t)i);
    return (uint64_t)i << 1 ^ (i < 0 ? UINT64_MAX : 0);
}

static int64_t from_bits(uint64_t bits, bool real)
{
    if (real)
        return (int64_t)__builtin_bswap64(bits);
    return (int64_t)(bits >> 1 ^ (bits & 1 ? UINT64_MAX : 0));
}

static uint64_t load(const unsigned char *at, size_t n)
{
    uint64_t bits = 0;
    while (n--)
        bits = bits << 8 | at[n];
    return bits;
}

static void store(unsigned char *at, uint64_t bits, size_t n)
{
    for (size_t i = 0; i < n; i++, bits >>= 8)
        at[i] = (unsigned char)bits;
}

/* How many bytes say something; 7 is taken as 8. */
static size_t length_needed(uint64_t bits)
{
    size_t n = bits ? (71 - (size_t)__builtin_clzll(bits)) / 8 : 0;
    return n == LENGTH_EIGHT ? n + 1 : n;
}

struct value packed_get(const struct packed *p, size_t n, size_t column, bool real)
{
    unsigned char tag = p->bytes[column];
    size_t length = length_of(tag);
    struct value v = {.quality = (enum quality)(tag & QUALITY_BITS)};
    if (length)
        v.i = from_bits(load(p->bytes + tags_size(n) + lengths_before(p, column), length), real);
    return v;
}

/* Makes the block as large as used bytes need, which were old. */
static void fit(struct packed *p, struct slab *slab, size_t old, size_t used)
{
    if (block_size(old) != block_size(used))
        p->bytes = slab_resize(slab, p->bytes, block_size(old), block_size(used));
}

void packed_set(struct packed *p, struct slab *slab, size_t n, size_t column, bool real, struct value v)
{
    unsigned char *tag = &p->bytes[column];
    uint64_t bits = v.quality == QUALITY_UNKNOWN ? 0 : to_bits(v.i, real);
    size_t old = length_of(*tag), length = length_needed(bits);
    size_t code = length == WORD ? LENGTH_EIGHT : length;
    *tag = (unsigned char)((*tag & ~(QUALITY_BITS | LENGTH_BITS)) | v.quality | code << LENGTH_SHIFT);
    size_t at = tags_size(n) + lengths_before(p, column);
    if (old != length) {
        size_t used = tags_size(n) + lengths_before(p, n), before = used + old - length;
        size_t behind = before - at - old;
        if (length > old)
            fit(p, slab, before, used);
        memmove(p->bytes + at + length, p->bytes + at + old, behind);
        if (length < old)
            fit(p, slab, before, used);
    }
    store(p->bytes + at, bits, length);
}

void packed_resize(struct packed *p, struct slab *slab, size_t old, size_t n)
{
    size_t from = tags_size(old), to = tags_size(n), values = lengths_before(p, old);
    if (to > from)
        fit(p, slab, from + values, to + values);
    memmove(p->bytes + to, p->bytes + from, values);
    if (n > old)
        memset(p->bytes + old, 0, to - old);
    if (to < from)
        fit(p, slab, from + values, to + values);
}

void packed_cut(struct packed *p, struct slab *slab, size_t n, size_t first, size_t count)
{
    memmove(p->bytes + first, p->bytes + first + count, n - first - count);
    memset(p->bytes + n - count, 0, count);
    packed_resize(p, slab, n, n - count);
}

bool packed_any_marked(const struct packed *p, size_t n)
{
    uint64_t any = 0;
    for (size_t at = 0; at < tags_size(n); at += WORD) {
        uint64_t tags;
        memcpy(&tags, p->bytes + at, WORD);
        any |= tags & EACH(0x40);
    }
    return any;
}

void packed_age(struct packed *p, size_t n)
{
    for (size_t at = 0; at < tags_size(n); at += WORD) {
        uint64_t tags;
        memcpy(&tags, p->bytes + at, WORD);
        tags = (tags & EACH(0x3F)) | (tags & EACH(0x40)) << 1;
        memcpy(p->bytes + at, &tags, WORD);
    }
}
