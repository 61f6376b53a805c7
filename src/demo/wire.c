/* Kafka's primitive types: readers that remember the first fault, writers that append. */
#include "demo/wire.h"

#include <string.h>

void demo_wire_read_init(struct demo_wire_reader *r, const void *bytes, size_t len)
{
    *r = (struct demo_wire_reader){.at = bytes, .end = (const uint8_t *)bytes + len};
}

size_t demo_wire_left(const struct demo_wire_reader *r)
{
    return r->bad ? 0 : (size_t)(r->end - r->at);
}

/* The next n bytes, or NULL and bad. */
static const uint8_t *take(struct demo_wire_reader *r, size_t n)
{
    if (r->bad || (size_t)(r->end - r->at) < n) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

static uint64_t read_be(struct demo_wire_reader *r, size_t n)
{
    const uint8_t *p = take(r, n);
    uint64_t v = 0;
    for (size_t i = 0; p && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

int8_t demo_wire_read_i8(struct demo_wire_reader *r)
{
    return (int8_t)read_be(r, 1);
}

int16_t demo_wire_read_i16(struct demo_wire_reader *r)
{
    return (int16_t)read_be(r, 2);
}

int32_t demo_wire_read_i32(struct demo_wire_reader *r)
{
    return (int32_t)read_be(r, 4);
}

int64_t demo_wire_read_i64(struct demo_wire_reader *r)
{
    return (int64_t)read_be(r, 8);
}

uint32_t demo_wire_read_uvarint(struct demo_wire_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        const uint8_t *p = take(r, 1);
        if (!p)
            return 0;
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (!(*p & 0x80)) {
            if (v > UINT32_MAX)
                break;
            return (uint32_t)v;
        }
    }
    r->bad = true;
    return 0;
}

/* len bytes as text; -1 is null, anything below is malformed. */
static struct demo_wire_text read_counted(struct demo_wire_reader *r, int64_t len)
{
    if (len < -1)
        r->bad = true;
    if (len < 0)
        return (struct demo_wire_text){0};
    const uint8_t *p = take(r, (size_t)len);
    return (struct demo_wire_text){.s = (const char *)p, .len = p ? (size_t)len : 0};
}

struct demo_wire_text demo_wire_read_string(struct demo_wire_reader *r)
{
    int64_t len = r->flexible ? (int64_t)demo_wire_read_uvarint(r) - 1 : demo_wire_read_i16(r);
    return read_counted(r, len);
}

struct demo_wire_text demo_wire_read_bytes(struct demo_wire_reader *r)
{
    int64_t len = r->flexible ? (int64_t)demo_wire_read_uvarint(r) - 1 : demo_wire_read_i32(r);
    return read_counted(r, len);
}

int32_t demo_wire_read_array(struct demo_wire_reader *r, size_t item_size)
{
    int64_t n = r->flexible ? (int64_t)demo_wire_read_uvarint(r) - 1 : demo_wire_read_i32(r);
    if (r->bad)
        return 0;
    if (n < -1 || (n > 0 && (uint64_t)n > demo_wire_left(r) / (item_size ? item_size : 1))) {
        r->bad = true;
        return 0;
    }
    return (int32_t)n;
}

void demo_wire_read_tags(struct demo_wire_reader *r)
{
    if (!r->flexible)
        return;
    uint32_t n = demo_wire_read_uvarint(r);
    for (uint32_t i = 0; i < n && !r->bad; i++) {
        demo_wire_read_uvarint(r);
        take(r, demo_wire_read_uvarint(r));
    }
}

static void put_be(struct demo_wire_writer *w, uint64_t v, size_t n)
{
    uint8_t b[8];
    for (size_t i = 0; i < n; i++)
        b[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
    str_bytes(w->out, b, n);
}

void demo_wire_i8(struct demo_wire_writer *w, int8_t v)
{
    put_be(w, (uint64_t)v, 1);
}

void demo_wire_i16(struct demo_wire_writer *w, int16_t v)
{
    put_be(w, (uint64_t)v, 2);
}

void demo_wire_i32(struct demo_wire_writer *w, int32_t v)
{
    put_be(w, (uint64_t)v, 4);
}

void demo_wire_i64(struct demo_wire_writer *w, int64_t v)
{
    put_be(w, (uint64_t)v, 8);
}

static void put_base128(struct demo_wire_writer *w, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        str_char(w->out, (char)(v | 0x80));
    str_char(w->out, (char)v);
}

void demo_wire_uvarint(struct demo_wire_writer *w, uint32_t v)
{
    put_base128(w, v);
}

void demo_wire_varint(struct demo_wire_writer *w, int64_t v)
{
    put_base128(w, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

void demo_wire_text(struct demo_wire_writer *w, struct demo_wire_text t)
{
    size_t len = t.len < INT16_MAX ? t.len : INT16_MAX;
    if (w->flexible)
        demo_wire_uvarint(w, t.s ? (uint32_t)len + 1 : 0);
    else
        demo_wire_i16(w, t.s ? (int16_t)len : -1);
    if (t.s)
        str_bytes(w->out, t.s, len);
}

void demo_wire_string(struct demo_wire_writer *w, const char *s)
{
    demo_wire_text(w, (struct demo_wire_text){.s = s, .len = s ? strlen(s) : 0});
}

void demo_wire_array(struct demo_wire_writer *w, int32_t n)
{
    if (w->flexible)
        demo_wire_uvarint(w, n < 0 ? 0 : (uint32_t)n + 1);
    else
        demo_wire_i32(w, n < 0 ? -1 : n);
}

void demo_wire_bytes(struct demo_wire_writer *w, const void *bytes, size_t len)
{
    /* The length of bytes and the count of an array look alike in both forms. */
    demo_wire_array(w, bytes ? (int32_t)len : -1);
    if (bytes)
        str_bytes(w->out, bytes, len);
}

void demo_wire_tags(struct demo_wire_writer *w)
{
    if (w->flexible)
        demo_wire_uvarint(w, 0);
}

void demo_wire_patch_i32(struct demo_wire_writer *w, size_t at, int32_t v)
{
    for (size_t i = 0; i < 4 && at + i < w->out->len; i++)
        w->out->s[at + i] = (char)((uint32_t)v >> (24 - 8 * i));
}

uint32_t demo_wire_crc32c(const void *bytes, size_t len)
{
    /* Remainders of the sixteen half bytes. */
    static const uint32_t halves[] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
                                      0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                      0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    uint32_t crc = UINT32_MAX;
    const uint8_t *p = bytes;
    for (size_t i = 0; i < len; i++) {
        crc = crc >> 4 ^ halves[(crc ^ p[i]) & 15];
        crc = crc >> 4 ^ halves[(crc ^ p[i] >> 4) & 15];
    }
    return ~crc;
}
