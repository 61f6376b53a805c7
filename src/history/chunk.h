/* Samples of one series, packed: what a chunk in the database holds.
 *
 * A chunk is a version byte (1), then packed integers (history/pack.h): flags (1: the values are
 * numbers of texts), the resolution in milliseconds (0: as sampled; else the step that they were thinned to),
 * the number of samples; then the samples. Each begins with a byte:
 *   bits 0-2  quality as enum quality; unknown: a gap, no value follows
 *   bit 3     a real; else an integer
 *   bit 4     the time is as far from the previous sample's as that one is from its own
 * predecessor; else the difference between the two distances follows (before the first: 0) bit 5
 * fresh: what was before does not reach up to here bits 6-7  the value: 0 as the previous integer
 * or real of the chunk (before the first: 0); for integers 1: the difference to it follows; for
 * reals: enum history_real_form All arithmetic on times and integers is modulo 2^64, so that every
 * int64 comes back exact. Times of a chunk ascend strictly. */
#ifndef HISTORY_CHUNK_H
#define HISTORY_CHUNK_H

#include "base/error.h"
#include "base/str.h"
#include "table/table.h"

struct history_sample {
    int64_t time_ms;
    union {
        int64_t i; /* also a text's number */
        double d;
    };
    uint8_t quality;        /* enum quality; unknown: from here on there is no value */
    bool real;              /* d counts */
    bool fresh;             /* what was before does not reach up to here: stored even if it is the same */
    uint32_t resolution_ms; /* of its chunk, as read back; 0: as sampled */
};

/* Ascending in time, wherever nothing else is said. */
struct history_samples {
    struct history_sample *items;
    size_t n, room;
};

struct history_chunk_head {
    bool texts;
    int64_t resolution_ms;
    size_t n;
};

enum {
    HISTORY_CHUNK_SAMPLES = 240,       /* a writer begins a new chunk after so many */
    HISTORY_CHUNK_SAMPLES_MAX = 65536, /* a reader refuses more */
};

/* The same value and quality; reals by their bits. */
bool history_sample_same(const struct history_sample *a, const struct history_sample *b);

/* Appends the chunk to out. */
void history_chunk_encode(struct str *out, const struct history_sample *samples, size_t n, bool texts,
                          int64_t resolution_ms);

/* Appends the samples to *samples (left as it was on error). head may be NULL. ERR_INVALID for
 * anything that history_chunk_encode does not make. */
int history_chunk_decode(const void *bytes, size_t len, struct history_chunk_head *head,
                         struct history_samples *samples);

#endif
