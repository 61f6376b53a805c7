/* The most frequent of byte strings in bounded memory, with bounds on each count: Misra and Gries' counters as Apache
 * DataSketches purges them.
 *
 * At most 3/4 of 2^lg items have a counter. When there would be more, the median of all counters is taken off each, those
 * that are used up go, and what was taken adds up to the error: of an item the true weight lies between its counter (0
 * without one) and its counter + error. The error is at most 3.5 / 2^lg of all weight (DataSketches' bound, of a sketch
 * that was not merged too); it is 0 while no item was dropped, and every count exact then. */
#ifndef DRIFT_FREQUENT_H
#define DRIFT_FREQUENT_H

#include <stddef.h>
#include <stdint.h>

enum {
    DRIFT_FREQUENT_LG = 8, /* 192 items; error 1.4 % of all weight */
    DRIFT_FREQUENT_LG_LEAST = 3,
    DRIFT_FREQUENT_LG_MOST = 16,
    DRIFT_FREQUENT_ITEM = 128, /* bytes of an item; a longer one is cut, at a UTF-8 character's end where it can be */
};

struct drift_frequent_slot {
    uint64_t hash, weight; /* a weight of 0: free */
    uint32_t at, len;      /* in text */
};

struct drift_frequent {
    uint8_t lg;
    uint64_t total; /* weight of all that was added */
    uint64_t error; /* taken off every counter */
    uint64_t cut;   /* weight of items that were cut */
    size_t n, room; /* counters in use, and places */
    struct drift_frequent_slot *slots;
    char *text; /* the items' bytes */
    size_t text_n, text_room;
};

/* An item with its bounds; bytes belong to the sketch and stay until it is added to. */
struct drift_frequent_item {
    const char *bytes;
    size_t len;
    uint64_t lower, upper;
};

enum drift_frequent_kind {
    DRIFT_FREQUENT_SURE,     /* no false positives: the lower bound is above the threshold */
    DRIFT_FREQUENT_POSSIBLE, /* no false negatives: the upper bound is */
};

/* lg is brought into its range. */
void drift_frequent_init(struct drift_frequent *s, unsigned lg);
void drift_frequent_done(struct drift_frequent *s);

/* A weight of 0 adds nothing. Weights are to stay below 2^63 together; beyond they stand still. */
void drift_frequent_add(struct drift_frequent *s, const void *bytes, size_t len, uint64_t weight);
/* Adds what another sketch holds; errors add up. */
void drift_frequent_merge(struct drift_frequent *s, const struct drift_frequent *other);

/* Bounds of an item's weight, whether it has a counter or not. */
uint64_t drift_frequent_lower(const struct drift_frequent *s, const void *bytes, size_t len);
uint64_t drift_frequent_upper(const struct drift_frequent *s, const void *bytes, size_t len);
/* Items of a bound above the threshold (at least the error, or some must be missing), the heaviest first and equal ones by
 * their bytes; returns how many are in *items, the caller's to free. */
size_t drift_frequent_list(const struct drift_frequent *s, enum drift_frequent_kind kind, uint64_t threshold,
                           struct drift_frequent_item **items);
/* Memory held, with the structure: at most 2^lg (24 + 3/4 x 128 x 2) bytes beside it. */
size_t drift_frequent_bytes(const struct drift_frequent *s);

#endif
