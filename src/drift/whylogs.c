/* whylogs' profiles. */
#include "drift/whylogs.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "base/text.h"
#include "drift/whylogs.pb-c.h"
#include "drift/whylogs_sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 4, CHUNK_OF_COLUMN = 2, VARINT_BYTES = 10 };

struct budget {
    size_t left;
    bool hit;
};

struct reader {
    const uint8_t *bytes;
    size_t len;
    size_t chunks;    /* where they begin */
    struct map paths; /* index (uint32_t) → their Path, of the profile's header */
    struct drift_verdicts *v;
};

static void *take(void *arg, size_t size)
{
    struct budget *b = arg;
    if (size > b->left) {
        b->hit = true;
        return NULL;
    }
    b->left -= size;
    return mem_alloc(size);
}

static void give(void *arg, void *p)
{
    (void)arg;
    free(p);
}

static bool varint(const struct reader *r, size_t *at, uint64_t *ret)
{
    uint64_t v = 0;
    for (size_t i = 0; i < VARINT_BYTES && *at + i < r->len; i++) {
        v |= (uint64_t)(r->bytes[*at + i] & 0x7f) << (7 * i);
        if (!(r->bytes[*at + i] & 0x80)) {
            *at += i + 1;
            *ret = v;
            return true;
        }
    }
    return false;
}

/* Unpacks len bytes at *at and goes behind them; to be freed with protobuf_c_message_free_unpacked. */
static int message(const struct reader *r, size_t *at, uint64_t len, const ProtobufCMessageDescriptor *kind, void *ret,
                   struct error *err)
{
    struct budget budget = {.left = DRIFT_WHYLOGS_MEMORY};
    ProtobufCAllocator allocator = {take, give, &budget};
    if (*at > r->len || len > r->len - *at)
        return error_set(err, ERR_INVALID, "byte %zu: %s is longer than what is there", *at, kind->short_name);
    ProtobufCMessage *m = protobuf_c_message_unpack(kind, &allocator, len, r->bytes + *at);
    if (!m && budget.hit)
        return error_set(err, ERR_LIMIT, "byte %zu: %s takes more than %d bytes of memory", *at, kind->short_name,
                         DRIFT_WHYLOGS_MEMORY);
    if (!m)
        return error_set(err, ERR_INVALID, "byte %zu: %s is broken", *at, kind->short_name);
    *at += len;
    *(ProtobufCMessage **)ret = m;
    return 0;
}

/* The same with its length before it. */
static int delimited(const struct reader *r, size_t *at, const ProtobufCMessageDescriptor *kind, void *ret,
                     struct error *err)
{
    uint64_t len;
    size_t from = *at;
    if (!varint(r, at, &len))
        return error_set(err, ERR_INVALID, "byte %zu: the length of %s is broken", from, kind->short_name);
    return message(r, at, len, kind, ret, err);
}

static void done(void *m)
{
    ProtobufCAllocator allocator = {take, give, NULL};
    protobuf_c_message_free_unpacked(m, &allocator);
}

static bool is(ProtobufCBinaryData text, const char *what)
{
    return text.len == strlen(what) && memcmp(text.data, what, text.len) == 0;
}

static char *copy_of(ProtobufCBinaryData text)
{
    return mem_memdup(text.len ? (const void *)text.data : "",
                      text.len < LIMITS_NAME_BYTES ? text.len : LIMITS_NAME_BYTES);
}

/* Paths of plain numbers and where they go. */
static const struct {
    const char *name;
    size_t offset;
} plain[] = {
#define TYPE(i) (offsetof(struct drift_verdict_column, types) + (i) * sizeof(struct drift_verdict_number))
    {"counts/n", offsetof(struct drift_verdict_column, n)},
    {"counts/null", offsetof(struct drift_verdict_column, nulls)},
    {"counts/nan", offsetof(struct drift_verdict_column, nans)},
    {"counts/inf", offsetof(struct drift_verdict_column, infinities)},
    {"counts/true", offsetof(struct drift_verdict_column, trues)},
    {"distribution/mean", offsetof(struct drift_verdict_column, mean)},
    {"distribution/m2", offsetof(struct drift_verdict_column, deviation)}, /* until the column is whole */
    {"types/integral", TYPE(0)},
    {"types/fractional", TYPE(1)},
    {"types/boolean", TYPE(2)},
    {"types/string", TYPE(3)},
    {"types/object", TYPE(4)},
    {"types/tensor", TYPE(5)},
#undef TYPE
};

