/* KLL: fresh values are sorted some hundred at a time, halved, and merged into the levels above. */
#include "drift/kll.h"

#include "base/mem.h"
#include "base/vec.h"
#include "drift/sort.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { COIN = 0x5bd1e995, PIECE = 16 };

/* k (2/3)^depth, rounded as DataSketches rounds it: in two steps beyond a depth of 30. */
static uint32_t scaled(uint64_t k, unsigned depth)
{
    if (depth > 30)
        return scaled(scaled(k, depth / 2), depth - depth / 2);
    uint64_t power = 1;
    for (unsigned i = 0; i < depth; i++)
        power *= 3;
    return (uint32_t)((((k * 2) << depth) / power + 1) / 2);
}

void drift_kll_init(struct drift_kll *s, unsigned k)
{
    k = k < DRIFT_KLL_K_LEAST ? DRIFT_KLL_K_LEAST : k;
    k = k > DRIFT_KLL_K_MOST ? DRIFT_KLL_K_MOST : k;
    *s = (struct drift_kll){.k = (uint16_t)k, .min_k = (uint16_t)k, .levels = 1, .seed = COIN, .coin = COIN};
    for (s->fresh = DRIFT_KLL_FRESH; s->fresh < k && s->fresh < DRIFT_SORT_MOST;)
        s->fresh *= 2;
    for (unsigned depth = 0; depth < DRIFT_KLL_LEVELS; depth++) {
        uint32_t capacity = scaled(k, depth);
        s->capacity[depth] = capacity > DRIFT_KLL_M ? capacity : DRIFT_KLL_M;
    }
}

void drift_kll_seed(struct drift_kll *s, uint64_t seed)
{
    s->seed = s->coin = seed;
}

void drift_kll_done(struct drift_kll *s)
{
    for (unsigned h = 0; h < DRIFT_KLL_LEVELS; h++)
        free(s->level[h].items);
    *s = (struct drift_kll){0};
}

void drift_kll_clear(struct drift_kll *s)
{
    for (unsigned h = 0; h < DRIFT_KLL_LEVELS; h++)
        s->level[h].n = 0;
    s->n = s->nan = 0;
    s->min_k = s->k;
    s->levels = 1;
    s->coin = s->seed;
}

/* Levels above 0 have little more than they hold: most of what one ever held is in the levels above it now. */
static void resize(struct drift_kll_level *level, size_t n)
{
    size_t room = (n / PIECE + 1) * PIECE;
    if (room != level->room)
        level->items = mem_realloc(level->items, room, sizeof *level->items);
    level->room = (uint32_t)room;
}

void drift_kll_copy(struct drift_kll *to, const struct drift_kll *from)
{
    *to = *from;
    for (unsigned h = 0; h < DRIFT_KLL_LEVELS; h++) {
        to->level[h] = (struct drift_kll_level){0};
        if (!from->level[h].n)
            continue;
        resize(&to->level[h], from->level[h].n);
        to->level[h].n = from->level[h].n;
        memcpy(to->level[h].items, from->level[h].items, from->level[h].n * sizeof(double));
    }
}

/* A coin from the generator (splitmix64), which a value has stirred: sketches of other values throw other coins, and their
 * errors do not add up when they are merged. */
static unsigned toss(struct drift_kll *s, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint64_t z = s->coin = (s->coin ^ bits) * 0xff51afd7ed558ccdu + 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)(z >> 63);
}

/* Merges values in order into a level's, from the back. */
static void merge_into(struct drift_kll_level *level, const double *values, size_t n)
{
    if (level->n + n > level->room)
        resize(level, level->n + n);
    double *a = level->items;
    size_t i = level->n, j = n, at = i + j;
    while (i && j) {
        double x = a[i - 1], y = values[j - 1];
        bool mine = x > y;
        a[--at] = mine ? x : y;
        i -= mine;
        j -= !mine;
    }
    if (j)
        memcpy(a, values, j * sizeof *a);
    level->n += (uint32_t)n;
}

/* Moves every second value of a level in order one up; of an odd number the first stays. */
static void halve(struct drift_kll *s, unsigned h)
{
    struct drift_kll_level *level = &s->level[h];
    size_t stays = level->n % 2, half = level->n / 2;
    double *items = level->items + stays;
    unsigned coin = toss(s, items[half]);
    for (size_t i = 0; i < half; i++)
        items[i] = items[2 * i + coin];
    merge_into(&s->level[h + 1], items, half);
    level->n = (uint32_t)stays;
    if (h)
        resize(level, stays);
    if (s->levels < h + 2)
        s->levels = (uint8_t)(h + 2);
}

uint32_t drift_kll_capacity(const struct drift_kll *s, unsigned levels)
{
    uint32_t sum = 0;
    for (unsigned depth = 0; depth < levels; depth++)
        sum += s->capacity[depth];
    return sum;
}

/* Halves the lowest level that is full, from `lowest` on, until these levels hold what all levels may. When they hold more,
 * one of them is full. The top one stays: 2^49 values of it are more than can be counted. */
