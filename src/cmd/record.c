/* icetop record: records of one partition on standard output, and nowhere else. */
#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "conf/conf.h"
#include "stream/encode.h"
#include "stream/record_text.h"
#include "table/format.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DONE = 0, NOTHING = 1, BAD_USAGE = 2, PARTIAL = 3, DEFAULT_DEADLINE_S = 30, HEX_COLUMNS = 80 };

enum from { FROM_OFFSET, FROM_COMMITTED };
enum output { OUTPUT_TEXT, OUTPUT_HEX, OUTPUT_JSON };

static const char *const outputs[] = {[OUTPUT_TEXT] = "text", [OUTPUT_HEX] = "hex", [OUTPUT_JSON] = "json"};

struct record {
    struct cmd_session session;
    const struct cmd_options *options;
    struct stream_record_query q;
    enum from from;
    enum output output;
    double deadline_s;
    bool asked;
    struct event *deadline;
    int status;
};

static void end(struct record *r, int status)
{
    r->status = status;
    event_base_loopbreak(r->session.base);
}

static void fail(struct record *r, const char *why)
{
    fprintf(stderr, "icetop: %s\n", why);
    end(r, NOTHING);
}

/* ---- output ---- */

static const char *clock_word(enum stream_record_clock clock)
{
    return clock == STREAM_RECORD_CREATED ? "CreateTime" : "LogAppendTime";
}

static void add_time(struct str *out, const struct stream_record *x)
{
    char buf[32];
    double age = (double)(clock_wall_ms(&clock_system) - x->time_ms) / 1000;
    if (!x->clock)
        return;
    str_printf(out, "  %s (%s, ", clock_iso(x->time_ms, true, buf, sizeof buf), clock_word(x->clock));
    format_duration(out, fabs(age));
    str_add(out, age < 0 ? " ahead)" : " ago)");
}

/* A line about the record, one for each header, then its value, then a blank line. */
static void add_text(const struct record *r, const struct stream_record *x, struct str *out)
{
    text_safe(out, r->q.topic, strlen(r->q.topic));
    str_printf(out, " %" PRId32 "  offset %" PRId64, r->q.partition, x->offset);
    add_time(out, x);
    str_add(out, "  key ");
    stream_record_text_short(out, &x->key, STREAM_RECORD_KEY);
    if (x->value.s)
        str_printf(out, "  %zu byte%s", x->value.size, x->value.size == 1 ? "" : "s");
    else
        str_add(out, "  null");
    if (x->value.len < x->value.size)
        str_printf(out, ", the first %zu", x->value.len);
    str_char(out, '\n');
    for (size_t i = 0; i < x->nheaders; i++) {
        str_add(out, "header ");
        stream_record_text_short(out, &x->headers[i].name, STREAM_RECORD_KEY);
        str_add(out, ": ");
        stream_record_text_short(out, &x->headers[i].value, STREAM_RECORD_KEY);
        str_char(out, '\n');
    }
    if (x->nheaders < x->headers_there)
        str_printf(out, "header \xe2\x80\xa6 and %zu more\n", x->headers_there - x->nheaders);
    stream_record_text(out, &x->value, r->output == OUTPUT_HEX ? STREAM_RECORD_AS_HEX : STREAM_RECORD_AS_BEST,
                       HEX_COLUMNS);
    str_char(out, '\n');
}

/* Bytes under a name; {"b": base64} where they are no text, as on the stream. */
static void add_field(struct str *out, const char *name, const struct stream_record_bytes *b)
{
    str_printf(out, ",\"%s\":", name);
    if (b->s)
        stream_encode_bytes(out, b->s, b->len);
    else
        str_add(out, "null");
    if (b->len < b->size)
        str_printf(out, ",\"%s_size\":%zu", name, b->size);
}

