/* Records as consumers fetch them: made up on the way, one batch a partition, with the times of the partition's
 * marks. */
#include "demo/api_call.h"

#include <string.h>

enum {
    BATCH_RECORDS = 500,            /* of one partition in one reply, at most */
    BATCH_BYTES = 1024 * 1024,      /* the same in bytes, if the asker allows so much */
    REPLY_BYTES = 16 * 1024 * 1024, /* all batches of a reply */
    WAIT_MS = 50,                   /* for records to come, at most: nobody is woken when they do */
    READ_COMMITTED = 1,
    TRANSACTIONAL = 0x10, /* attributes of a batch */
    CONTROL = 0x20,
};

/* What one request asks of all its partitions, and what is left of its bytes. */
struct fetch {
    int32_t max_bytes;
    bool committed;
    bool delivered; /* anything, or an error: nothing to wait for */
};

/* {"topic":"orders.created","partition":3,"offset":8812,"value":0.41}: what a topic without a maker of its own
 * holds. */
static void make_record(const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                        struct str *value)
{
    if (t->record.make) {
        t->record.make(t->record.arg, t, partition, offset, key, value);
        return;
    }
    double drawn = demo_world_value(partition, offset);
    str_printf(key, "%d-%lld", (int)partition, (long long)offset % 1000);
    str_printf(value, "{\"topic\":\"%s\",\"partition\":%d,\"offset\":%lld,\"value\":%.6f}", t->name, (int)partition,
               (long long)offset, drawn);
}

/* Key or value: a varint length and bytes; empty keys are null. */
static void put_field(struct demo_wire_writer *w, const struct str *field, bool nullable)
{
    demo_wire_varint(w, nullable && !field->len ? -1 : (int64_t)field->len);
    str_bytes(w->out, str_text(field), field->len);
}

static void put_record(struct demo_wire_writer *w, const struct demo_topic *t, int32_t partition, int64_t offset,
                       int64_t base, int64_t time_delta_ms)
{
    struct str key = {0}, value = {0}, body = {0};
    struct demo_wire_writer b = {.out = &body};
    make_record(t, partition, offset, &key, &value);
    demo_wire_i8(&b, 0); /* attributes */
    demo_wire_varint(&b, time_delta_ms);
    demo_wire_varint(&b, offset - base);
    put_field(&b, &key, true);
    put_field(&b, &value, false);
    demo_wire_varint(&b, 0); /* headers */
    demo_wire_varint(w, (int64_t)body.len);
    str_bytes(w->out, body.s, body.len);
    str_done(&key);
    str_done(&value);
    str_done(&body);
}

/* The marker of a transaction that was committed: a key of its own form, and no more. */
static void put_marker(struct demo_wire_writer *w)
{
    struct str key = {0}, value = {0}, body = {0};
    struct demo_wire_writer k = {.out = &key}, b = {.out = &body};
    demo_wire_i16(&k, 0); /* version */
    demo_wire_i16(&k, 1); /* committed */
    demo_wire_i8(&b, 0);
    demo_wire_varint(&b, 0);
    demo_wire_varint(&b, 0);
    put_field(&b, &key, false);
    put_field(&b, &value, false);
    demo_wire_varint(&b, 0);
    demo_wire_varint(w, (int64_t)body.len);
    str_bytes(w->out, body.s, body.len);
    str_done(&key);
    str_done(&body);
}

/* The first marker at or after an offset; `to` if there is none before. */
static int64_t next_marker(const struct demo_partition *p, int64_t offset, int64_t to)
{
    for (size_t i = 0; i < p->markers.n; i++)
        if (p->markers.items[i] >= offset && p->markers.items[i] < to)
            return p->markers.items[i];
    return to;
}

/* A record batch (magic 2) from offset `from` up to `to` or until it is max_bytes long; one record at least. */
static void put_batch(struct str *out, const struct demo_topic *t, int32_t partition, int64_t from, int64_t to,
                      int32_t max_bytes)
{
    const struct demo_partition *p = &t->partitions.items[partition];
    struct str records = {0};
    struct demo_wire_writer r = {.out = &records}, w = {.out = out};
    int64_t base_ms = demo_partition_time_of(p, from), last_ms = base_ms, next = from;
    bool marker = next_marker(p, from, to) == from && from < to;
    to = marker ? from + 1 : next_marker(p, from, to); /* which is alone in its batch */
    if (marker) {
        put_marker(&r);
        next++;
    }
    while (!marker && next < to && next - from < BATCH_RECORDS && (next == from || records.len < (size_t)max_bytes)) {
        last_ms = demo_partition_time_of(p, next);
        put_record(&r, t, partition, next, from, last_ms - base_ms);
        next++;
    }
    size_t begin = out->len;
    demo_wire_i64(&w, from);
    demo_wire_i32(&w, 0); /* length, below */
    demo_wire_i32(&w, p->leader_epoch);
    demo_wire_i8(&w, 2);                                     /* magic */
    demo_wire_i32(&w, 0);                                    /* checksum, below */
    demo_wire_i16(&w, marker ? CONTROL | TRANSACTIONAL : 0); /* no compression, the producer's time */
    demo_wire_i32(&w, (int32_t)(next - 1 - from));
    demo_wire_i64(&w, base_ms);
    demo_wire_i64(&w, last_ms);
    demo_wire_i64(&w, marker ? 1 : -1); /* producer, its epoch and sequence */
    demo_wire_i16(&w, marker ? 0 : -1);
    demo_wire_i32(&w, -1);
    demo_wire_i32(&w, (int32_t)(next - from));
    str_bytes(out, records.s, records.len);
    demo_wire_patch_i32(&w, begin + 8, (int32_t)(out->len - begin - 12));
    demo_wire_patch_i32(&w, begin + 17, (int32_t)demo_wire_crc32c(out->s + begin + 21, out->len - begin - 21));
    str_done(&records);
}

