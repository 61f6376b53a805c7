/* Kafka's primitive types on the wire: read with bounds checks, written into a growing string. */
#ifndef DEMO_WIRE_H
#define DEMO_WIRE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A cursor over bytes from elsewhere. The first read past the end, or of a malformed length, makes
 * it bad; from then on every read gives 0 or null, so that callers check `bad` once, at the end.
 * All integers are big-endian. Nothing is copied: texts point into the bytes. */
struct demo_wire_reader {
    const uint8_t *at, *end;
    bool bad;
    bool flexible; /* strings, bytes and arrays have compact lengths, structs end in tagged fields */
};

/* Text or bytes of a message; not NUL-terminated. */
struct demo_wire_text {
    const char *s; /* NULL when null */
    size_t len;
};

void demo_wire_read_init(struct demo_wire_reader *r, const void *bytes, size_t len);
/* Bytes that were not read yet; 0 once bad. */
size_t demo_wire_left(const struct demo_wire_reader *r);
int8_t demo_wire_read_i8(struct demo_wire_reader *r);
int16_t demo_wire_read_i16(struct demo_wire_reader *r);
int32_t demo_wire_read_i32(struct demo_wire_reader *r);
int64_t demo_wire_read_i64(struct demo_wire_reader *r);
/* Seven bits a byte, lowest first; more than 32 bits is malformed. */
uint32_t demo_wire_read_uvarint(struct demo_wire_reader *r);
/* STRING, NULLABLE_STRING and their compact forms: i16 length, or uvarint of length + 1. */
struct demo_wire_text demo_wire_read_string(struct demo_wire_reader *r);
/* BYTES and its forms: i32 length, or uvarint of length + 1. */
struct demo_wire_text demo_wire_read_bytes(struct demo_wire_reader *r);
/* The count of an array, -1 for null. A count that could not fit into what is left, at item_size
 * bytes or more an item (1 at least), is malformed. */
int32_t demo_wire_read_array(struct demo_wire_reader *r, size_t item_size);
/* Skips tagged fields; reads nothing unless flexible. */
void demo_wire_read_tags(struct demo_wire_reader *r);

/* Where a reply goes. The writer owns neither. */
struct demo_wire_writer {
    struct str *out;
    bool flexible; /* as for the reader */
};

void demo_wire_i8(struct demo_wire_writer *w, int8_t v);
void demo_wire_i16(struct demo_wire_writer *w, int16_t v);
void demo_wire_i32(struct demo_wire_writer *w, int32_t v);
void demo_wire_i64(struct demo_wire_writer *w, int64_t v);
void demo_wire_uvarint(struct demo_wire_writer *w, uint32_t v);
/* Zigzag, as record batches have it. */
void demo_wire_varint(struct demo_wire_writer *w, int64_t v);
/* A C string, or null when s is NULL. At most 32,767 bytes. */
void demo_wire_string(struct demo_wire_writer *w, const char *s);
/* The same for counted text. */
void demo_wire_text(struct demo_wire_writer *w, struct demo_wire_text t);
/* BYTES; null when bytes is NULL. */
void demo_wire_bytes(struct demo_wire_writer *w, const void *bytes, size_t len);
/* The count of an array; n < 0 is null. */
void demo_wire_array(struct demo_wire_writer *w, int32_t n);
/* An empty set of tagged fields; nothing unless flexible. */
void demo_wire_tags(struct demo_wire_writer *w);
/* Overwrites four bytes that were written before, at offset at (a length known only later). */
void demo_wire_patch_i32(struct demo_wire_writer *w, size_t at, int32_t v);

/* CRC-32C (Castagnoli) of bytes, as record batches carry it. */
uint32_t demo_wire_crc32c(const void *bytes, size_t len);

#endif
