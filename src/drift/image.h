/* Reading and writing the little-endian fields of a sketch's bytes. */
#ifndef DRIFT_IMAGE_H
#define DRIFT_IMAGE_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is left to read. Reading past the end gives zeros and sets `over`. */
struct drift_image {
    const uint8_t *at;
    size_t left;
    bool over;
};

/* The next bytes, or NULL past the end. */
const void *drift_image_bytes(struct drift_image *in, size_t n);
/* A number of 1 to 8 bytes. */
uint64_t drift_image_uint(struct drift_image *in, size_t bytes);
double drift_image_double(struct drift_image *in);

void drift_image_put_uint(struct str *out, uint64_t value, size_t bytes);
void drift_image_put_double(struct str *out, double value);

#endif
