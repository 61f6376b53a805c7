/* The bytes of a sketch of frequent strings as Apache DataSketches writes and reads them.
 *
 * u8 preamble longs (1 if empty, else 4), u8 1, u8 family 10, u8 lg of the most places, u8 lg of the places, u8 flags (1 or
 * 4: empty), u16 0; then, unless empty, u32 items, u32 0, u64 total weight, u64 error, u64 counter of each item, and each
 * item as u32 length and bytes. */
#ifndef DRIFT_FREQUENT_IMAGE_H
#define DRIFT_FREQUENT_IMAGE_H

#include "base/error.h"
#include "base/str.h"
#include "drift/frequent.h"

/* Appends the bytes; the heaviest item first, equal ones by their bytes, whatever came first. What was cut is not told. */
void drift_frequent_image_write(const struct drift_frequent *s, struct str *out);

/* Makes a sketch of bytes, all of them; s is not initialised before, and left alone on an error. Longer items than are held
 * here are cut. ERR_INVALID names what is wrong, ERR_LIMIT a sketch of more places than are held here. */
int drift_frequent_image_read(struct drift_frequent *s, const void *bytes, size_t len, struct error *err);

#endif