static const struct {
    const char *name;
    Drift__Whylogs__Pb__Component__ValueCase kind;
    int (*read)(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err);
} sketches[] = {
    {"distribution/kll", DRIFT__WHYLOGS__PB__COMPONENT__VALUE_KLL, drift_whylogs_sketch_kll},
    {"cardinality/hll", DRIFT__WHYLOGS__PB__COMPONENT__VALUE_HLL, drift_whylogs_sketch_hll},
    {"frequent_items/frequent_strings", DRIFT__WHYLOGS__PB__COMPONENT__VALUE_FREQUENT_ITEMS,
     drift_whylogs_sketch_frequent},
};

static void note(struct drift_verdict_column *c, const char *path, const char *why)
{
    if (!c->note)
        c->note = mem_printf("%s: %s", path, why);
}

static void component(struct drift_verdict_column *c, ProtobufCBinaryData path, const Drift__Whylogs__Pb__Component *m)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        struct drift_verdict_number *to = (struct drift_verdict_number *)(void *)((char *)c + plain[i].offset);
        if (is(path, plain[i].name) && m->value_case == DRIFT__WHYLOGS__PB__COMPONENT__VALUE_N)
            *to = drift_verdict_known((double)m->n);
        else if (is(path, plain[i].name) && m->value_case == DRIFT__WHYLOGS__PB__COMPONENT__VALUE_D)
            *to = drift_verdict_known(m->d);
    }
    for (size_t i = 0; i < sizeof sketches / sizeof *sketches; i++) {
        struct error why = {0};
        const Drift__Whylogs__Pb__Sketch *s = m->kll; /* each of the three is a pointer to the same, in a union */
        if (!is(path, sketches[i].name) || m->value_case != sketches[i].kind || !s)
            continue;
        if (sketches[i].read(c, s->bytes.data, s->bytes.len, &why) != 0)
            note(c, sketches[i].name, why.text);
    }
}

static int chunk(struct reader *r, uint64_t offset, struct drift_verdict_column *c, struct error *err)
{
    Drift__Whylogs__Pb__ChunkHeader *header;
    Drift__Whylogs__Pb__Chunk *chunk;
    if (offset > r->len - r->chunks)
        return error_set(err, ERR_INVALID, "its chunk begins behind the end");
    size_t at = r->chunks + (size_t)offset;
    int rc = delimited(r, &at, &drift__whylogs__pb__chunk_header__descriptor, &header, err);
    if (rc != 0)
        return rc;
    uint32_t type = header->type, len = header->length;
    done(header);
    if (type != CHUNK_OF_COLUMN)
        return error_set(err, ERR_INVALID, "byte %zu: a chunk of type %u is no column's", at, type);
    if ((rc = message(r, &at, len, &drift__whylogs__pb__chunk__descriptor, &chunk, err)) != 0)
        return rc;
    for (size_t i = 0; i < chunk->n_metrics; i++) {
        const Drift__Whylogs__Pb__Metric *m = chunk->metrics[i];
        const Drift__Whylogs__Pb__Path *path = map_get(&r->paths, &m->index, sizeof m->index);
        if (path && m->component)
            component(c, path->name, m->component);
        else
            note(c, "a metric", "its name is not in the profile's header");
    }
    done(chunk);
    return 0;
}

/* What whylogs takes from m2 when it is asked; nothing of no values, of which it says mean 0 and deviation 0. */
static void finish(struct drift_verdict_column *c)
{
    struct drift_verdict_number m2 = c->deviation;
    c->deviation = (struct drift_verdict_number){0};
    if (c->numbers.known && c->numbers.v == 0)
        c->mean = c->deviation;
    else if (m2.known && c->numbers.known && c->numbers.v > 1 && m2.v >= 0)
        c->deviation = drift_verdict_known(sqrt(m2.v / (c->numbers.v - 1)));
}

