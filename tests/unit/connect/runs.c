/* Recorded runs as facts of commit cycles; see runs.h. */
#include "tests/unit/connect/runs.h"

#include "tests/unit/connect/log.h"
#include "tests/unit/unit.h"

#include "base/mem.h"

static void add_entry(void *arg, const char *entry, size_t len)
{
    struct run *r = arg;
    vec_push(&r->lines, (struct run_entry){entry, len});
}

static void must_read(struct run *r, size_t i, struct connect_event *event)
{
    struct error err;
    const struct topic_record *from = &r->topic.records[i];
    if (connect_event_read(r->reader, from->value, from->value_len, event, &err))
        fail_msg("%s: %s", r->name, err.text);
}

void run_open(struct run *r, const char *name)
{
    *r = (struct run){.name = name, .topic = topic_load(name), .log = log_load(name)};
    r->reader = connect_event_reader_new();
    log_each(&r->log, add_entry, r);
    struct connect_event event;
    for (size_t i = 0; i < r->topic.n; i++) {
        must_read(r, i, &event);
        if (event.type == CONNECT_EVENT_COMMIT_TO_TABLE)
            vec_push(&r->snapshots, i);
    }
}

void run_done(struct run *r)
{
    topic_free(&r->topic);
    str_done(&r->log);
    connect_event_reader_free(r->reader);
    vec_done(&r->lines);
    vec_done(&r->snapshots);
}

void run_record(struct run *r, struct connect_cycles *c, size_t i)
{
    const struct topic_record *from = &r->topic.records[i];
    struct connect_event event;
    must_read(r, i, &event);
    connect_cycles_record(c, &(struct connect_cycles_record){"control-iceberg", from->partition, from->offset,
                                                             from->time_ms, from->key, from->key_len, &event});
}

void run_line(struct run *r, struct connect_cycles *c, size_t i)
{
    struct connect_line line;
    struct error err;
    if (connect_line_read(r->lines.items[i].text, r->lines.items[i].len, 0, &line, &err) == 0)
        connect_cycles_line(c, "connect0.log", &line);
}

/* The coordinator had read all that stands before the announcement's transaction. */
void run_snapshot(struct run *r, struct connect_cycles *c, size_t i)
{
    size_t at = r->snapshots.items[i];
    const struct connect_cycles_offset offset = {0, r->topic.records[at - 1].offset + 1};
    struct connect_event event;
    must_read(r, at, &event);
    char *table = mem_memdup(event.table.s, event.table.len);
    connect_cycles_snapshot(c, &(struct connect_cycles_snapshot){.commit_id = event.commit_id,
                                                                 .control_topic = "control-iceberg",
                                                                 .group = "connect-orders-sink",
                                                                 .table = table,
                                                                 .snapshot_id = event.snapshot_id,
                                                                 .made_ms = event.time_ms - 30,
                                                                 .valid_through_ms = event.valid_through_ms,
                                                                 .offsets = &offset,
                                                                 .noffsets = 1});
    free(table);
}

void run_topic(struct run *r, struct connect_cycles *c, int64_t end)
{
    size_t i = 0;
    for (; i < r->topic.n && (end < 0 || r->topic.records[i].offset < end); i++)
        run_record(r, c, i);
    connect_cycles_end(c, "control-iceberg", 0, i ? r->topic.records[i - 1].offset + 1 : 0);
}

void run_log(struct run *r, struct connect_cycles *c)
{
    for (size_t i = 0; i < r->lines.n; i++)
        run_line(r, c, i);
}

struct cycles {
    VEC(const struct connect_cycle *) all;
};

static void add(void *arg, const struct connect_cycle *cycle)
{
    struct cycles *cycles = arg;
    vec_push(&cycles->all, cycle);
}

static int order(const void *a, const void *b)
{
    const struct connect_cycle *left = *(const struct connect_cycle *const *)a;
    const struct connect_cycle *right = *(const struct connect_cycle *const *)b;
    return (left->started_ms > right->started_ms) - (left->started_ms < right->started_ms);
}

