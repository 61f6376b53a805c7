/* Reads containers: the header once, then block for block, from bytes that may not be all there yet. */
#include "avro/container.h"
#include "avro/codec.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <string.h>

enum { SYNC_BYTES = 16, VARINT_BYTES = 10, BLOCKS = 8 };

/* Where reading stands. What it takes beyond the end makes it short; what is malformed, or too large, gives it a fault. */
struct cursor {
    const unsigned char *p, *end;
    bool is_short;
    int fault; /* an enum error_code */
    const char *what;
};

struct property {
    size_t name, name_len, value, value_len; /* offsets in the header */
};

struct avro_container {
    struct avro_container_options options;
    const unsigned char *bytes; /* not yet read */
    size_t len;
    uint64_t offset; /* of bytes[0] in the file */
    struct str fed;  /* what bytes points into, if it was fed */
    bool complete;   /* no more bytes will come */
    bool has_header;
    char *header;
    VEC(struct property) properties;
    unsigned char sync[SYNC_BYTES];
    struct avro_codec *codec;
    uint64_t sum; /* bytes inflated */
    struct error failed;
};

struct avro_container *avro_container_new(const struct avro_container_options *options)
{
    struct avro_container *c = mem_new(struct avro_container);
    if (options)
        c->options = *options;
    if (!c->options.max_block)
        c->options.max_block = AVRO_CONTAINER_INFLATED_BYTES;
    if (!c->options.max_sum)
        c->options.max_sum = (uint64_t)c->options.max_block * BLOCKS;
    return c;
}

void avro_container_free(struct avro_container *c)
{
    if (!c)
        return;
    avro_codec_free(c->codec);
    str_done(&c->fed);
    vec_done(&c->properties);
    free(c->header);
    free(c);
}

void avro_container_give(struct avro_container *c, const void *bytes, size_t len)
{
    c->bytes = len ? bytes : (const unsigned char *)"";
    c->len = len;
    c->complete = true;
}

void avro_container_feed(struct avro_container *c, const void *bytes, size_t len)
{
    size_t had = c->len;
    if (had && c->bytes != (const unsigned char *)c->fed.s)
        memmove(c->fed.s, c->bytes, had);
    str_cut(&c->fed, had);
    str_bytes(&c->fed, bytes, len);
    c->bytes = (const unsigned char *)str_text(&c->fed);
    c->len = had + len;
}

void avro_container_finish(struct avro_container *c)
{
    c->bytes = c->bytes ? c->bytes : (const unsigned char *)"";
    c->complete = true;
}

static const unsigned char *take(struct cursor *at, uint64_t n)
{
    const unsigned char *p = at->p;
    if (at->fault || at->is_short || n > (size_t)(at->end - p)) {
        at->is_short = true;
        return NULL;
    }
    at->p += n;
    return p;
}

static void blame(struct cursor *at, int code, const char *what)
{
    if (!at->fault && !at->is_short) {
        at->fault = code;
        at->what = what;
    }
}

static int64_t take_long(struct cursor *at)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < VARINT_BYTES; i++) {
        const unsigned char *p = take(at, 1);
        if (!p)
            return 0;
        if (i == VARINT_BYTES - 1 && *p > 1)
            break;
        v |= (uint64_t)(*p & 0x7f) << (7 * i);
        if (*p < 0x80)
            return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
    }
    blame(at, ERR_INVALID, "a number of more than 64 bits");
    return 0;
}

/* Bytes with their length before them, of the header. */
static void take_text(struct cursor *at, const unsigned char *start, size_t *offset, size_t *len)
{
    int64_t n = take_long(at);
    if (n < 0)
        blame(at, ERR_INVALID, "a text of less than no bytes");
    else if (n > AVRO_CONTAINER_HEADER_BYTES)
        blame(at, ERR_LIMIT, "a header of more than 32 MiB");
    const unsigned char *p = take(at, n < 0 ? 0 : (uint64_t)n);
    *offset = p ? (size_t)(p - start) : 0;
    *len = p ? (size_t)n : 0;
}

/* The header's map: blocks of names and values until an empty one. */
static void take_properties(struct avro_container *c, struct cursor *at, const unsigned char *start)
{
    while (!at->fault && !at->is_short) {
        int64_t count = take_long(at);
        if (count < 0)
            take_long(at); /* the block's bytes */
        uint64_t n = count < 0 ? -(uint64_t)count : (uint64_t)count;
        if (n > AVRO_CONTAINER_PROPERTIES - c->properties.n)
            blame(at, ERR_LIMIT, "more than 10,000 properties");
        if (n == 0)
            return;
        for (uint64_t i = 0; i < n && !at->fault && !at->is_short; i++) {
            struct property p;
            take_text(at, start, &p.name, &p.name_len);
            take_text(at, start, &p.value, &p.value_len);
            vec_push(&c->properties, p);
        }
    }
}

/* Keeps an error for all calls to come. */
static int fail(struct avro_container *c, size_t at, int code, const char *what, struct error *err)
{
    error_set(&c->failed, code, "Avro container: byte %llu: %s", (unsigned long long)(c->offset + at), what);
    return error_set(err, code, "%s", c->failed.text);
}

