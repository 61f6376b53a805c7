/* The slow paths of reading Avro's primitives. */
#include "avro/run.h"

#include <stdarg.h>
#include <stdio.h>

void avro_run_blame(struct avro_run *r, int code, const char *fmt, ...)
{
    char text[128];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->code = error_set(r->err, code, "Avro value: byte %zu: %s", (size_t)(r->p - r->start), text);
}

bool avro_run_varint_slow(struct avro_run *r, uint64_t *ret)
{
    unsigned char bytes[AVRO_RUN_VARINT_BYTES] = {0};
    size_t n = avro_run_left(r) < AVRO_RUN_VARINT_BYTES ? avro_run_left(r) : AVRO_RUN_VARINT_BYTES;
    memcpy(bytes, r->p, n); /* the zeros behind it end a varint that is cut */
    const unsigned char *behind = avro_run_varint_unchecked(bytes, ret);
    if (!behind)
        return avro_run_fail(r, ERR_INVALID, "a number of more than 64 bits");
    if ((size_t)(behind - bytes) > n)
        return avro_run_fail(r, ERR_INVALID, "cut off within a number");
    r->p += behind - bytes;
    return true;
}

/* Goes over n varints, eight bytes at a time: each has one byte without the highest bit. */
bool avro_run_skip_varints(struct avro_run *r, uint64_t n)
{
    const unsigned char *p = r->p;
    while (n >= 8 && r->end - p >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        word = (~word >> 7) & UINT64_C(0x0101010101010101);
        n -= (word * UINT64_C(0x0101010101010101)) >> 56;
        p += 8;
    }
    /* In the middle of a varint n counts it still, so that its end is looked for here. */
    while (n && p < r->end)
        n -= *p++ < 0x80;
    r->p = p;
    return n == 0 || avro_run_fail(r, ERR_INVALID, "cut off within numbers");
}
