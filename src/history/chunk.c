/* The codec of chunks: differences of differences of times, differences of integers. */
#include "history/chunk.h"
#include "base/vec.h"
#include "history/pack.h"

#include <string.h>

enum {
    VERSION = 1,
    FLAG_TEXTS = 1,
    QUALITY_MASK = 7,
    REAL = 1 << 3,
    SAME_STEP = 1 << 4,
    FRESH = 1 << 5,
    FORM_SHIFT = 6,
    FORM_SAME = 0,
    FORM_DIFFERENCE = 1,
};

/* What a sample is coded against. */
struct before {
    uint64_t time, step, integer;
    double real;
};

bool history_sample_same(const struct history_sample *a, const struct history_sample *b)
{
    if (a->quality != b->quality)
        return false;
    return a->quality == QUALITY_UNKNOWN || (a->real == b->real && a->i == b->i);
}

/* Packs the value after *byte was decided; returns its form. */
static unsigned encode_value(struct str *out, const struct history_sample *s, struct before *b)
{
    if (s->quality == QUALITY_UNKNOWN)
        return FORM_SAME;
    if (s->real) {
        if (memcmp(&s->d, &b->real, sizeof s->d) == 0)
            return FORM_SAME;
        b->real = s->d;
        return history_pack_real(out, s->d);
    }
    uint64_t difference = (uint64_t)s->i - b->integer;
    b->integer = (uint64_t)s->i;
    if (!difference)
        return FORM_SAME;
    history_pack_int(out, (int64_t)difference);
    return FORM_DIFFERENCE;
}

static void encode_sample(struct str *out, const struct history_sample *s, struct before *b)
{
    size_t at = out->len;
    unsigned byte = s->quality | (s->fresh ? FRESH : 0);
    str_char(out, 0); /* its place */
    uint64_t step = (uint64_t)s->time_ms - b->time;
    if (step == b->step)
        byte |= SAME_STEP;
    else
        history_pack_int(out, (int64_t)(step - b->step));
    b->step = step;
    b->time = (uint64_t)s->time_ms;
    if (s->real && s->quality != QUALITY_UNKNOWN)
        byte |= REAL;
    byte |= encode_value(out, s, b) << FORM_SHIFT;
    out->s[at] = (char)byte;
}

void history_chunk_encode(struct str *out, const struct history_sample *samples, size_t n, bool texts,
                          int64_t resolution_ms)
{
    str_char(out, VERSION);
    history_pack_uint(out, texts ? FLAG_TEXTS : 0);
    history_pack_uint(out, (uint64_t)resolution_ms);
    history_pack_uint(out, n);
    struct before b = {0};
    for (size_t i = 0; i < n; i++)
        encode_sample(out, &samples[i], &b);
}

static void decode_value(struct history_unpack *u, unsigned form, struct history_sample *s, struct before *b)
{
    if (s->real) {
        if (form != FORM_SAME)
            b->real = history_unpack_real(u, (enum history_real_form)form);
        s->d = b->real;
        return;
    }
    if (form > FORM_DIFFERENCE)
        u->bad = true;
    else if (form == FORM_DIFFERENCE)
        b->integer += (uint64_t)history_unpack_int(u);
    s->i = (int64_t)b->integer;
}

static struct history_sample decode_sample(struct history_unpack *u, struct before *b)
{
    unsigned byte = history_unpack_byte(u);
    struct history_sample s = {
        .quality = byte & QUALITY_MASK, .real = (byte & REAL) != 0, .fresh = (byte & FRESH) != 0};
    unsigned form = byte >> FORM_SHIFT;
    if (!(byte & SAME_STEP))
        b->step += (uint64_t)history_unpack_int(u);
    b->time += b->step;
    s.time_ms = (int64_t)b->time;
    if (s.quality > QUALITY_STALE || (s.quality == QUALITY_UNKNOWN && (s.real || form)))
        u->bad = true;
    else if (s.quality != QUALITY_UNKNOWN)
        decode_value(u, form, &s, b);
    return s;
}

static struct history_chunk_head decode_head(struct history_unpack *u)
{
    struct history_chunk_head head = {0};
    if (history_unpack_byte(u) != VERSION)
        u->bad = true;
    uint64_t flags = history_unpack_uint(u);
    uint64_t resolution = history_unpack_uint(u);
    uint64_t n = history_unpack_uint(u);
    if (flags > FLAG_TEXTS || resolution > INT64_MAX || n > HISTORY_CHUNK_SAMPLES_MAX || n > (uint64_t)(u->end - u->at))
        u->bad = true;
    if (!u->bad)
        head = (struct history_chunk_head){
            .texts = flags == FLAG_TEXTS, .resolution_ms = (int64_t)resolution, .n = (size_t)n};
    return head;
}

int history_chunk_decode(const void *bytes, size_t len, struct history_chunk_head *ret, struct history_samples *samples)
{
    struct history_unpack u = history_unpack(bytes, len);
    struct history_chunk_head head = decode_head(&u);
    size_t before = samples->n;
    vec_reserve(samples, head.n);
    struct before b = {0};
    for (size_t i = 0; i < head.n && !u.bad; i++) {
        struct history_sample s = decode_sample(&u, &b);
        if (i && s.time_ms <= samples->items[samples->n - 1].time_ms)
            u.bad = true;
        s.resolution_ms = head.resolution_ms < UINT32_MAX ? (uint32_t)head.resolution_ms : UINT32_MAX;
        samples->items[samples->n++] = s;
    }
    if (u.bad || u.at != u.end) {
        samples->n = before;
        return ERR_INVALID;
    }
    if (ret)
        *ret = head;
    return 0;
}
