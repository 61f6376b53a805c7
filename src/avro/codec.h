/* Inflates the blocks of Avro's containers: null, deflate, zstandard and snappy. */
#ifndef AVRO_CODEC_H
#define AVRO_CODEC_H

#include "base/error.h"

#include <stddef.h>

struct avro_codec;

/* For the codec of that name (len bytes, not terminated; none at all is "null"). ERR_UNAVAILABLE, with the name, for one
 * that is not read here. Used by one thread at a time. */
int avro_codec_new(const char *name, size_t len, struct avro_codec **ret, struct error *err);
void avro_codec_free(struct avro_codec *c);

/* Inflates one block. *out stays valid until the next call (and, for codec null, as long as bytes does). ERR_LIMIT where it
 * would be more than max bytes, ERR_INVALID for what the codec cannot read; snappy's checksum is checked. */
int avro_codec_inflate(struct avro_codec *c, const void *bytes, size_t len, size_t max, const void **out,
                       size_t *out_len, struct error *err);

#endif