static int16_t fetch_error(const struct demo_api_call *c, const struct demo_topic *t, const struct demo_partition *p,
                           int64_t offset)
{
    if (c->error)
        return c->error;
    if (t && t->hidden)
        return DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
    if (!p)
        return DEMO_ERROR_UNKNOWN_TOPIC_OR_PARTITION;
    if (p->leader != c->node)
        return DEMO_ERROR_NOT_LEADER;
    return offset < p->start || offset > p->end ? DEMO_ERROR_OFFSET_OUT_OF_RANGE : 0;
}

/* One partition of a request: reads what is asked, writes what there is. */
static void answer_partition(struct demo_api_call *c, const struct demo_topic *t, struct fetch *f)
{
    int32_t index = demo_wire_read_i32(c->in);
    if (c->version >= 9)
        demo_wire_read_i32(c->in); /* leader's epoch the asker knows */
    int64_t offset = demo_wire_read_i64(c->in);
    if (c->version >= 5)
        demo_wire_read_i64(c->in); /* a follower's log start */
    int32_t wanted = demo_wire_read_i32(c->in);
    bool known = t && index >= 0 && (size_t)index < t->partitions.n;
    const struct demo_partition *p = known ? &t->partitions.items[index] : NULL;
    int16_t error = fetch_error(c, t, p, offset);
    struct str batch = {0};
    int64_t to = error ? 0 : f->committed ? p->lso : p->end;
    if (!c->in->bad && !error && offset < to && f->max_bytes > 0)
        put_batch(&batch, t, index, offset, to, wanted < BATCH_BYTES ? wanted : BATCH_BYTES);
    f->max_bytes -= (int32_t)batch.len;
    f->delivered |= error || batch.len;
    demo_wire_i32(c->out, index);
    demo_wire_i16(c->out, error);
    demo_wire_i64(c->out, error ? -1 : p->end);
    demo_wire_i64(c->out, error ? -1 : p->lso);
    if (c->version >= 5)
        demo_wire_i64(c->out, error ? -1 : p->start);
    demo_wire_array(c->out, 0); /* aborted transactions */
    if (c->version >= 11)
        demo_wire_i32(c->out, -1); /* no better replica to read from */
    demo_wire_bytes(c->out, str_text(&batch), batch.len);
    str_done(&batch);
}

static void skip_forgotten(struct demo_api_call *c)
{
    int32_t n = demo_wire_read_array(c->in, 6);
    for (int32_t i = 0; i < n && !c->in->bad; i++) {
        demo_wire_read_string(c->in);
        int32_t partitions = demo_wire_read_array(c->in, 4);
        for (int32_t k = 0; k < partitions; k++)
            demo_wire_read_i32(c->in);
    }
}

void demo_api_fetch(struct demo_api_call *c)
{
    struct fetch f = {0};
    demo_wire_read_i32(c->in); /* replica id */
    int32_t wait_ms = demo_wire_read_i32(c->in);
    demo_wire_read_i32(c->in); /* bytes to wait for: any will do */
    f.max_bytes = demo_wire_read_i32(c->in);
    f.max_bytes = f.max_bytes < REPLY_BYTES ? f.max_bytes : REPLY_BYTES;
    f.committed = demo_wire_read_i8(c->in) == READ_COMMITTED;
    if (c->version >= 7)
        demo_wire_read_i64(c->in); /* session and its epoch: none is ever made */
    demo_wire_i32(c->out, c->throttle_ms);
    if (c->version >= 7) {
        demo_wire_i16(c->out, 0);
        demo_wire_i32(c->out, 0);
    }
    int32_t topics = demo_wire_read_array(c->in, 6);
    demo_wire_array(c->out, topics < 0 ? 0 : topics);
    for (int32_t i = 0; i < topics && !c->in->bad; i++) {
        struct demo_wire_text name = demo_wire_read_string(c->in);
        const struct demo_topic *t = demo_world_topic_n(c->world, name.s ? name.s : "", name.len);
        int32_t n = demo_wire_read_array(c->in, 16);
        demo_wire_text(c->out, name);
        demo_wire_array(c->out, n < 0 ? 0 : n);
        for (int32_t k = 0; k < n && !c->in->bad; k++)
            answer_partition(c, t, &f);
    }
    if (c->version >= 7)
        skip_forgotten(c);
    if (c->version >= 11)
        demo_wire_read_string(c->in); /* rack */
    if (!f.delivered)
        c->wait_ms = wait_ms < 0 ? 0 : wait_ms < WAIT_MS ? wait_ms : WAIT_MS;
}
