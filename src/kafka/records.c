/* The record stream over librdkafka: finds positions, assigns, collects, and closes, all on a thread of its own. */
#include "kafka/records.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/workers.h"
#include "kafka/client.h"
#include "kafka/librdkafka.h"

#include <errno.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    DEFAULT_BYTES = 8 * 1024 * 1024,
    DEFAULT_OPEN_MS = 30000,
    CHUNK = 500,    /* partitions of one question for offsets: the library's cost grows with the square */
    SLICE_MS = 100, /* of waiting, between two looks at whether to stop */
    TURN_MS = 1000, /* a turn comes at least as often */
    TURN_RECORDS = 20000,
    LEAST_RECORDS = 10000, /* that are fetched ahead */
    RECORD_BYTES = 400,    /* of a record, for how many are fetched ahead where more bytes may be */
    MAX_HEADERS = 256,     /* of one record; further ones are left out */
    MAX_PLACES = 10000,
    COUNT_MS = 10000,     /* between two looks at how many partitions there are */
    GONE_COUNT_MS = 3000, /* the same while there are none */
    END_MS = 1000,        /* for a thread without work to end */
};

struct kafka_records {
    struct workers *workers;
    const struct kafka_admin_settings *admin;
    const struct clock *clock;
    const struct kafka_records_ops *ops;
    void *arg;
    VEC(struct kafka_records_what) what;   /* topics owned */
    VEC(struct kafka_records_known) known; /* likewise */
    size_t max_bytes;
    int linger_ms, open_ms;
    enum kafka_records_from gap_to;
    /* The thread's during a job, the loop's between two. */
    struct kafka_client *client;
    VEC(struct kafka_records_place) places; /* topics owned by what */
    int64_t counted_us;                     /* when partitions were last counted */
    bool gone;                              /* a topic was not there then */
    struct kafka_records_state state;
    /* Both threads'. */
    atomic_bool stop;
    sem_t closed;
    bool stopped; /* the loop's */
};

/* ---- opening ---- */

static int fail(struct kafka_records *r, rd_kafka_resp_err_t code, const char *what)
{
    struct kafka_records_state *s = &r->state;
    char reason[256];
    s->fault = kafka_librdkafka_fault(code);
    kafka_client_reason(r->client, reason, sizeof reason);
    bool network = s->fault == KAFKA_FAULT_NETWORK || s->fault == KAFKA_FAULT_UNASKED;
    s->code = network ? ERR_UNAVAILABLE : ERR_REMOTE;
    if (s->fault == KAFKA_FAULT_DENIED)
        return error_set(&s->error, s->code, "no permission to read %s", what);
    return error_set(&s->error, s->code, "%s: %s", what, network && *reason ? reason : rd_kafka_err2str(code));
}

static int open_client(struct kafka_records *r)
{
    char kbytes[32], messages[32];
    const size_t least = r->max_bytes / RECORD_BYTES;
    snprintf(messages, sizeof messages, "%zu", least > LEAST_RECORDS ? least : LEAST_RECORDS);
    snprintf(kbytes, sizeof kbytes, "%zu", r->max_bytes / 1024 ? r->max_bytes / 1024 : 1);
    const char *const own[][2] = {
        {"isolation.level", "read_committed"},
        {"enable.partition.eof", "true"},
        {"auto.offset.reset", "error"}, /* what is gone is to be told, not skipped */
        {"fetch.min.bytes", "1"},
        {"fetch.wait.max.ms", "500"},
        {"queued.min.messages", messages}, /* with so many, or so many bytes, it waits for up to a second */
        {"queued.max.messages.kbytes", kbytes},
        {NULL, NULL},
    };
    struct kafka_records_state *s = &r->state;
    int rc = kafka_client_new(r->admin, own, &r->client, &s->error);
    if (rc) {
        s->code = rc;
        s->fault = KAFKA_FAULT_OTHER;
        return rc;
    }
    rd_kafka_poll_set_consumer(kafka_client_handle(r->client));
    return 0;
}

