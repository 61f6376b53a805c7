/* The bytes of a KLL sketch of doubles as Apache DataSketches writes and reads them (C++ and Java; whylogs holds them too).
 *
 * u8 preamble ints (2 for none or one value, else 5), u8 version (1, or 2 for one value), u8 family 15, u8 flags (1 empty,
 * 2 level 0 is sorted, 4 one value), u16 k, u8 m (8), u8 0; then, but for none and one, u64 n, u16 min k, u8 levels, u8 0,
 * u32 start of each level counted in an array of the levels' capacity, f64 least, f64 greatest; then the values, f64 each,
 * level 0 first, filled downwards. */
#ifndef DRIFT_KLL_IMAGE_H
#define DRIFT_KLL_IMAGE_H

#include "base/error.h"
#include "base/str.h"
#include "drift/kll.h"

/* Appends the bytes. Of a sketch that holds more than the capacity, those of a copy that was halved until it fits. */
void drift_kll_image_write(const struct drift_kll *s, struct str *out);

/* Makes a sketch of bytes, all of them; s is not initialised before, and left alone on an error. ERR_INVALID names what is
 * wrong: whatever no such sketch can hold is refused (levels out of order, weights that are not n, values out of their
 * range). */
int drift_kll_image_read(struct drift_kll *s, const void *bytes, size_t len, struct error *err);

#endif
