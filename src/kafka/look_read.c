/* Reads records of a partition with librdkafka's plain consumer, which knows no group. */
#include "kafka/look_read.h"
#include "base/mem.h"

#include <inttypes.h>
#include <string.h>

enum {
    FIRST_SLICE_MS = 100, /* of waiting for metadata before looking whether anything is reachable */
    POLL_MS = 100,        /* of waiting for a record before looking whether it is still wanted */
    REQUESTS = 6,         /* of a look, as the cap counts: for the topic, its two ends, and some for records */
};

/* Over the cluster's own: little at once, no end unnoticed, and no other offset than the one asked for. */
static const char *const properties[][2] = {
    {"enable.partition.eof", "true"},
    {"auto.offset.reset", "error"},
    {"allow.auto.create.topics", "false"},
    {"fetch.wait.max.ms", "100"},
    {"fetch.error.backoff.ms", "100"},
    {"max.partition.fetch.bytes", "262144"},
    {"queued.min.messages", "1"},
    {"queued.max.messages.kbytes", "4096"},
    {"check.crcs", "true"},
    {NULL, NULL},
};

static const struct {
    rd_kafka_resp_err_t err;
    int code;
    const char *text; /* after "topic NAME" */
} refusals[] = {
    {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, ERR_REMOTE, ": no permission (READ on the topic is needed)"},
    {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, ERR_NOT_FOUND, " does not exist"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, ERR_NOT_FOUND, " does not exist"},
    {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, ERR_NOT_FOUND, " has no such partition"},
    {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, ERR_INVALID, ": this can be no topic's name"},
    {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, ERR_UNAVAILABLE, ": the partition has no leader now"},
    {RD_KAFKA_RESP_ERR__BAD_MSG, ERR_REMOTE, ": the record is damaged (its checksum is wrong)"},
    {RD_KAFKA_RESP_ERR__BAD_COMPRESSION, ERR_REMOTE, ": the record is damaged (it cannot be decompressed)"},
    {RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE, ERR_REMOTE, ": the record's compression is not supported here"},
};

/* The state of one read. */
struct look {
    struct kafka_look_reader *reader;
    rd_kafka_t *rk;
    const struct kafka_budget *budget;
    const struct stream_record_query *q;
    struct stream_records records;
    int64_t from; /* where reading begins */
    struct error *err;
};

/* An answer of the library's that ends a look. */
static int refuse(const struct look *l, rd_kafka_resp_err_t code)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].err == code)
            return error_set(l->err, refusals[i].code, "topic %.256s%s", l->q->topic, refusals[i].text);
    char reason[384];
    kafka_client_reason(l->reader->client, reason, sizeof reason);
    bool late = code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT;
    if (late && !*reason)
        return error_set(l->err, ERR_TIMEOUT, "no answer in time");
    if (*reason)
        return error_set(l->err, ERR_UNAVAILABLE, "%s", reason);
    return error_set(l->err, ERR_REMOTE, "topic %.256s: %s", l->q->topic, rd_kafka_err2str(code));
}

/* ---- what there is ---- */