static int time_left(const struct kafka_records *r, int64_t until_us)
{
    int64_t left = (until_us - clock_mono_us(r->clock)) / 1000;
    return atomic_load(&r->stop) || left <= 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* How many partitions a topic has. */
static rd_kafka_resp_err_t ask_count(struct kafka_records *r, const char *topic, int64_t until_us, int32_t *n)
{
    rd_kafka_t *rk = kafka_client_handle(r->client);
    rd_kafka_topic_t *t = rd_kafka_topic_new(rk, topic, NULL);
    if (!t)
        return rd_kafka_last_error();
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    const rd_kafka_metadata_t *md = NULL;
    /* In slices: while the first broker tried cannot be reached, one call in the library waits, a new one tries another. */
    for (int left; code && (left = time_left(r, until_us)) > 0;)
        code = rd_kafka_metadata(rk, 0, t, &md, left < TURN_MS ? left : TURN_MS);
    if (!code)
        code = md->topic_cnt == 1 ? md->topics[0].err : RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    if (!code)
        *n = md->topics[0].partition_cnt;
    if (md)
        rd_kafka_metadata_destroy(md);
    rd_kafka_topic_destroy(t);
    return code;
}

static int count_partitions(struct kafka_records *r, const char *topic, int64_t until_us, int32_t *n)
{
    rd_kafka_resp_err_t code = ask_count(r, topic, until_us, n);
    return code ? fail(r, code, topic) : 0;
}

static int add_places(struct kafka_records *r, const struct kafka_records_what *w, int64_t until_us)
{
    int32_t first = w->partition, n = 1;
    if (w->partition < 0) {
        first = 0;
        int rc = count_partitions(r, w->topic, until_us, &n);
        if (rc)
            return rc;
    }
    if (r->places.n + (size_t)n > MAX_PLACES) {
        r->state.fault = KAFKA_FAULT_OTHER;
        return r->state.code = error_set(&r->state.error, ERR_LIMIT, "%s: %d partitions are more than %d together",
                                         w->topic, n, MAX_PLACES);
    }
    for (int32_t i = 0; i < n; i++)
        vec_push(
            &r->places,
            (struct kafka_records_place){
                .topic = (char *)(uintptr_t)w->topic, .partition = first + i, .begin = -1, .position = -1, .end = -1});
    return 0;
}

static void place_fault(struct kafka_records_place *p, rd_kafka_resp_err_t code)
{
    p->fault = kafka_librdkafka_fault(code);
    p->fault_text = rd_kafka_err2str(code);
}

/* Asks where the places from `first` on are, n of them, at the point `at` of the library (a time, or its name for the end
 * or the start). */
static int ask(struct kafka_records *r, size_t first, size_t n, int64_t at, int64_t until_us)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = first; i < first + n; i++)
        rd_kafka_topic_partition_list_add(list, r->places.items[i].topic, r->places.items[i].partition)->offset = at;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(kafka_client_handle(r->client), list, time_left(r, until_us));
    int rc = code ? fail(r, code, r->places.items[first].topic) : 0;
    for (size_t i = 0; i < n && !code; i++) {
        struct kafka_records_place *p = &r->places.items[first + i];
        if (list->elems[i].err)
            place_fault(p, list->elems[i].err);
        else
            p->position = list->elems[i].offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return rc;
}

static struct kafka_records_place *find_place(struct kafka_records *r, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < r->places.n; i++) {
        struct kafka_records_place *p = &r->places.items[i];
        if (p->partition == partition && strcmp(p->topic, topic) == 0)
            return p;
    }
    return NULL;
}

/* Reading goes on where it ended before, wherever else it would begin. */
static void use_known(struct kafka_records *r)
{
    for (size_t i = 0; i < r->known.n; i++) {
        const struct kafka_records_known *k = &r->known.items[i];
        struct kafka_records_place *p = find_place(r, k->topic, k->partition);
        if (p)
            p->position = k->position;
    }
}

