/* The bytes of a HyperLogLog sketch as Apache DataSketches writes and reads them.
 *
 * u8 preamble ints (2 list, 3 set, 10 registers), u8 1, u8 family 7, u8 lg, u8 lg of the list's, set's or overflow's room,
 * u8 flags (4 empty, 8 compact, 16 merged), u8 a list's count or the registers' least value, u8 mode (0 list, 1 set, 2
 * registers, + 4 x (0, 1, 2: registers of 4, 6, 8 bits)). A list: u32 coupons. A set: u32 count, u32 coupons; free places
 * too unless compact. Registers: f64 hip, f64 and f64 sums of 2^-register, u32 registers of the least value, u32 count of
 * overflows, the registers, the overflows. */
#ifndef DRIFT_HLL_IMAGE_H
#define DRIFT_HLL_IMAGE_H

#include "base/error.h"
#include "base/str.h"
#include "drift/hll.h"

/* Appends the bytes, compact; registers have 8 bits. */
void drift_hll_image_write(const struct drift_hll *s, struct str *out);

/* Makes a sketch of bytes of any mode and width, all of them; s is not initialised before, and left alone on an error.
 * ERR_INVALID names what is wrong. */
int drift_hll_image_read(struct drift_hll *s, const void *bytes, size_t len, struct error *err);

#endif
