/* The codecs: each inflates into one buffer that grows up to the cap and is used again. */
#include "avro/codec.h"
#include "avro/snappy.h"

#include "base/mem.h"

#include <libdeflate.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <zstd.h>

enum { FIRST_ROOM = 256 * 1024, ZSTD_WINDOW_LOG = 25 /* 32 MiB: more than any level but the last asks for */ };

struct kind {
    const char *name;
    int (*inflate)(struct avro_codec *c, const void *bytes, size_t len, size_t max, size_t *out_len, struct error *err);
};

struct avro_codec {
    const struct kind *kind;
    unsigned char *buf;
    size_t room;
    struct libdeflate_decompressor *deflate;
    ZSTD_DCtx *zstd;
};

static int too_large(struct error *err, size_t max)
{
    return error_set(err, ERR_LIMIT, "a block inflates to more than %zu bytes", max);
}

/* Makes the buffer larger, keeping what is in it; false when it has the cap already. */
static bool grow(struct avro_codec *c, size_t need, size_t max)
{
    size_t room = c->room ? c->room : FIRST_ROOM;
    while (room < need)
        room *= 2;
    if (room > max)
        room = max;
    if (room <= c->room)
        return need <= c->room;
    c->buf = mem_realloc(c->buf, room, 1);
    c->room = room;
    return true;
}

static int inflate_deflate(struct avro_codec *c, const void *bytes, size_t len, size_t max, size_t *out_len,
                           struct error *err)
{
    grow(c, len, max);
    for (;;) {
        size_t room = c->room < max ? c->room : max;
        enum libdeflate_result rc = libdeflate_deflate_decompress(c->deflate, bytes, len, c->buf, room, out_len);
        if (rc == LIBDEFLATE_SUCCESS)
            return 0;
        if (rc != LIBDEFLATE_INSUFFICIENT_SPACE)
            return error_set(err, ERR_INVALID, "deflate: not such data, or cut off");
        if (room == max || !grow(c, room + 1, max))
            return too_large(err, max);
    }
}

static int inflate_zstd(struct avro_codec *c, const void *bytes, size_t len, size_t max, size_t *out_len,
                        struct error *err)
{
    ZSTD_inBuffer in = {bytes, len, 0};
    size_t rc = 1;
    *out_len = 0;
    grow(c, len, max);
    ZSTD_DCtx_reset(c->zstd, ZSTD_reset_session_only);
    while (in.pos < in.size || rc) {
        size_t room = c->room < max ? c->room : max, had = in.pos;
        ZSTD_outBuffer out = {c->buf, room, *out_len};
        rc = ZSTD_decompressStream(c->zstd, &out, &in);
        if (ZSTD_isError(rc))
            return error_set(err, ERR_INVALID, "zstandard: %s", ZSTD_getErrorName(rc));
        if (out.pos == *out_len && in.pos == had && out.pos < room)
            return error_set(err, ERR_INVALID, "zstandard: cut off");
        *out_len = out.pos;
        if (out.pos == room && (rc || in.pos < in.size) && (room == max || !grow(c, room + 1, max)))
            return too_large(err, max);
    }
    return 0;
}

static int inflate_snappy(struct avro_codec *c, const void *bytes, size_t len, size_t max, size_t *out_len,
                          struct error *err)
{
    const unsigned char *sum = (const unsigned char *)bytes + len - 4; /* big endian, of what comes out */
    if (len < 4)
        return error_set(err, ERR_INVALID, "snappy: a block without checksum");
    int rc = avro_snappy_length(bytes, len - 4, out_len, err);
    if (rc)
        return rc;
    if (*out_len > max)
        return too_large(err, max);
    if (*out_len / 64 > len) /* a copy of 64 bytes takes two or more: no need for memory to know */
        return error_set(err, ERR_INVALID, "snappy: shorter than it says");
    grow(c, *out_len, max);
    rc = avro_snappy_inflate(bytes, len - 4, c->buf, *out_len, err);
    if (rc)
        return rc;
    uint32_t told = (uint32_t)sum[0] << 24 | (uint32_t)sum[1] << 16 | (uint32_t)sum[2] << 8 | sum[3];
    if (libdeflate_crc32(0, c->buf, *out_len) != told)
        return error_set(err, ERR_INVALID, "snappy: the checksum is another");
    return 0;
}

static const struct kind kinds[] = {
    {"null", NULL},
    {"deflate", inflate_deflate},
    {"zstandard", inflate_zstd},
    {"snappy", inflate_snappy},
};

int avro_codec_new(const char *name, size_t len, struct avro_codec **ret, struct error *err)
{
    const struct kind *kind = len ? NULL : &kinds[0];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == len && memcmp(kinds[i].name, name, len) == 0)
            kind = &kinds[i];
    if (!kind)
        return error_set(err, ERR_UNAVAILABLE, "codec %.*s is not read here", len < 40 ? (int)len : 40, name);
    struct avro_codec *c = mem_new(struct avro_codec);
    c->kind = kind;
    if (kind->inflate == inflate_deflate && !(c->deflate = libdeflate_alloc_decompressor()))
        abort(); /* out of memory, as mem_alloc does */
    if (kind->inflate == inflate_zstd) {
        if (!(c->zstd = ZSTD_createDCtx()))
            abort();
        ZSTD_DCtx_setParameter(c->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    }
    *ret = c;
    return 0;
}

void avro_codec_free(struct avro_codec *c)
{
    if (!c)
        return;
    if (c->deflate)
        libdeflate_free_decompressor(c->deflate);
    ZSTD_freeDCtx(c->zstd);
    free(c->buf);
    free(c);
}

int avro_codec_inflate(struct avro_codec *c, const void *bytes, size_t len, size_t max, const void **out,
                       size_t *out_len, struct error *err)
{
    if (!c->kind->inflate) {
        if (len > max)
            return error_set(err, ERR_LIMIT, "a block of %zu bytes, more than %zu", len, max);
        *out = bytes;
        *out_len = len;
        return 0;
    }
    int rc = c->kind->inflate(c, bytes, len, max, out_len, err);
    if (rc == 0)
        *out = c->buf;
    return rc;
}