static int find_positions(struct kafka_records *r, const struct kafka_records_what *w, size_t first, int64_t until_us)
{
    int64_t at = w->from == KAFKA_RECORDS_START  ? RD_KAFKA_OFFSET_BEGINNING
                 : w->from == KAFKA_RECORDS_TIME ? w->at
                                                 : RD_KAFKA_OFFSET_END;
    size_t n = r->places.n;
    for (size_t i = first; i < n; i += CHUNK) {
        size_t chunk = n - i < CHUNK ? n - i : CHUNK;
        if (w->from == KAFKA_RECORDS_OFFSET) {
            for (size_t k = i; k < i + chunk; k++)
                r->places.items[k].position = w->at;
            continue;
        }
        int rc = ask(r, i, chunk, at, until_us);
        if (rc)
            return rc;
    }
    /* No record of that time or later: the end. One by one, for they are few or the call above would do. */
    for (size_t i = first; w->from == KAFKA_RECORDS_TIME && i < n; i++)
        if (r->places.items[i].position < 0 && !r->places.items[i].fault) {
            int rc = ask(r, i, 1, RD_KAFKA_OFFSET_END, until_us);
            if (rc)
                return rc;
        }
    return 0;
}

/* Reads on from the positions; a partition without one goes on where a gap leads to. */
static rd_kafka_resp_err_t assign(struct kafka_records *r)
{
    int64_t to = r->gap_to == KAFKA_RECORDS_END ? RD_KAFKA_OFFSET_END : RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)r->places.n);
    for (size_t i = 0; i < r->places.n; i++) {
        const struct kafka_records_place *p = &r->places.items[i];
        if (p->position >= 0 || p->gaps)
            rd_kafka_topic_partition_list_add(list, p->topic, p->partition)->offset =
                p->position >= 0 ? p->position : to;
    }
    rd_kafka_resp_err_t code = rd_kafka_assign(kafka_client_handle(r->client), list);
    rd_kafka_topic_partition_list_destroy(list);
    return code;
}

static void open_stream(struct kafka_records *r)
{
    int64_t until_us = clock_mono_us(r->clock) + (int64_t)r->open_ms * 1000;
    int rc = open_client(r);
    for (size_t i = 0; i < r->what.n && !rc; i++) {
        size_t first = r->places.n;
        rc = add_places(r, &r->what.items[i], until_us);
        if (!rc)
            rc = find_positions(r, &r->what.items[i], first, until_us);
    }
    use_known(r);
    for (size_t i = 0; i < r->places.n; i++)
        r->places.items[i].begin = r->places.items[i].position;
    r->counted_us = clock_mono_us(r->clock);
    rd_kafka_resp_err_t code = rc ? 0 : assign(r);
    if (code)
        rc = fail(r, code, "the assignment");
    if (!rc)
        kafka_client_connected(r->client);
    r->state.open = rc == 0;
}

/* ---- reading ---- */

static void give(struct kafka_records *r, const rd_kafka_message_t *m, struct kafka_records_place *p)
{
    struct kafka_record_header headers[MAX_HEADERS];
    struct kafka_record record = {
        .topic = p->topic,
        .partition = m->partition,
        .offset = m->offset,
        .time_ms = rd_kafka_message_timestamp(m, NULL),
        .key = m->key,
        .key_len = m->key_len,
        .value = m->payload,
        .value_len = m->len,
        .headers = headers,
    };
    rd_kafka_headers_t *from = NULL;
    if (rd_kafka_message_headers(m, &from) == 0)
        while (record.nheaders < MAX_HEADERS) {
            struct kafka_record_header *h = &headers[record.nheaders];
            if (rd_kafka_header_get_all(from, record.nheaders, &h->name, &h->value, &h->len))
                break;
            record.nheaders++;
        }
    p->begin = p->begin < 0 ? m->offset : p->begin;
    p->position = m->offset + 1;
    p->at_end = false;
    p->fault = KAFKA_FAULT_NONE;
    r->state.records++;
    r->state.bytes += m->key_len + m->len;
    if (r->ops->record)
        r->ops->record(r->arg, &record);
}

/* What was to be read next has been deleted, or the log has become shorter. The library has stopped this partition, and
 * takes it up again only as part of a new assignment. */