static void compress(struct drift_kll *s, unsigned lowest)
{
    size_t held = 0;
    for (unsigned h = lowest; h < s->levels; h++)
        held += s->level[h].n;
    while (held > drift_kll_capacity(s, s->levels)) {
        unsigned h = lowest;
        while (h + 1 < s->levels && s->level[h].n < s->capacity[s->levels - 1 - h])
            h++;
        if (h + 1 == DRIFT_KLL_LEVELS)
            return;
        held -= s->level[h].n / 2;
        halve(s, h);
    }
}

static void sort_fresh(struct drift_kll *s)
{
    struct drift_kll_level *fresh = &s->level[0];
    drift_sort(fresh->items, fresh->n);
    bool first = !(s->levels > 1);
    s->least = first || fresh->items[0] < s->least ? fresh->items[0] : s->least;
    s->most = first || fresh->items[fresh->n - 1] > s->most ? fresh->items[fresh->n - 1] : s->most;
}

void drift_kll_put(struct drift_kll *s, const double *values, size_t n)
{
    struct drift_kll_level *fresh = &s->level[0];
    while (n) {
        size_t part = s->fresh - fresh->n < n ? s->fresh - fresh->n : n;
        if (fresh->n + part > fresh->room) {
            fresh->room = (uint32_t)vec_room(fresh->room, fresh->n + part);
            fresh->items = mem_realloc(fresh->items, fresh->room, sizeof *fresh->items);
        }
        memcpy(fresh->items + fresh->n, values, part * sizeof *values);
        fresh->n += (uint32_t)part;
        values += part;
        n -= part;
        if (fresh->n == s->fresh) {
            sort_fresh(s);
            halve(s, 0);
            compress(s, 1);
        }
    }
}

void drift_kll_add(struct drift_kll *s, const double *values, size_t n)
{
    double kept[DRIFT_KLL_FRESH];
    for (size_t at = 0, part; at < n; at += part) {
        part = n - at < DRIFT_KLL_FRESH ? n - at : DRIFT_KLL_FRESH;
        size_t count = 0;
        for (size_t i = 0; i < part; i++) {
            double x = values[at + i];
            kept[count] = x + 0.0;
            count += x == x;
        }
        s->n += count;
        s->nan += part - count;
        drift_kll_put(s, kept, count);
    }
}

void drift_kll_raise(struct drift_kll *s, unsigned level, const double *sorted, size_t n)
{
    merge_into(&s->level[level], sorted, n);
    if (s->levels <= level)
        s->levels = (uint8_t)(level + 1);
    compress(s, 1);
}

void drift_kll_fold(struct drift_kll *s)
{
    if (!s->level[0].n || drift_kll_retained(s) <= drift_kll_capacity(s, s->levels))
        return;
    sort_fresh(s);
    compress(s, 0);
}

void drift_kll_merge(struct drift_kll *s, const struct drift_kll *other)
{
    double least = drift_kll_min(s), most = drift_kll_max(s), low = drift_kll_min(other), high = drift_kll_max(other);
    s->nan += other->nan;
    if (!other->n)
        return;
    least = s->n && least < low ? least : low;
    most = s->n && most > high ? most : high;
    s->n += other->n;
    for (unsigned h = other->levels; --h >= 1;)
        drift_kll_raise(s, h, other->level[h].items, other->level[h].n);
    if (other->levels > 1 && other->min_k < s->min_k)
        s->min_k = other->min_k;
    drift_kll_put(s, other->level[0].items, other->level[0].n);
    s->least = least;
    s->most = most;
}

double drift_kll_min(const struct drift_kll *s)
{
    double least = s->levels > 1 ? s->least : s->n ? s->level[0].items[0] : NAN;
    for (uint32_t i = 0; i < s->level[0].n; i++)
        least = s->level[0].items[i] < least ? s->level[0].items[i] : least;
    return least;
}

double drift_kll_max(const struct drift_kll *s)
{
    double most = s->levels > 1 ? s->most : s->n ? s->level[0].items[0] : NAN;
    for (uint32_t i = 0; i < s->level[0].n; i++)
        most = s->level[0].items[i] > most ? s->level[0].items[i] : most;
    return most;
}

double drift_kll_error(const struct drift_kll *s, int pmf)
{
    if (s->levels == 1)
        return 0;
    return pmf ? 2.446 / pow(s->min_k, 0.9433) : 2.296 / pow(s->min_k, 0.9723);
}

size_t drift_kll_retained(const struct drift_kll *s)
{
    size_t held = 0;
    for (unsigned h = 0; h < s->levels; h++)
        held += s->level[h].n;
    return held;
}

size_t drift_kll_bytes(const struct drift_kll *s)
{
    size_t bytes = sizeof *s;
    for (unsigned h = 0; h < DRIFT_KLL_LEVELS; h++)
        bytes += s->level[h].room * sizeof(double);
    return bytes;
}