static void add_json(const struct record *r, const struct stream_record *x, struct str *out)
{
    char buf[32];
    str_add(out, "{\"cluster\":");
    stream_encode_bytes(out, r->q.cluster, strlen(r->q.cluster));
    str_add(out, ",\"topic\":");
    stream_encode_bytes(out, r->q.topic, strlen(r->q.topic));
    str_printf(out, ",\"partition\":%" PRId32 ",\"offset\":%" PRId64, r->q.partition, x->offset);
    if (x->clock)
        str_printf(out, ",\"time\":\"%s\",\"clock\":\"%s\"", clock_iso(x->time_ms, true, buf, sizeof buf),
                   x->clock == STREAM_RECORD_CREATED ? "create" : "append");
    add_field(out, "key", &x->key);
    add_field(out, "value", &x->value);
    str_add(out, ",\"headers\":[");
    for (size_t i = 0; i < x->nheaders; i++) {
        str_add(out, i ? ",{\"name\":" : "{\"name\":");
        stream_encode_bytes(out, x->headers[i].name.s, x->headers[i].name.len);
        add_field(out, "value", &x->headers[i].value);
        str_char(out, '}');
    }
    str_add(out, "]}\n");
}

static void on_records(void *arg, struct stream_records *records, const struct error *err)
{
    struct record *r = arg;
    struct str out = {0}, said = {0};
    if (err) {
        fail(r, err->text);
        return;
    }
    if (records->found != STREAM_RECORD_HERE) {
        stream_record_explain(records, &said);
        fprintf(stderr, "icetop: %s\n", str_text(&said));
    }
    if (records->late)
        fputs("icetop: time was over before all records had come\n", stderr);
    for (size_t i = 0; i < records->items.n; i++) {
        if (r->output == OUTPUT_JSON)
            add_json(r, &records->items.items[i], &out);
        else
            add_text(r, &records->items.items[i], &out);
    }
    fwrite(str_text(&out), 1, out.len, stdout);
    bool as_asked = records->found == STREAM_RECORD_HERE && !records->late;
    end(r, !records->items.n ? NOTHING : as_asked ? DONE : PARTIAL);
    str_done(&out);
    str_done(&said);
}

/* ---- the stream ---- */

/* The source of the cluster: NULL while the collector does not have it yet. */
static const struct row *find_source(const struct record *r)
{
    const struct table *t = store_find(stream_client_store(r->session.client), "sources");
    for (const struct row *row = t ? table_first(t) : NULL; row; row = row_next(row))
        if (strcmp(row_text(row, "kind"), "kafka") == 0)
            return row;
    return NULL;
}

/* What the group has committed. *n counts the groups that match; of one, offset is unknown if it has committed nothing. */
static struct value find_committed(const struct record *r, size_t *n)
{
    const struct table *t = store_find(stream_client_store(r->session.client), "group_partitions");
    struct value found = value_unknown();
    for (const struct row *row = t ? table_first(t) : NULL; row; row = row_next(row)) {
        struct value topic = row_cell(row, "topic"), partition = row_cell(row, "partition");
        if (topic.quality == QUALITY_UNKNOWN || strcmp(topic.s->raw, r->q.topic) != 0 || partition.i != r->q.partition)
            continue;
        ++*n;
        found = row_cell(row, "committed");
    }
    return found;
}

static void ask(struct record *r)
{
    r->asked = true;
    stream_client_look(r->session.client, &r->q, on_records, r);
}

static void ask_committed(struct record *r, const struct row *source)
{
    size_t n = 0;
    struct value committed = find_committed(r, &n);
    const char *state = row_text(source, "state");
    if (n > 1)
        fail(r, "-g matches more than one group that reads this partition: name one");
    else if (committed.quality != QUALITY_UNKNOWN)
        r->q.offset = committed.i, ask(r);
    else if (strcmp(state, "ok") == 0)
        fail(r, n ? "the group has committed nothing for this partition" : "no such group reads this partition");
    else if (strcmp(state, "failed") == 0)
        fail(r, row_text(source, "error"));
}

static void on_changed(void *arg, bool complete)
{
    struct record *r = arg;
    const struct row *source = complete && !r->asked ? find_source(r) : NULL;
    if (!source)
        return;
    if (r->from == FROM_COMMITTED)
        ask_committed(r, source);
    else
        ask(r);
}

static void on_closed(void *arg, const struct error *err)
{
    struct record *r = arg;
    struct error why = *err;
    cmd_session_why(&r->session, &why);
    fail(r, why.text);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    fail(arg, "nothing was read before the deadline");
}

