/* Inflates Snappy's block format, as Avro uses it (google/snappy, format_description.txt). */
#ifndef AVRO_SNAPPY_H
#define AVRO_SNAPPY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

/* How long the text will be, as its beginning says: before anything is believed it must be compared with a cap.
 * ERR_INVALID if it does not say. */
int avro_snappy_length(const void *bytes, size_t len, size_t *ret, struct error *err);

/* Inflates into out, which has the room that avro_snappy_length told. ERR_INVALID for what is malformed or makes less or
 * more. */
int avro_snappy_inflate(const void *bytes, size_t len, void *out, size_t out_len, struct error *err);

#endif
