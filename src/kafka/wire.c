/* Kafka's primitive types: every length is checked against what is left before it is believed. */
#include "kafka/wire.h"

struct kafka_wire kafka_wire_of(const void *bytes, size_t len)
{
    return (struct kafka_wire){.at = bytes, .left = len};
}

static const unsigned char *take(struct kafka_wire *w, size_t len)
{
    if (len > w->left)
        w->bad = true;
    if (w->bad)
        return NULL;
    const unsigned char *at = w->at;
    w->at += len;
    w->left -= len;
    return at;
}

static uint64_t read_uint(struct kafka_wire *w, size_t bytes)
{
    const unsigned char *at = take(w, bytes);
    uint64_t v = 0;
    for (size_t i = 0; at && i < bytes; i++)
        v = v << 8 | at[i];
    return v;
}

int8_t kafka_wire_i8(struct kafka_wire *w)
{
    return (int8_t)read_uint(w, 1);
}

int16_t kafka_wire_i16(struct kafka_wire *w)
{
    return (int16_t)read_uint(w, 2);
}

int32_t kafka_wire_i32(struct kafka_wire *w)
{
    return (int32_t)read_uint(w, 4);
}

int64_t kafka_wire_i64(struct kafka_wire *w)
{
    return (int64_t)read_uint(w, 8);
}

/* Seven bits a byte, lowest first, 32 bits at most. */
static uint32_t read_uvarint(struct kafka_wire *w)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint64_t byte = read_uint(w, 1);
        v |= (byte & 0x7f) << shift;
        if (byte < 0x80 && v <= UINT32_MAX)
            return (uint32_t)v;
    }
    w->bad = true;
    return 0;
}

/* A length of `size` bytes where it is not compact; -1: null. */
static int64_t read_length(struct kafka_wire *w, size_t size)
{
    if (w->flexible)
        return (int64_t)read_uvarint(w) - 1;
    return size == 2 ? kafka_wire_i16(w) : kafka_wire_i32(w);
}

static const unsigned char *read_counted(struct kafka_wire *w, size_t size, size_t *len)
{
    int64_t n = read_length(w, size);
    if (n < -1)
        w->bad = true;
    *len = n > 0 ? (size_t)n : 0;
    const unsigned char *at = take(w, *len);
    *len = at ? *len : 0;
    return n >= 0 ? at : NULL;
}

char *kafka_wire_string(struct kafka_wire *w, struct kafka_arena *arena)
{
    size_t len;
    const unsigned char *at = read_counted(w, 2, &len);
    return at ? kafka_arena_copy(arena, at, len) : NULL;
}

const void *kafka_wire_bytes(struct kafka_wire *w, size_t *len)
{
    return read_counted(w, 4, len);
}

size_t kafka_wire_count(struct kafka_wire *w, size_t item_size)
{
    int64_t n = read_length(w, 4);
    if (n < -1 || (n > 0 && (uint64_t)n > w->left / item_size))
        w->bad = true;
    return w->bad || n < 0 ? 0 : (size_t)n;
}

void kafka_wire_tags(struct kafka_wire *w)
{
    if (!w->flexible)
        return;
    uint32_t n = read_uvarint(w);
    for (uint32_t i = 0; i < n && !w->bad; i++) {
        read_uvarint(w); /* the tag */
        take(w, read_uvarint(w));
    }
}