static void run_loop(struct record *r)
{
    static const struct stream_client_ops ops = {.changed = on_changed, .closed = on_closed};
    struct error err = {0};
    if (cmd_session_connect(&r->session, &ops, r, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        r->status = NOTHING;
        return;
    }
    stream_client_subscribe(r->session.client, &(struct stream_query){.table = "sources"}, NULL, NULL);
    if (r->from == FROM_COMMITTED)
        stream_client_subscribe(r->session.client, &(struct stream_query){.table = "group_partitions"}, NULL, NULL);
    r->deadline = evtimer_new(r->session.base, on_deadline, r);
    const struct timeval after = {.tv_sec = (time_t)r->deadline_s,
                                  .tv_usec = (suseconds_t)(fmod(r->deadline_s, 1) * 1e6)};
    event_add(r->deadline, &after);
    event_base_dispatch(r->session.base);
    event_free(r->deadline);
}

/* ---- set-up ---- */

static int read_number(const char *text, int64_t max, int64_t *ret)
{
    char *rest;
    errno = 0;
    long long n = strtoll(text, &rest, 10);
    if (*text < '0' || *text > '9' || *rest || errno || n > max)
        return ERR_INVALID;
    *ret = n;
    return 0;
}

static int read_offset(struct record *r, struct error *err)
{
    const char *text = cmd_options_value(r->options, OPTIONS_OFFSET);
    const char **groups = cmd_options_values(r->options, OPTIONS_GROUP);
    if (!text)
        text = groups ? "committed" : "end";
    r->from = strcmp(text, "committed") == 0 ? FROM_COMMITTED : FROM_OFFSET;
    if (r->from == FROM_COMMITTED && (!groups || groups[1] || groups[0][0] == '!'))
        return error_set(err, ERR_INVALID, "--offset committed: by whom? Name one group with -g");
    if (strcmp(text, "start") == 0)
        r->q.offset = STREAM_RECORD_AT_START;
    else if (strcmp(text, "end") == 0)
        r->q.offset = STREAM_RECORD_AT_END;
    else if (r->from == FROM_OFFSET && read_number(text, INT64_MAX, &r->q.offset))
        return error_set(err, ERR_INVALID, "--offset: \"%.50s\" is no offset; allowed: a number, start, end, committed",
                         text);
    return 0;
}

static int read_output(struct record *r, struct error *err)
{
    const char *text = cmd_options_value(r->options, OPTIONS_FORMAT);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (!text || strcmp(outputs[i], text) == 0) {
            r->output = (enum output)i;
            return 0;
        }
    return error_set(err, ERR_INVALID, "--format: \"%.50s\" is not known; allowed here: text, hex, json", text);
}

static int read_options(struct record *r, struct error *err)
{
    const char *const *operands = cmd_options_operands(r->options);
    int64_t partition, count;
    if (!operands[0] || !operands[1] || operands[2])
        return error_set(err, ERR_INVALID, "which record? icetop record TOPIC PARTITION");
    if (read_number(operands[1], INT32_MAX, &partition))
        return error_set(err, ERR_INVALID, "\"%.50s\" is no partition", operands[1]);
    int rc = cmd_options_count(r->options, OPTIONS_RECORDS, 1, &count, err);
    if (!rc && count > STREAM_RECORD_COUNT)
        rc = error_set(err, ERR_INVALID, "--count: at most %d", STREAM_RECORD_COUNT);
    if (!rc)
        rc = cmd_options_seconds(r->options, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &r->deadline_s, err);
    if (!rc)
        rc = read_output(r, err);
    if (rc)
        return rc;
    r->q.topic = operands[0];
    r->q.partition = (int32_t)partition;
    r->q.count = (int)count;
    return read_offset(r, err);
}

static void run(struct record *r)
{
    const struct conf *conf = r->session.conf;
    if (conf->nclusters != 1) {
        fprintf(stderr, "icetop: %zu clusters are configured: name one with --cluster\n", conf->nclusters);
        r->status = BAD_USAGE;
        return;
    }
    r->q.cluster = conf->clusters[0].name;
    run_loop(r);
}

int cmd_record_run(const struct cmd_options *o)
{
    struct record r = {.options = o};
    struct error err = {0};
    if (read_options(&r, &err)) {
        fprintf(stderr, "icetop: %s\n", err.text);
        return BAD_USAGE;
    }
    r.status = cmd_session_init(&r.session, o, true);
    if (!r.status)
        run(&r);
    cmd_session_done(&r.session);
    return r.status;
}
