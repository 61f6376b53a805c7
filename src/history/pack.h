/* Numbers and byte strings packed into few bytes, and taken out again without trust in what is
 * there. Unsigned integers are little-endian base 128 (7 bits a byte, the high bit: more follow);
 * signed ones are mapped to unsigned ones so that small magnitudes stay short (0, -1, 1, -2, ...).
 */
#ifndef HISTORY_PACK_H
#define HISTORY_PACK_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void history_pack_uint(struct str *out, uint64_t v);
void history_pack_int(struct str *out, int64_t v);
/* Length, then the bytes. */
void history_pack_bytes(struct str *out, const void *bytes, size_t len);

/* How a real was packed; always the shortest form that gives back the same bits. */
enum history_real_form {
    HISTORY_REAL_RAW = 1,     /* 8 bytes, little-endian */
    HISTORY_REAL_SINGLE = 2,  /* 4 bytes: exact as a float */
    HISTORY_REAL_DECIMAL = 3, /* a byte k and a signed integer, to be divided by 10^k */
};

enum history_real_form history_pack_real(struct str *out, double v);

/* What is still to be read. A read past the end, or of something malformed, sets bad; reads then
 * give 0, so that one check at the end is enough. */
struct history_unpack {
    const uint8_t *at, *end;
    bool bad;
};

static inline struct history_unpack history_unpack(const void *bytes, size_t len)
{
    const uint8_t *at = len ? bytes : (const void *)"";
    return (struct history_unpack){.at = at, .end = at + len};
}

uint8_t history_unpack_byte(struct history_unpack *u);
uint64_t history_unpack_uint(struct history_unpack *u);
int64_t history_unpack_int(struct history_unpack *u);
/* The bytes stay where they are. */
const void *history_unpack_bytes(struct history_unpack *u, size_t *len);
double history_unpack_real(struct history_unpack *u, enum history_real_form form);

#endif
