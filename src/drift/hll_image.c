/* HyperLogLog sketches to and from DataSketches' bytes. */
#include "drift/hll_image.h"

#include "drift/image.h"

#include <math.h>

enum {
    LIST_INTS = 2,
    SET_INTS = 3,
    REGISTER_INTS = 10,
    FAMILY = 7,
    EMPTY = 4,
    COMPACT = 8,
    MERGED = 16,
    LIST = 0,
    SET = 1,
    REGISTERS = 2,
    EIGHT_BITS = 2 << 2,
    OVERFLOW = 15, /* of 4 bits: the register's value stands elsewhere */
    ADDRESS_BITS = 26,
};

struct head {
    uint8_t ints, lg, lg_room, flags, count, mode, width; /* width: 4, 6 or 8 bits */
};

static void put_head(struct str *out, const struct drift_hll *s, unsigned ints, unsigned lg_room, unsigned mode)
{
    bool empty = !s->registers && !s->n;
    drift_image_put_uint(out, ints, 1);
    drift_image_put_uint(out, 1, 1);
    drift_image_put_uint(out, FAMILY, 1);
    drift_image_put_uint(out, s->lg, 1);
    drift_image_put_uint(out, lg_room, 1);
    drift_image_put_uint(out, COMPACT | (empty ? EMPTY : 0) | (s->registers && s->merged ? MERGED : 0), 1);
    drift_image_put_uint(out, mode == LIST ? s->n : 0, 1);
    drift_image_put_uint(out, mode | EIGHT_BITS, 1);
}

void drift_hll_image_write(const struct drift_hll *s, struct str *out)
{
    if (s->registers) {
        put_head(out, s, REGISTER_INTS, 0, REGISTERS);
        drift_image_put_double(out, s->merged ? 0 : s->hip);
        drift_image_put_double(out, s->large);
        drift_image_put_double(out, s->small);
        drift_image_put_uint(out, s->zeros, 4);
        drift_image_put_uint(out, 0, 4);
        str_bytes(out, s->registers, (size_t)1 << s->lg);
        return;
    }
    if (s->room > DRIFT_HLL_LIST) {
        put_head(out, s, SET_INTS, (unsigned)__builtin_ctz(s->room), SET);
        drift_image_put_uint(out, s->n, 4);
    } else {
        put_head(out, s, LIST_INTS, 3, LIST);
    }
    for (uint32_t i = 0; i < s->room; i++)
        if (s->coupons[i])
            drift_image_put_uint(out, s->coupons[i], 4);
}

static int read_head(struct head *h, struct drift_image *in, struct error *err)
{
    static const uint8_t ints[] = {LIST_INTS, SET_INTS, REGISTER_INTS};
    h->ints = (uint8_t)drift_image_uint(in, 1);
    unsigned version = (unsigned)drift_image_uint(in, 1), family = (unsigned)drift_image_uint(in, 1);
    h->lg = (uint8_t)drift_image_uint(in, 1);
    h->lg_room = (uint8_t)drift_image_uint(in, 1);
    h->flags = (uint8_t)drift_image_uint(in, 1);
    h->count = (uint8_t)drift_image_uint(in, 1);
    unsigned mode = (unsigned)drift_image_uint(in, 1);
    h->mode = mode & 3;
    h->width = (uint8_t)(4 + 2 * (mode >> 2 & 3));
    if (in->over || family != FAMILY || version != 1)
        return error_set(err, ERR_INVALID, "HLL sketch: family %u and version %u, not %d and 1", family, version,
                         FAMILY);
    if (h->mode > REGISTERS || h->width > 8 || h->ints != ints[h->mode])
        return error_set(err, ERR_INVALID, "HLL sketch: mode %u with %u preamble ints", mode, h->ints);
    if (h->lg < DRIFT_HLL_LG_LEAST || h->lg > DRIFT_HLL_LG_MOST)
        return error_set(err, ERR_INVALID, "HLL sketch: lg %u, not %d to %d", h->lg, DRIFT_HLL_LG_LEAST,
                         DRIFT_HLL_LG_MOST);
    return 0;
}

/* Coupons of a list or a set, with free places between them unless compact. */
static int read_coupons(struct drift_hll *s, const struct head *h, struct drift_image *in, struct error *err)
{
    uint32_t count = h->mode == LIST ? h->count : (uint32_t)drift_image_uint(in, 4), found = 0;
    size_t places = in->left / 4;
    if (in->over || in->left % 4 || count > places || (h->flags & COMPACT && count != places) ||
        places > (size_t)1 << h->lg)
        return error_set(err, ERR_INVALID, "HLL sketch: %zu bytes are not %u coupons", in->left, count);
    for (; in->left;) {
        uint32_t coupon = (uint32_t)drift_image_uint(in, 4);
        found += coupon != 0;
        if (coupon && !(coupon >> ADDRESS_BITS))
            return error_set(err, ERR_INVALID, "HLL sketch: a coupon of value 0");
        if (coupon)
            drift_hll_put(s, coupon);
    }
    if (found != count)
        return error_set(err, ERR_INVALID, "HLL sketch: %u coupons, not %u", found, count);
    return 0;
}