static void leap(struct kafka_records *r, const rd_kafka_message_t *m, struct kafka_records_place *p)
{
    log_debug("%s-%d: %s", p->topic, (int)p->partition, rd_kafka_message_errstr(m));
    p->gaps++;
    p->begin = p->position = -1;
    p->at_end = false;
    rd_kafka_resp_err_t code = assign(r);
    if (code)
        place_fault(p, code);
}

/* One message of the library: a record, an end, or an error. True if the loop is to hear of it at once. */
static bool serve(struct kafka_records *r, const rd_kafka_message_t *m)
{
    struct kafka_records_place *p = m->rkt ? find_place(r, rd_kafka_topic_name(m->rkt), m->partition) : NULL;
    if (!p) /* of the client as a whole: state.down tells it */
        return true;
    if (!m->err) {
        give(r, m, p);
        return false;
    }
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        p->begin = p->begin < 0 ? m->offset : p->begin;
        p->position = m->offset;
        p->at_end = true;
        p->fault = KAFKA_FAULT_NONE;
    } else if (m->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET || m->err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
        leap(r, m, p);
    } else {
        place_fault(p, m->err);
    }
    return true;
}

/* Collects until there is something and `linger_ms` are over since, or for a second. */
static void collect(struct kafka_records *r)
{
    rd_kafka_t *rk = kafka_client_handle(r->client);
    int64_t until = clock_mono_us(r->clock) + TURN_MS * 1000;
    bool any = false;
    for (size_t n = 0; n < TURN_RECORDS && !atomic_load(&r->stop);) {
        int64_t left = (until - clock_mono_us(r->clock) + 999) / 1000;
        rd_kafka_message_t *m = rd_kafka_consumer_poll(rk, left <= 0 ? 0 : left < SLICE_MS ? (int)left : SLICE_MS);
        if (!m && left <= 0)
            break;
        if (!m)
            continue;
        n++;
        serve(r, m);
        rd_kafka_message_destroy(m);
        if (!any) {
            any = true;
            until = clock_mono_us(r->clock) + (int64_t)r->linger_ms * 1000;
        } else if (left <= 0) {
            break;
        }
    }
}

/* The library tells when the last broker is lost, not when one is back: that is asked. */
static void note_down(struct kafka_records *r)
{
    struct kafka_records_state *s = &r->state;
    const rd_kafka_metadata_t *md;
    s->down = kafka_client_down(r->client);
    if (!s->down || r->places.n == 0)
        return;
    rd_kafka_topic_t *t = rd_kafka_topic_new(kafka_client_handle(r->client), r->places.items->topic, NULL);
    if (t && rd_kafka_metadata(kafka_client_handle(r->client), 0, t, &md, SLICE_MS) == 0) {
        rd_kafka_metadata_destroy(md);
        kafka_client_retry(r->client);
        kafka_client_connected(r->client);
        s->down = kafka_client_down(r->client);
    }
    if (t)
        rd_kafka_topic_destroy(t);
    kafka_client_reason(r->client, s->reason, sizeof s->reason);
}

/* What has become of a topic of which all partitions are read: the library says little of one that is not there any more,
 * and looks late for one that is back. */
static void note_count(struct kafka_records *r, const char *topic)
{
    int32_t n, read = 0;
    rd_kafka_resp_err_t code = ask_count(r, topic, clock_mono_us(r->clock) + SLICE_MS * INT64_C(1000), &n);
    bool gone = kafka_librdkafka_fault(code) == KAFKA_FAULT_GONE;
    for (size_t i = 0; i < r->places.n; i++) {
        struct kafka_records_place *p = &r->places.items[i];
        if (p->topic != topic)
            continue;
        read++;
        if (gone)
            place_fault(p, code);
        else if (!code && p->partition < n && p->fault == KAFKA_FAULT_GONE)
            p->fault = KAFKA_FAULT_NONE;
        r->gone |= gone;
    }
    r->state.grown |= !code && n > read;
}

static void note_counts(struct kafka_records *r)
{
    int64_t now = clock_mono_us(r->clock), every_ms = r->gone ? GONE_COUNT_MS : COUNT_MS;
    if (now - r->counted_us < every_ms * 1000 || r->state.down)
        return;
    r->counted_us = now;
    r->gone = false;
    for (size_t i = 0; i < r->what.n; i++)
        if (r->what.items[i].partition < 0)
            note_count(r, r->what.items[i].topic);
}

