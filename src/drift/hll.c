/* Distinct values: coupons while they are few, registers beyond. */
#include "drift/hll.h"

#include "base/mem.h"
#include "drift/murmur.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 9001, ADDRESS_BITS = 26, ADDRESS = (1 << ADDRESS_BITS) - 1 };

void drift_hll_init(struct drift_hll *s, unsigned lg)
{
    lg = lg < DRIFT_HLL_LG_LEAST ? DRIFT_HLL_LG_LEAST : lg;
    *s = (struct drift_hll){.lg = (uint8_t)(lg > DRIFT_HLL_LG_MOST ? DRIFT_HLL_LG_MOST : lg)};
}

void drift_hll_done(struct drift_hll *s)
{
    free(s->coupons);
    free(s->registers);
    *s = (struct drift_hll){0};
}

/* Distinct values behind c distinct coupons. Two values have the same coupon with probability p = 2^-26 sum 4^-v = 2^-26 / 3,
 * so that n values give n - n(n-1)/2 p coupons, but for further terms, which are nothing here. */
static double of_coupons(double c)
{
    return c + c * (c - 1) / 2 / 3 * 0x1p-26;
}

/* 2^-value, value at most 63. */
static double part_of(unsigned value)
{
    return 1 / (double)((uint64_t)1 << value);
}

/* A register's number goes up. */
static void set_register(struct drift_hll *s, size_t slot, unsigned value)
{
    unsigned was = s->registers[slot];
    if (value <= was)
        return;
    s->hip += (double)((uint32_t)1 << s->lg) / (s->large + s->small);
    s->zeros -= was == 0;
    *(was < 32 ? &s->large : &s->small) -= part_of(was);
    *(value < 32 ? &s->large : &s->small) += part_of(value);
    s->registers[slot] = (uint8_t)value;
}

static void put_register(struct drift_hll *s, uint32_t coupon)
{
    set_register(s, coupon & (((uint32_t)1 << s->lg) - 1), coupon >> ADDRESS_BITS);
}

void drift_hll_promote(struct drift_hll *s)
{
    uint32_t registers = (uint32_t)1 << s->lg;
    double estimate = of_coupons(s->n);
    s->registers = mem_calloc(registers, 1);
    s->large = s->zeros = registers;
    for (uint32_t i = 0; i < s->room; i++)
        if (s->coupons[i])
            put_register(s, s->coupons[i]);
    s->hip = estimate;
    free(s->coupons);
    s->coupons = NULL;
    s->n = s->room = 0;
}

/* The place of a coupon in a table, or the free one where it belongs. The address is a hash already. */
static uint32_t *place(uint32_t *table, uint32_t room, uint32_t coupon)
{
    uint32_t i = (coupon ^ coupon >> ADDRESS_BITS) & (room - 1);
    while (table[i] && table[i] != coupon)
        i = (i + 1) & (room - 1);
    return &table[i];
}

static void grow(struct drift_hll *s, uint32_t room)
{
    uint32_t *table = mem_calloc(room, sizeof *table);
    for (uint32_t i = 0; i < s->room; i++)
        if (s->coupons[i])
            *place(table, room, s->coupons[i]) = s->coupons[i];
    free(s->coupons);
    s->coupons = table;
    s->room = room;
}

/* A new coupon is in: a full list becomes a table, a table three quarters full a larger one, the largest registers. */
static void make_room(struct drift_hll *s)
{
    if (s->room == DRIFT_HLL_LIST ? s->n < DRIFT_HLL_LIST : s->n * 4 <= s->room * 3)
        return;
    uint32_t room = s->room == DRIFT_HLL_LIST ? DRIFT_HLL_TABLE : s->room * 2;
    if (room > (uint32_t)1 << s->lg >> 3)
        drift_hll_promote(s);
    else
        grow(s, room);
}

void drift_hll_put(struct drift_hll *s, uint32_t coupon)
{
    if (s->registers) {
        put_register(s, coupon);
        return;
    }
    if (!s->coupons)
        s->coupons = mem_calloc(s->room = DRIFT_HLL_LIST, sizeof *s->coupons);
    uint32_t *at = s->coupons;
    if (s->room == DRIFT_HLL_LIST)
        while (at < s->coupons + s->n && *at != coupon)
            at++;
    else
        at = place(s->coupons, s->room, coupon);
    if (*at == coupon)
        return;
    *at = coupon;
    s->n++;
    make_room(s);
}

