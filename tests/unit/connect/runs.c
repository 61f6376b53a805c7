/* Commit cycles from recorded runs; see runs.h. */
#include "tests/unit/connect/runs.h"

#include "tests/unit/connect/topic.h"
#include "tests/unit/unit.h"

#include "base/mem.h"

void runs_topic(struct connect_cycles *c, const char *run)
{
    struct topic topic = topic_load(run);
    struct connect_event_reader *reader = connect_event_reader_new();
    struct connect_event event;
    struct error err;
    for (size_t i = 0; i < topic.n; i++) {
        const struct topic_record *r = &topic.records[i];
        if (connect_event_read(reader, r->value, r->value_len, &event, &err))
            fail_msg("%s: %s", run, err.text);
        connect_cycles_record(c, &(struct connect_cycles_record){"control-iceberg", r->partition, r->offset, r->time_ms,
                                                                 r->key, r->key_len, &event});
    }
    connect_cycles_end(c, "control-iceberg", 0, topic.records[topic.n - 1].offset + 1);
    connect_event_reader_free(reader);
    topic_free(&topic);
}

struct lines {
    VEC(const struct connect_cycle *) cycles;
};

static void add(void *arg, const struct connect_cycle *cycle)
{
    struct lines *lines = arg;
    vec_push(&lines->cycles, cycle);
}

static int order(const void *a, const void *b)
{
    const struct connect_cycle *left = *(const struct connect_cycle *const *)a;
    const struct connect_cycle *right = *(const struct connect_cycle *const *)b;
    return (left->started_ms > right->started_ms) - (left->started_ms < right->started_ms);
}

char *runs_text(struct connect_cycles *c)
{
    struct lines lines = {0};
    struct str out = {0};
    connect_cycles_changed(c, 0, add, &lines);
    qsort(lines.cycles.items, lines.cycles.n, sizeof *lines.cycles.items, order);
    for (size_t i = 0; i < lines.cycles.n; i++) {
        const struct connect_cycle *cycle = lines.cycles.items[i];
        str_printf(&out, "%.8s %s ", cycle->commit_id, connect_outcome_name(cycle->outcome));
        if (cycle->received != CONNECT_EVENT_UNKNOWN)
            str_printf(&out, "%lld", (long long)cycle->received);
        if (cycle->expected != CONNECT_EVENT_UNKNOWN)
            str_printf(&out, "%s%lld", cycle->expected_at_least ? "/>=" : "/", (long long)cycle->expected);
        str_printf(&out, " tables %lld", (long long)cycle->ntables);
        if (cycle->rows != CONNECT_EVENT_UNKNOWN)
            str_printf(&out, " rows %lld", (long long)cycle->rows);
        str_char(&out, '\n');
    }
    vec_done(&lines.cycles);
    return str_take(&out);
}
