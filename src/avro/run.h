/* A plan being carried out: where it stands, and the primitives of Avro's encoding. Private to datum.c, json.c, lists.c and run.c.
 *
 * All that read return false where the bytes do not allow it; the error is set then, with the offset. */
#ifndef AVRO_RUN_H
#define AVRO_RUN_H

#include "avro/datum.h"
#include "avro/program.h"

#include <string.h>

enum { AVRO_RUN_VARINT_BYTES = 10 };

/* Where to go on when a list's item or a routine is done. */
struct avro_run_frame {
    struct avro_datum_cell *row; /* the row at hand outside of the list */
    uint64_t left;               /* items of this block, the one at hand among them */
    uint32_t column;             /* of the list's own cell, in row */
    uint32_t at;                 /* of the instruction that began it; of a routine: where to return */
};

struct avro_run {
    const unsigned char *p, *end, *start;
    const struct avro_plan_op *ops;
    struct avro_datum_cell *row; /* where columns are */
    size_t at;                   /* the next instruction */
    struct avro_datum *d;
    size_t cells; /* of all lists */
    size_t depth;
    int code; /* of the error, once there was one */
    struct error *err;
    struct avro_run_frame frames[AVRO_DATUM_DEPTH];
};

/* Sets the error. */
__attribute__((format(printf, 3, 4), cold)) void avro_run_blame(struct avro_run *r, int code, const char *fmt, ...);

/* The same, and false, as the compiler sees. */
#define avro_run_fail(...) (avro_run_blame(__VA_ARGS__), false)

/* A varint near the end. */
bool avro_run_varint_slow(struct avro_run *r, uint64_t *ret);
/* Goes over n varints. */
bool avro_run_skip_varints(struct avro_run *r, uint64_t n);

static inline size_t avro_run_left(const struct avro_run *r)
{
    return (size_t)(r->end - r->p);
}

static inline int64_t avro_run_zigzag(uint64_t v)
{
    return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* A varint where 10 bytes can be looked at; returns what is behind it, NULL if it has more. */
static inline const unsigned char *avro_run_varint_unchecked(const unsigned char *p, uint64_t *ret)
{
    uint64_t v = *p & 0x7f;
    if (*p < 0x80) {
        *ret = v;
        return p + 1;
    }
    for (unsigned shift = 7; shift < 70; shift += 7) {
        uint64_t byte = *++p;
        if (shift == 63 && byte > 1)
            return NULL;
        v |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            *ret = v;
            return p + 1;
        }
    }
    return NULL;
}

static inline bool avro_run_varint(struct avro_run *r, int64_t *ret)
{
    uint64_t v = 0;
    if (r->p < r->end && *r->p < 0x80) {
        v = *r->p++;
    } else if (avro_run_left(r) >= AVRO_RUN_VARINT_BYTES) {
        const unsigned char *behind = avro_run_varint_unchecked(r->p, &v);
        if (!behind)
            return avro_run_fail(r, ERR_INVALID, "a number of more than 64 bits");
        r->p = behind;
    } else if (!avro_run_varint_slow(r, &v)) {
        return false;
    }
    *ret = avro_run_zigzag(v);
    return true;
}

static inline bool avro_run_skip_bytes(struct avro_run *r, uint64_t n)
{
    if (n > avro_run_left(r))
        return avro_run_fail(r, ERR_INVALID, "%llu bytes follow, %zu are left", (unsigned long long)n,
                             avro_run_left(r));
    r->p += n;
    return true;
}

/* The length of a text that is all there. */
static inline bool avro_run_text_length(struct avro_run *r, int64_t *len)
{
    if (!avro_run_varint(r, len))
        return false;
    if (*len < 0 || (uint64_t)*len > avro_run_left(r))
        return avro_run_fail(r, ERR_INVALID, "a text of %lld bytes, %zu are left", (long long)*len, avro_run_left(r));
    return true;
}

static inline bool avro_run_skip_text(struct avro_run *r)
{
    int64_t len;
    if (!avro_run_text_length(r, &len))
        return false;
    r->p += len;
    return true;
}

static inline void avro_run_set_long(struct avro_datum_cell *c, int64_t value)
{
    *c = (struct avro_datum_cell){.i = value, .is = AVRO_DATUM_LONG};
}

static inline void avro_run_set_text(struct avro_datum_cell *c, const unsigned char *bytes, size_t len)
{
    *c = (struct avro_datum_cell){.bytes = bytes, .n = (uint32_t)len, .is = AVRO_DATUM_BYTES};
}

static inline bool avro_run_push(struct avro_run *r, struct avro_run_frame f)
{
    if (r->depth == AVRO_DATUM_DEPTH)
        return avro_run_fail(r, ERR_LIMIT, "nested deeper than %d", AVRO_DATUM_DEPTH);
    r->frames[r->depth++] = f;
    return true;
}

#endif