/* The value in a register; 4 bits are above the least value. */
static unsigned unpack(const uint8_t *packed, size_t slot, unsigned width)
{
    if (width == 8)
        return packed[slot];
    if (width == 4)
        return slot % 2 ? packed[slot / 2] >> 4 : packed[slot / 2] & 15;
    size_t bit = slot * 6;
    return (unsigned)(packed[bit / 8] | packed[bit / 8 + 1] << 8) >> bit % 8 & 63;
}

static int read_overflows(struct drift_hll *s, const struct head *h, uint32_t count, struct drift_image *in,
                          struct error *err)
{
    uint32_t found = 0, n = (uint32_t)1 << h->lg;
    size_t places = in->left / 4;
    if (in->left % 4 || count > places || (h->flags & COMPACT && count != places) || places > n)
        return error_set(err, ERR_INVALID, "HLL sketch: %zu bytes are not %u overflows", in->left, count);
    while (in->left) {
        uint32_t pair = (uint32_t)drift_image_uint(in, 4);
        if (!pair)
            continue;
        uint32_t slot = pair & (n - 1), value = pair >> ADDRESS_BITS;
        if (s->registers[slot] != UINT8_MAX || value < (uint32_t)h->count + OVERFLOW)
            return error_set(err, ERR_INVALID, "HLL sketch: an overflow of %u that register %u does not have", value,
                             slot);
        s->registers[slot] = (uint8_t)value;
        found++;
    }
    if (found != count)
        return error_set(err, ERR_INVALID, "HLL sketch: %u overflows, not %u", found, count);
    return 0;
}

/* The sums that registers give; those of the bytes are not relied upon. */
static int sum_registers(struct drift_hll *s, struct error *err)
{
    uint32_t n = (uint32_t)1 << s->lg;
    s->large = s->small = s->zeros = 0;
    for (uint32_t i = 0; i < n; i++) {
        unsigned value = s->registers[i];
        if (value > DRIFT_HLL_VALUE)
            return error_set(err, ERR_INVALID, "HLL sketch: register %u has the value %u", i, value);
        s->zeros += value == 0;
        *(value < 32 ? &s->large : &s->small) += ldexp(1, -(int)value);
    }
    return 0;
}

static int read_registers(struct drift_hll *s, const struct head *h, struct drift_image *in, struct error *err)
{
    size_t n = (size_t)1 << h->lg, bytes = h->width == 6 ? n / 4 * 3 + 1 : n * h->width / 8;
    double hip = drift_image_double(in);
    drift_image_bytes(in, 16 + 4);
    uint32_t overflows = (uint32_t)drift_image_uint(in, 4);
    const uint8_t *packed = drift_image_bytes(in, bytes);
    if (in->over)
        return error_set(err, ERR_INVALID, "HLL sketch: it ends within its registers");
    if (!(h->flags & MERGED) && !(hip >= 0 && hip <= 0x1p80))
        return error_set(err, ERR_INVALID, "HLL sketch: an estimate of %g", hip);
    if (h->width == 4 ? h->count > DRIFT_HLL_VALUE : in->left || overflows)
        return error_set(err, ERR_INVALID, "HLL sketch: %zu bytes behind its registers", in->left);
    drift_hll_promote(s);
    for (size_t i = 0; i < n; i++) {
        unsigned value = unpack(packed, i, h->width);
        s->registers[i] = (uint8_t)(h->width == 4 ? value == OVERFLOW ? UINT8_MAX : value + h->count : value);
    }
    int rc = h->width == 4 ? read_overflows(s, h, overflows, in, err) : 0;
    if (!rc)
        rc = sum_registers(s, err);
    s->hip = hip;
    s->merged = h->flags & MERGED;
    return rc;
}

int drift_hll_image_read(struct drift_hll *out, const void *bytes, size_t len, struct error *err)
{
    struct drift_image in = {bytes, len, false};
    struct head h = {0};
    int rc = read_head(&h, &in, err);
    if (rc)
        return rc;
    struct drift_hll s;
    drift_hll_init(&s, h.lg);
    if (h.flags & EMPTY)
        rc = h.mode == LIST && !h.count ? 0 : error_set(err, ERR_INVALID, "HLL sketch: empty, but not an empty list");
    else if (h.mode == REGISTERS)
        rc = read_registers(&s, &h, &in, err);
    else
        rc = read_coupons(&s, &h, &in, err);
    if (rc)
        drift_hll_done(&s);
    else
        *out = s;
    return rc;
}
