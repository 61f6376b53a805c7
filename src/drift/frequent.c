/* Counters of byte strings in an open table; their bytes lie behind each other in one piece. */
#include "drift/frequent.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 8 }; /* at first */

#define MOST_WEIGHT ((uint64_t)1 << 63)

void drift_frequent_init(struct drift_frequent *s, unsigned lg)
{
    lg = lg < DRIFT_FREQUENT_LG_LEAST ? DRIFT_FREQUENT_LG_LEAST : lg;
    *s = (struct drift_frequent){.lg = (uint8_t)(lg > DRIFT_FREQUENT_LG_MOST ? DRIFT_FREQUENT_LG_MOST : lg)};
}

void drift_frequent_done(struct drift_frequent *s)
{
    free(s->slots);
    free(s->text);
    *s = (struct drift_frequent){0};
}

static uint64_t sum(uint64_t a, uint64_t b)
{
    uint64_t c;
    return __builtin_add_overflow(a, b, &c) || c > MOST_WEIGHT ? MOST_WEIGHT : c;
}

/* Bytes of an item that are kept: a UTF-8 character is not cut where one can be seen to begin before. */
static size_t kept(const char *bytes, size_t len)
{
    if (len <= DRIFT_FREQUENT_ITEM)
        return len;
    size_t end = DRIFT_FREQUENT_ITEM;
    while (end > DRIFT_FREQUENT_ITEM - 3 && ((unsigned char)bytes[end] & 0xc0) == 0x80)
        end--;
    return ((unsigned char)bytes[end] & 0xc0) == 0x80 ? DRIFT_FREQUENT_ITEM : end;
}

/* The item's place, or the free one where it belongs. There is always a free one. */
static struct drift_frequent_slot *place(const struct drift_frequent *s, uint64_t hash, const char *bytes, size_t len)
{
    size_t i = (size_t)hash & (s->room - 1);
    for (;; i = (i + 1) & (s->room - 1)) {
        struct drift_frequent_slot *slot = &s->slots[i];
        if (!slot->weight)
            return slot;
        if (slot->hash == hash && slot->len == len && (!len || memcmp(s->text + slot->at, bytes, len) == 0))
            return slot;
    }
}

static void insert(struct drift_frequent *s, struct drift_frequent_slot *slot, const char *bytes, size_t len)
{
    if (s->text_n + len >= s->text_room) { /* never no place at all */
        s->text_room = vec_room(s->text_room, s->text_n + len + 1);
        s->text = mem_realloc(s->text, s->text_room, 1);
    }
    if (len)
        memcpy(s->text + s->text_n, bytes, len);
    slot->at = (uint32_t)s->text_n;
    slot->len = (uint32_t)len;
    s->text_n += len;
    s->n++;
}

/* A table of another size, with what weighs more than `less`, and less by that. */
static void rebuild(struct drift_frequent *s, size_t room, uint64_t less)
{
    struct drift_frequent old = *s;
    s->room = room;
    s->slots = mem_calloc(room, sizeof *s->slots);
    s->text = NULL;
    s->n = s->text_n = s->text_room = 0;
    for (size_t i = 0; i < old.room; i++) {
        const struct drift_frequent_slot *from = &old.slots[i];
        if (from->weight <= less)
            continue;
        struct drift_frequent_slot *to = place(s, from->hash, old.text + from->at, from->len);
        to->hash = from->hash;
        to->weight = from->weight - less;
        insert(s, to, old.text + from->at, from->len);
    }
    free(old.slots);
    free(old.text);
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The median takes half of the counters with it, so that the next purge is far. */
static void purge(struct drift_frequent *s)
{
    uint64_t *weights = mem_calloc(s->n, sizeof *weights);
    size_t n = 0;
    for (size_t i = 0; i < s->room; i++)
        if (s->slots[i].weight)
            weights[n++] = s->slots[i].weight;
    qsort(weights, n, sizeof *weights, by_number);
    uint64_t median = weights[n / 2];
    free(weights);
    rebuild(s, s->room, median);
    s->error = sum(s->error, median);
}

static void add_item(struct drift_frequent *s, const char *bytes, size_t len, uint64_t weight)
{
    if (!s->room)
        rebuild(s, PLACES, 0);
    uint64_t hash = map_hash(bytes, len);
    struct drift_frequent_slot *slot = place(s, hash, bytes, len);
    if (slot->weight) {
        slot->weight = sum(slot->weight, weight);
        return;
    }
    slot->hash = hash;
    slot->weight = weight;
    insert(s, slot, bytes, len);
    if (s->n * 4 <= s->room * 3)
        return;
    if (s->room < (size_t)1 << s->lg)
        rebuild(s, s->room * 2, 0);
    else
        purge(s);
}

void drift_frequent_add(struct drift_frequent *s, const void *bytes, size_t len, uint64_t weight)
{
    if (!weight)
        return;
    size_t keep = kept(bytes, len);
    if (keep < len)
        s->cut = sum(s->cut, weight);
    s->total = sum(s->total, weight);
    add_item(s, bytes, keep, weight < MOST_WEIGHT ? weight : MOST_WEIGHT);
}

void drift_frequent_merge(struct drift_frequent *s, const struct drift_frequent *other)
{
    for (size_t i = 0; i < other->room; i++)
        if (other->slots[i].weight)
            add_item(s, other->text + other->slots[i].at, other->slots[i].len, other->slots[i].weight);
    s->error = sum(s->error, other->error);
    s->total = sum(s->total, other->total);
    s->cut = sum(s->cut, other->cut);
}

uint64_t drift_frequent_lower(const struct drift_frequent *s, const void *bytes, size_t len)
{
    len = kept(bytes, len);
    return s->room ? place(s, map_hash(bytes, len), bytes, len)->weight : 0;
}

uint64_t drift_frequent_upper(const struct drift_frequent *s, const void *bytes, size_t len)
{
    return sum(drift_frequent_lower(s, bytes, len), s->error);
}

static int by_weight(const void *a, const void *b)
{
    const struct drift_frequent_item *x = a, *y = b;
    if (x->lower != y->lower)
        return x->lower < y->lower ? 1 : -1;
    size_t n = x->len < y->len ? x->len : y->len;
    int order = n ? memcmp(x->bytes, y->bytes, n) : 0;
    return order ? order : (x->len > y->len) - (x->len < y->len);
}

size_t drift_frequent_list(const struct drift_frequent *s, enum drift_frequent_kind kind, uint64_t threshold,
                           struct drift_frequent_item **items)
{
    size_t n = 0;
    *items = mem_calloc(s->n ? s->n : 1, sizeof **items);
    for (size_t i = 0; i < s->room; i++) {
        const struct drift_frequent_slot *slot = &s->slots[i];
        uint64_t upper = sum(slot->weight, s->error);
        if (slot->weight && (kind == DRIFT_FREQUENT_SURE ? slot->weight : upper) > threshold)
            (*items)[n++] = (struct drift_frequent_item){s->text + slot->at, slot->len, slot->weight, upper};
    }
    if (n)
        qsort(*items, n, sizeof **items, by_weight);
    return n;
}

size_t drift_frequent_bytes(const struct drift_frequent *s)
{
    return sizeof *s + s->room * sizeof *s->slots + s->text_room;
}