static int check_partition(const struct look *l, const rd_kafka_metadata_t *md)
{
    const rd_kafka_metadata_topic_t *t = md->topic_cnt ? &md->topics[0] : NULL;
    if (!t)
        return refuse(l, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    if (t->err)
        return refuse(l, t->err);
    for (int i = 0; i < t->partition_cnt; i++) {
        if (t->partitions[i].id != l->q->partition)
            continue;
        return t->partitions[i].leader < 0 ? refuse(l, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE) : 0;
    }
    return error_set(l->err, ERR_NOT_FOUND, "topic %.256s has no partition %" PRId32 ", it has %d", l->q->topic,
                     l->q->partition, t->partition_cnt);
}

/* Is the partition there? Asks until there is an answer, each time for twice as long: a call during which the first broker
 * turns out not to be reachable waits a second before it tries another one. */
static int find_partition(const struct look *l)
{
    const rd_kafka_metadata_t *md = NULL;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    kafka_client_retry(l->reader->client);
    int slice_ms = FIRST_SLICE_MS;
    for (int left; (left = kafka_budget_left(l->budget)) > 0; slice_ms *= 2) {
        code = rd_kafka_metadata(l->rk, 0, l->reader->topic, &md, left < slice_ms ? left : slice_ms);
        rd_kafka_poll(l->rk, 0); /* error callbacks */
        if (!code || kafka_client_down(l->reader->client))
            break;
    }
    if (code)
        return refuse(l, code);
    kafka_client_connected(l->reader->client);
    int rc = check_partition(l, md);
    rd_kafka_metadata_destroy(md);
    return rc;
}

/* Reads where the log starts and ends, and settles where to begin. */
static int find_place(struct look *l)
{
    struct stream_records *r = &l->records;
    int left = kafka_budget_left(l->budget);
    rd_kafka_resp_err_t code =
        rd_kafka_query_watermark_offsets(l->rk, l->q->topic, l->q->partition, &r->start, &r->end, left > 0 ? left : 1);
    if (code)
        return refuse(l, code);
    r->asked = l->q->offset;
    if (r->asked == STREAM_RECORD_AT_START)
        r->asked = r->start;
    if (r->asked == STREAM_RECORD_AT_END)
        r->asked = r->end - r->start > l->q->count ? r->end - l->q->count : r->start;
    r->found = r->asked < r->start  ? STREAM_RECORD_LOST
               : r->asked == r->end ? STREAM_RECORD_AT_LOG_END
               : r->asked > r->end  ? STREAM_RECORD_BEYOND
                                    : STREAM_RECORD_NONE;
    l->from = r->asked < r->start ? r->start : r->asked;
    return 0;
}

/* ---- reading ---- */

static void take_headers(const rd_kafka_message_t *m, struct stream_record *r)
{
    rd_kafka_headers_t *list;
    if (rd_kafka_message_headers(m, &list))
        return;
    size_t n = rd_kafka_header_cnt(list), left = STREAM_RECORD_HEADER_BYTES;
    r->headers_there = n;
    r->headers = mem_calloc((n < STREAM_RECORD_HEADERS ? n : STREAM_RECORD_HEADERS) + 1, sizeof *r->headers);
    for (size_t i = 0; i < n && i < STREAM_RECORD_HEADERS; i++) {
        const char *name;
        const void *value;
        size_t size;
        if (rd_kafka_header_get_all(list, i, &name, &value, &size) || strlen(name) + size > left)
            break;
        left -= strlen(name) + size;
        r->headers[r->nheaders++] = (struct stream_record_header){
            .name = stream_record_keep(name, strlen(name), SIZE_MAX),
            .value = stream_record_keep(value, size, SIZE_MAX),
        };
    }
}

static void take_record(struct look *l, const rd_kafka_message_t *m)
{
    struct stream_records *all = &l->records;
    struct stream_record r = {.offset = m->offset};
    rd_kafka_timestamp_type_t type;
    r.time_ms = rd_kafka_message_timestamp(m, &type);
    if (r.time_ms >= 0 && type == RD_KAFKA_TIMESTAMP_CREATE_TIME)
        r.clock = STREAM_RECORD_CREATED;
    if (r.time_ms >= 0 && type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME)
        r.clock = STREAM_RECORD_APPENDED;
    r.key = stream_record_keep(m->key, m->key_len, STREAM_RECORD_KEY);
    r.value = stream_record_keep(m->payload, m->len, STREAM_RECORD_VALUE);
    take_headers(m, &r);
    if (!all->items.n && all->found == STREAM_RECORD_NONE)
        all->found = r.offset == all->asked ? STREAM_RECORD_HERE : STREAM_RECORD_LATER;
    vec_push(&all->items, r);
}

/* Deleted between the question where the log starts and the first read. */
static bool is_out_of_range(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || code == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

/* What ends a read for good; other errors go away with the next try. */
static bool is_final(rd_kafka_resp_err_t code)
{
    if (is_out_of_range(code))
        return true;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (refusals[i].err == code && code != RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
            return true;
    return false;
}

/* One message of the queue; *over when there is nothing more to wait for. */
static int take_message(struct look *l, const rd_kafka_message_t *m, bool *over)
{
    if (!m->err) {
        if (m->offset >= l->from)
            take_record(l, m);
        *over = l->records.items.n >= (size_t)l->q->count;
        return 0;
    }
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        *over = true;
        return 0;
    }
    if (!is_final(m->err))
        return 0;
    *over = true;
    if (l->records.items.n) { /* the rest cannot be read, but there is something to show */
        l->records.late = true;
        return 0;
    }
    if (is_out_of_range(m->err))
        return error_set(l->err, ERR_REMOTE, "topic %.256s: offset %" PRId64 " was deleted just now", l->q->topic,
                         l->from);
    return refuse(l, m->err);
}

static int read_records(struct look *l)
{
    struct kafka_look_reader *r = l->reader;
    r->queue = rd_kafka_queue_new(l->rk);
    if (rd_kafka_consume_start_queue(r->topic, r->partition, l->from, r->queue))
        return refuse(l, rd_kafka_last_error());
    r->started = true;
    bool over = false;
    int rc = 0, left;
    while (!rc && !over && (left = kafka_budget_left(l->budget)) > 0) {
        rd_kafka_message_t *m = rd_kafka_consume_queue(r->queue, left < POLL_MS ? left : POLL_MS);
        rd_kafka_poll(l->rk, 0);
        if (!m)
            continue;
        rc = take_message(l, m, &over);
        rd_kafka_message_destroy(m);
    }
    if (!rc && !over && !l->records.items.n)
        rc = refuse(l, RD_KAFKA_RESP_ERR__TIMED_OUT);
    l->records.late |= !over;
    return rc;
}

int kafka_look_read(struct kafka_look_reader *r, const struct kafka_admin_settings *settings,
                    const struct kafka_budget *budget, const struct stream_record_query *q, struct stream_records *ret,
                    struct error *err)
{
    struct look l = {.reader = r, .budget = budget, .q = q, .err = err};
    if (!kafka_pace_wait(settings->pace, budget, REQUESTS))
        return error_set(err, ERR_TIMEOUT,
                         "its turn did not come in time: other requests are at the cap "
                         "(max_requests_per_s)");
    int rc = kafka_client_new(settings, properties, &r->client, err);
    if (rc)
        return rc;
    l.rk = kafka_client_handle(r->client);
    r->partition = q->partition;
    r->topic = rd_kafka_topic_new(l.rk, q->topic, NULL);
    if (!r->topic)
        return refuse(&l, rd_kafka_last_error());
    rc = find_partition(&l);
    if (!rc)
        rc = find_place(&l);
    if (!rc && l.from < l.records.end)
        rc = read_records(&l);
    if (rc)
        stream_record_done(&l.records);
    else
        *ret = l.records;
    return rc;
}

void kafka_look_read_close(struct kafka_look_reader *r)
{
    if (r->started)
        rd_kafka_consume_stop(r->topic, r->partition);
    if (r->queue)
        rd_kafka_queue_destroy(r->queue);
    if (r->topic)
        rd_kafka_topic_destroy(r->topic);
    kafka_client_free(r->client);
    *r = (struct kafka_look_reader){0};
}
