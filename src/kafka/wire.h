/* A cursor over Kafka's primitive types, for what is stored inside records. */
#ifndef KAFKA_WIRE_H
#define KAFKA_WIRE_H

#include "kafka/arena.h"

#include <stdbool.h>
#include <stdint.h>

/* The first read past the end, or of a length that does not fit, makes it bad; from then on every read gives 0 or null, so
 * that callers look at `bad` once. Integers are big-endian. */
struct kafka_wire {
    const unsigned char *at;
    size_t left;
    bool bad;
    bool flexible; /* lengths are compact (uvarint of length + 1), structs end in tagged fields */
};

struct kafka_wire kafka_wire_of(const void *bytes, size_t len);
int8_t kafka_wire_i8(struct kafka_wire *w);
int16_t kafka_wire_i16(struct kafka_wire *w);
int32_t kafka_wire_i32(struct kafka_wire *w);
int64_t kafka_wire_i64(struct kafka_wire *w);
/* A string with a NUL behind it, copied to the arena; NULL when null. */
char *kafka_wire_string(struct kafka_wire *w, struct kafka_arena *arena);
/* Bytes, not copied; NULL and 0 when null. */
const void *kafka_wire_bytes(struct kafka_wire *w, size_t *len);
/* An array's count, 0 for null; bad if that many items of item_size bytes (1 at least) could not follow. */
size_t kafka_wire_count(struct kafka_wire *w, size_t item_size);
/* Skips tagged fields; reads nothing unless flexible. */
void kafka_wire_tags(struct kafka_wire *w);

#endif