static void number(struct str *out, const char *name, int64_t value)
{
    if (value != CONNECT_EVENT_UNKNOWN)
        str_printf(out, " %s %lld", name, (long long)value);
}

static void text(struct str *out, const char *name, const char *value)
{
    if (value && *value)
        str_printf(out, " %s %s", name, value);
}

static const char *raw(const struct name *n)
{
    return n ? n->raw : NULL;
}

static void one_line(struct str *out, const struct connect_cycle *cycle)
{
    str_printf(out, "%.8s %s ", cycle->commit_id, connect_outcome_name(cycle->outcome));
    if (cycle->received != CONNECT_EVENT_UNKNOWN)
        str_printf(out, "%lld", (long long)cycle->received);
    if (cycle->expected != CONNECT_EVENT_UNKNOWN)
        str_printf(out, "%s%lld", cycle->expected_at_least ? "/>=" : "/", (long long)cycle->expected);
    number(out, "tables", cycle->ntables);
    number(out, "rows", cycle->rows);
    str_char(out, '\n');
}

static void answer(struct str *out, const struct connect_answer *a)
{
    str_printf(out, "  %s-%d%s answers %d at %d:%lld", a->topic->raw, (int)a->partition, a->late ? " late" : "",
               a->answers, (int)a->control_partition, (long long)a->control_offset);
    number(out, "time", a->time_ms);
    number(out, "offset", a->offset);
    number(out, "timestamp", a->timestamp_ms);
    number(out, "rows", a->rows);
    number(out, "files", a->files);
    number(out, "bytes", a->bytes);
    text(out, "sender", raw(a->sender));
    str_char(out, '\n');
}

static void table(struct str *out, const struct connect_cycle_table *t)
{
    str_printf(out, "  %s state %d", t->table->raw, (int)t->state);
    text(out, "catalog", raw(t->catalog));
    text(out, "uuid", t->uuid);
    number(out, "files", t->files);
    number(out, "rows", t->rows);
    number(out, "bytes", t->bytes);
    number(out, "snapshot", t->snapshot_id);
    number(out, "committed", t->committed_ms);
    number(out, "valid-through", t->valid_through_ms);
    str_char(out, '\n');
}

static void details(struct str *out, const struct connect_cycle *c)
{
    one_line(out, c);
    str_printf(out, "  seen %u (%s)", c->seen, c->derived);
    text(out, "connector", raw(c->connector));
    text(out, "group", raw(c->group));
    text(out, "topic", raw(c->control_topic));
    text(out, "sender", raw(c->sender));
    text(out, "coordinator", raw(c->coordinator));
    text(out, "error", c->error);
    number(out, "started", c->started_ms);
    number(out, "ended", c->ended_ms);
    number(out, "valid-through", c->valid_through_ms);
    number(out, "latency", c->latency_ms);
    number(out, "from", c->start_offset);
    number(out, "to", c->end_offset);
    number(out, "interval", c->interval_ms);
    number(out, "timeout", c->timeout_ms);
    number(out, "files", c->files);
    number(out, "bytes", c->bytes);
    str_char(out, '\n');
    for (size_t i = 0; i < c->answers.n; i++)
        answer(out, &c->answers.items[i]);
    for (size_t i = 0; i < c->tables.n; i++)
        table(out, &c->tables.items[i]);
}

static char *written(struct connect_cycles *c, void (*fn)(struct str *out, const struct connect_cycle *cycle))
{
    struct cycles cycles = {0};
    struct str out = {0};
    connect_cycles_changed(c, 0, add, &cycles);
    qsort(cycles.all.items, cycles.all.n, sizeof *cycles.all.items, order);
    for (size_t i = 0; i < cycles.all.n; i++)
        fn(&out, cycles.all.items[i]);
    vec_done(&cycles.all);
    return str_take(&out);
}

char *run_text(struct connect_cycles *c)
{
    return written(c, one_line);
}

char *run_details(struct connect_cycles *c)
{
    return written(c, details);
}