static void note_state(struct kafka_records *r)
{
    note_down(r);
    note_counts(r);
    for (size_t i = 0; i < r->places.n; i++) {
        struct kafka_records_place *p = &r->places.items[i];
        int64_t low, high;
        if (!rd_kafka_get_watermark_offsets(kafka_client_handle(r->client), p->topic, p->partition, &low, &high) &&
            high >= 0)
            p->end = high;
    }
}

static void run(void *arg)
{
    struct kafka_records *r = arg;
    if (atomic_load(&r->stop))
        return;
    if (r->client)
        collect(r);
    else
        open_stream(r);
    if (!r->state.code)
        note_state(r);
}

static void done(void *arg)
{
    struct kafka_records *r = arg;
    r->state.places = r->places.items;
    r->state.nplaces = r->places.n;
    if (!atomic_load(&r->stop))
        r->ops->turn(r->arg, &r->state);
    if (!atomic_load(&r->stop) && !r->state.code)
        workers_submit(r->workers, run, done, r);
}

static void run_close(void *arg)
{
    struct kafka_records *r = arg;
    kafka_client_free(r->client);
    r->client = NULL;
    sem_post(&r->closed);
}

static void done_close(void *arg)
{
    struct kafka_records *r = arg;
    r->stopped = true;
}

/* ---- from outside ---- */

struct kafka_records *kafka_records_new(struct event_base *base, const struct kafka_records_settings *settings)
{
    struct kafka_records *r = mem_new(struct kafka_records);
    r->clock = settings->admin->clock;
    r->ops = settings->ops;
    r->arg = settings->arg;
    r->max_bytes = settings->max_bytes ? settings->max_bytes : DEFAULT_BYTES;
    r->linger_ms = settings->linger_ms;
    r->open_ms = settings->open_ms ? settings->open_ms : DEFAULT_OPEN_MS;
    r->gap_to = settings->gap_to;
    r->admin = settings->admin;
    for (size_t i = 0; i < settings->nwhat; i++) {
        vec_push(&r->what, settings->what[i]);
        r->what.items[i].topic = mem_strdup(settings->what[i].topic);
    }
    for (size_t i = 0; i < settings->nknown; i++) {
        vec_push(&r->known, settings->known[i]);
        r->known.items[i].topic = mem_strdup(settings->known[i].topic);
    }
    sem_init(&r->closed, 0, 0);
    r->workers = workers_new(base, "kafka records", 1);
    workers_submit(r->workers, run, done, r);
    return r;
}

void kafka_records_stop(struct kafka_records *r)
{
    if (!atomic_exchange(&r->stop, true))
        workers_submit(r->workers, run_close, done_close, r);
}

bool kafka_records_stopped(const struct kafka_records *r)
{
    return r->stopped;
}

static bool wait_closed(struct kafka_records *r, int wait_ms)
{
    const struct timespec until = clock_deadline(wait_ms);
    while (sem_clockwait(&r->closed, CLOCK_MONOTONIC, &until))
        if (errno != EINTR)
            return false;
    return true;
}

bool kafka_records_free(struct kafka_records *r, int wait_ms)
{
    if (!r)
        return true;
    kafka_records_stop(r);
    bool in_time = r->stopped || wait_closed(r, wait_ms);
    /* A thread that has closed its client has nothing to do but to end, for which it needs its turn on a processor. */
    if (!workers_free(r->workers, in_time ? END_MS : 0) || !in_time) {
        mem_abandon(r);
        return false;
    }
    for (size_t i = 0; i < r->what.n; i++)
        free((void *)(uintptr_t)r->what.items[i].topic);
    for (size_t i = 0; i < r->known.n; i++)
        free((void *)(uintptr_t)r->known.items[i].topic);
    vec_done(&r->what);
    vec_done(&r->known);
    vec_done(&r->places);
    sem_destroy(&r->closed);
    free(r);
    return true;
}