static void column(struct reader *r, const Drift__Whylogs__Pb__Column *from)
{
    struct error err = {0};
    char *name = copy_of(from->name);
    struct drift_verdict_column *c = drift_verdict_column(r->v, name);
    size_t n = c && from->offsets ? from->offsets->n_offsets : 0;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = chunk(r, from->offsets->offsets[i], c, &err);
    if (rc != 0) {
        drift_verdict_bad(r->v, "column %s: %s", name, err.text);
        note(c, "column", err.text);
    }
    if (c)
        finish(c);
    free(name);
}

/* "region=north, model=7": the segment's tags, which whylogs gives names of its own. */
static char *segment_of(const Drift__Whylogs__Pb__Segment *s)
{
    static const char prefix[] = "whylogs.tag.";
    struct str text;
    str_init(&text, LIMITS_NAME_BYTES);
    for (size_t i = 0; i < s->n_tags; i++) {
        ProtobufCBinaryData key = s->tags[i]->key, value = s->tags[i]->value;
        size_t cut = key.len >= strlen(prefix) && memcmp(key.data, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;
        str_add(&text, i ? ", " : "");
        str_bytes(&text, key.data + cut, key.len - cut);
        str_char(&text, '=');
        str_bytes(&text, value.data, value.len);
    }
    return str_take(&text);
}

static int segment(const struct reader *r, size_t *at, struct error *err)
{
    Drift__Whylogs__Pb__SegmentHeader *header;
    int rc = delimited(r, at, &drift__whylogs__pb__segment_header__descriptor, &header, err);
    if (rc != 0)
        return rc;
    if (header->n_segments > 1)
        rc = error_set(
            err, ERR_UNAVAILABLE,
            "a whylogs profile of %zu segments in one file is not read here: each has to be in a file of its own",
            header->n_segments);
    else if (header->has_segments && header->n_segments == 1)
        r->v->dataset = segment_of(header->segments[0]);
    done(header);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    const Drift__Whylogs__Pb__Column *x = *(Drift__Whylogs__Pb__Column *const *)a;
    const Drift__Whylogs__Pb__Column *y = *(Drift__Whylogs__Pb__Column *const *)b;
    size_t len = x->name.len < y->name.len ? x->name.len : y->name.len;
    int order = len ? memcmp(x->name.data, y->name.data, len) : 0;
    return order ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static int profile(struct reader *r, struct error *err)
{
    size_t at = MAGIC;
    Drift__Whylogs__Pb__ProfileHeader *header;
    int rc = segment(r, &at, err);
    if (rc != 0 || (rc = delimited(r, &at, &drift__whylogs__pb__profile_header__descriptor, &header, err)) != 0)
        return rc;
    r->chunks = at;
    if (header->length > r->len - at)
        rc = error_set(err, ERR_INVALID, "cut off: %zu bytes of columns of %llu", r->len - at,
                       (unsigned long long)header->length);
    if (rc == 0 && header->properties && header->properties->dataset_timestamp <= INT64_MAX)
        r->v->time_ms = (int64_t)header->properties->dataset_timestamp;
    for (size_t i = 0; i < header->n_paths; i++)
        map_put(&r->paths, &header->paths[i]->index, sizeof header->paths[i]->index, header->paths[i]);
    if (header->n_columns)
        qsort(header->columns, header->n_columns, sizeof *header->columns, by_name);
    for (size_t i = 0; rc == 0 && i < header->n_columns; i++)
        column(r, header->columns[i]);
    map_done(&r->paths);
    done(header);
    return rc;
}

bool drift_whylogs_is(const void *bytes, size_t len)
{
    const char *s = bytes;
    return len >= MAGIC && memcmp(s, "WHY", MAGIC - 1) == 0 && s[MAGIC - 1] >= '0' && s[MAGIC - 1] <= '9';
}

int drift_whylogs_read(const void *bytes, size_t len, struct drift_verdicts **ret, struct error *err)
{
    struct reader r = {.bytes = bytes, .len = len};
    if (!drift_whylogs_is(bytes, len))
        return error_set(err, ERR_INVALID, "no whylogs profile");
    if (r.bytes[MAGIC - 1] != '1')
        return error_set(err, ERR_UNAVAILABLE, "a whylogs profile of format WHY%c is not known here",
                         r.bytes[MAGIC - 1]);
    r.v = drift_verdict_new(DRIFT_VERDICT_WHYLOGS, "WHY1");
    int rc = profile(&r, err);
    if (rc == 0)
        *ret = r.v;
    else
        drift_verdict_free(r.v);
    return rc;
}
