/* Writes Avro: the primitives of its binary encoding, and containers of one block (specification, sections "Binary
 * Encoding" and "Object Container Files"). Small on purpose: what icetop writes are its demo's events and manifests. */
#ifndef AVRO_WRITER_H
#define AVRO_WRITER_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* int, long, an enum's index, the branch of a union, the count of a block. */
void avro_writer_long(struct str *out, int64_t value);
/* string, with its length; fixed has none: str_bytes. */
void avro_writer_text(struct str *out, const char *text);

/* One more entry of the header, NAME and text. */
struct avro_writer_property {
    const char *name, *value;
};

/* A whole file: count values, encoded one behind the other in bytes, uncompressed. sync: 16 bytes that are not in them. */
void avro_writer_container(struct str *out, const char *schema, const struct avro_writer_property *properties,
                           size_t nproperties, const void *bytes, size_t len, size_t count,
                           const unsigned char sync[16]);

#endif