void drift_hll_add_bytes(struct drift_hll *s, const void *bytes, size_t len)
{
    struct drift_murmur h = drift_murmur_hash(bytes, len, SEED);
    uint32_t value = (uint32_t)(h.high >> 1 ? __builtin_clzll(h.high) : DRIFT_HLL_VALUE - 1) + 1;
    drift_hll_put(s, value << ADDRESS_BITS | (uint32_t)(h.low & ADDRESS));
}

static void add_bits(struct drift_hll *s, uint64_t bits)
{
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(bits >> (8 * i));
    drift_hll_add_bytes(s, bytes, sizeof bytes);
}

void drift_hll_add_double(struct drift_hll *s, double value)
{
    uint64_t bits;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    if (value == value)
        add_bits(s, bits);
}

void drift_hll_add_int(struct drift_hll *s, int64_t value)
{
    add_bits(s, (uint64_t)value);
}

/* Fewer registers: those whose address ends alike become one, the greatest of them. */
static void reduce(struct drift_hll *s, unsigned lg)
{
    uint8_t *registers = s->registers;
    uint32_t n = (uint32_t)1 << s->lg;
    s->lg = (uint8_t)lg;
    s->registers = NULL;
    if (!registers) {
        uint32_t *coupons = s->coupons, room = s->room;
        s->coupons = NULL;
        s->n = s->room = 0;
        for (uint32_t i = 0; i < room; i++)
            if (coupons[i])
                drift_hll_put(s, coupons[i]);
        free(coupons);
        return;
    }
    drift_hll_promote(s);
    for (uint32_t i = 0; i < n; i++)
        set_register(s, i & (((uint32_t)1 << lg) - 1), registers[i]);
    s->merged = true;
    free(registers);
}

void drift_hll_merge(struct drift_hll *s, const struct drift_hll *other)
{
    if (other->lg < s->lg)
        reduce(s, other->lg);
    if (!other->registers) { /* its coupons are as good as its values */
        for (uint32_t i = 0; i < other->room; i++)
            if (other->coupons[i])
                drift_hll_put(s, other->coupons[i]);
        return;
    }
    bool first = !s->registers && !s->n && s->lg == other->lg;
    if (!s->registers)
        drift_hll_promote(s);
    for (uint32_t i = 0; i < (uint32_t)1 << other->lg; i++)
        set_register(s, i & (((uint32_t)1 << s->lg) - 1), other->registers[i]);
    s->merged = !first || other->merged;
    if (first)
        s->hip = other->hip;
}

/* x + sum x^(2^k) 2^(k-1), k from 1: what registers of 0 tell. */
static double sigma(double x)
{
    double sum = x, weight = 1, last;
    if (x >= 1)
        return INFINITY;
    do {
        x *= x;
        last = sum;
        sum += x * weight;
        weight += weight;
    } while (sum > last);
    return sum;
}

/* (1 - x - sum (1 - x^(2^-k))^2 2^-k) / 3, k from 1: what registers tell that could not go further. */
static double tau(double x)
{
    double sum = 1 - x, weight = 1, last;
    if (x <= 0 || x >= 1)
        return 0;
    do {
        x = sqrt(x);
        last = sum;
        weight /= 2;
        sum -= (1 - x) * (1 - x) * weight;
    } while (sum < last);
    return sum / 3;
}

static double of_registers(const struct drift_hll *s)
{
    uint32_t counts[DRIFT_HLL_VALUE + 1] = {0}, n = (uint32_t)1 << s->lg;
    for (uint32_t i = 0; i < n; i++)
        counts[s->registers[i]]++;
    double z = n * tau(1 - counts[DRIFT_HLL_VALUE] / (double)n);
    for (int value = DRIFT_HLL_VALUE - 1; value >= 1; value--)
        z = (z + counts[value]) / 2;
    z += n * sigma(counts[0] / (double)n);
    return (double)n * n / (2 * log(2) * z);
}

double drift_hll_estimate(const struct drift_hll *s)
{
    if (!s->registers)
        return of_coupons(s->n);
    return s->merged ? of_registers(s) : s->hip;
}

double drift_hll_error(const struct drift_hll *s)
{
    if (!s->registers)
        return 0x1p-20;
    return (s->merged ? 1.039 : 0.8326) / sqrt((double)((uint32_t)1 << s->lg));
}

size_t drift_hll_bytes(const struct drift_hll *s)
{
    return sizeof *s + s->room * sizeof *s->coupons + (s->registers ? (size_t)1 << s->lg : 0);
}