/* What an unfinished cursor means: *more, or an error. */
static int judge(struct avro_container *c, const struct cursor *at, const char *cut, bool *more, struct error *err)
{
    *more = false;
    if (at->fault)
        return fail(c, (size_t)(at->p - c->bytes), at->fault, at->what, err);
    if (at->is_short && c->complete)
        return fail(c, c->len, ERR_INVALID, cut, err);
    *more = at->is_short;
    return 0;
}

static void advance(struct avro_container *c, size_t n)
{
    c->bytes += n;
    c->len -= n;
    c->offset += n;
}

/* Keeps what the header says, once it is all there. */
static int keep_header(struct avro_container *c, size_t len, struct error *err)
{
    struct error why;
    size_t codec_len = 0;
    memcpy(c->sync, c->bytes + len - SYNC_BYTES, SYNC_BYTES);
    c->header = mem_memdup(c->bytes, len);
    c->has_header = true;
    const char *codec = avro_container_property(c, "avro.codec", &codec_len);
    int rc = avro_codec_new(codec, codec_len, &c->codec, &why);
    if (rc)
        return fail(c, 0, rc, why.text, err);
    advance(c, len);
    return 0;
}

int avro_container_header(struct avro_container *c, bool *known, struct error *err)
{
    static const unsigned char magic[] = {'O', 'b', 'j', 1};
    struct cursor at = {.p = c->bytes, .end = c->bytes ? c->bytes + c->len : NULL};
    bool more;
    if (c->failed.code)
        return error_set(err, c->failed.code, "%s", c->failed.text);
    *known = c->has_header;
    if (c->has_header || !c->bytes)
        return 0;
    size_t n = c->len < sizeof magic ? c->len : sizeof magic;
    if (memcmp(c->bytes, magic, n) != 0)
        return fail(c, 0, ERR_INVALID, "no Avro container: it does not begin with Obj1", err);
    take(&at, sizeof magic);
    c->properties.n = 0;
    take_properties(c, &at, c->bytes);
    take(&at, SYNC_BYTES);
    if (at.is_short && c->len > AVRO_CONTAINER_HEADER_BYTES)
        return fail(c, 0, ERR_LIMIT, "a header of more than 32 MiB", err);
    int rc = judge(c, &at, "cut off within the header", &more, err);
    if (rc || more)
        return rc;
    *known = true;
    return keep_header(c, (size_t)(at.p - c->bytes), err);
}

/* Inflates a block's bytes into *block. */
static int inflate(struct avro_container *c, const unsigned char *bytes, size_t len, struct avro_container_block *block,
                   struct error *err)
{
    struct error why;
    size_t at = (size_t)(bytes - c->bytes);
    uint64_t rest = c->options.max_sum - c->sum;
    bool of_sum = rest < c->options.max_block;
    int rc = avro_codec_inflate(c->codec, bytes, len, of_sum ? (size_t)rest : c->options.max_block, &block->bytes,
                                &block->len, &why);
    if (rc == ERR_LIMIT && of_sum)
        return fail(c, at, rc, "the blocks inflate to more than may be in sum", err);
    if (rc)
        return fail(c, at, rc, why.text, err);
    c->sum += block->len;
    return 0;
}

int avro_container_next(struct avro_container *c, struct avro_container_block *block, struct error *err)
{
    bool known, more;
    int rc = avro_container_header(c, &known, err);
    if (rc)
        return rc;
    struct avro_container_block b = {.state = AVRO_CONTAINER_MORE, .offset = c->offset};
    if (known && c->len == 0)
        b.state = c->complete ? AVRO_CONTAINER_END : AVRO_CONTAINER_MORE;
    if (!known || c->len == 0) {
        *block = b;
        return 0;
    }
    struct cursor at = {.p = c->bytes, .end = c->bytes + c->len};
    int64_t count = take_long(&at), len = take_long(&at);
    if (count < 0 || len < 0)
        blame(&at, ERR_INVALID, "a block with less than nothing in it");
    if (len > AVRO_CONTAINER_BLOCK_BYTES)
        blame(&at, ERR_LIMIT, "a block of more than 64 MiB");
    const unsigned char *bytes = take(&at, len < 0 ? 0 : (uint64_t)len);
    const unsigned char *sync = take(&at, SYNC_BYTES);
    rc = judge(c, &at, "cut off within a block", &more, err);
    if (rc)
        return rc;
    if (!more) {
        if (memcmp(sync, c->sync, SYNC_BYTES) != 0)
            return fail(c, (size_t)(sync - c->bytes), ERR_INVALID, "a block does not end with the file's mark", err);
        if ((rc = inflate(c, bytes, (size_t)len, &b, err)))
            return rc;
        b.state = AVRO_CONTAINER_BLOCK;
        b.count = (uint64_t)count;
        advance(c, (size_t)(at.p - c->bytes));
    }
    *block = b;
    return 0;
}

const void *avro_container_property(const struct avro_container *c, const char *name, size_t *len)
{
    size_t n = strlen(name);
    *len = 0;
    for (size_t i = 0; c->has_header && i < c->properties.n; i++) {
        const struct property *p = &c->properties.items[i];
        if (p->name_len != n || memcmp(c->header + p->name, name, n) != 0)
            continue;
        *len = p->value_len;
        return c->header + p->value;
    }
    return NULL;
}
