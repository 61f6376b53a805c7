/* A healthy sink, made by hand; see sink_facts.h. */
#include "tests/unit/findings/sink_facts.h"

#include "connect/tables.h"
#include "derive/columns.h"
#include "kafka/tables.h"
#include "tests/unit/findings/said.h"
#include "tests/unit/unit.h"

#define UNKNOWN CONNECT_EVENT_UNKNOWN
#define CLUSTER "prod"
#define NAME    "orders-sink"
#define GROUP   "connect-orders-sink"
#define TOPIC   "control-iceberg"

enum { FIRST_MS = 30000, ANSWER_MS = 200, END_MS = 500, HOUR_MS = 3600000 };

static int64_t wall(void *arg)
{
    (void)arg;
    return SINK_FACTS_NOW;
}

static int64_t mono(void *arg)
{
    (void)arg;
    return SINK_FACTS_NOW * 1000;
}

static const struct clock facts_clock = {wall, mono, NULL};

struct name *sink_facts_name(struct sink_facts *f, const char *text)
{
    vec_push(&f->names, name_intern(store_names(f->store), text, strlen(text)));
    return f->names.items[f->names.n - 1];
}

static const char *setting(const struct findings_sink *sink, const char *key)
{
    const struct sink_facts *f = (const struct sink_facts *)(const void *)sink;
    for (size_t i = 0; i < SINK_FACTS_SETTINGS && f->settings[i].key; i++)
        if (strcmp(f->settings[i].key, key) == 0)
            return f->settings[i].value;
    return NULL;
}

/* ---- rows ---- */

static struct row *row_of(struct sink_facts *f, const char *table, const char *a, const char *b, int64_t number)
{
    struct table *t = store_find(f->store, table);
    struct value key[] = {{.s = sink_facts_name(f, a), .quality = QUALITY_EXACT},
                          {.s = sink_facts_name(f, b), .quality = QUALITY_EXACT},
                          value_int(number)};
    struct row *r = table_upsert(t, key, store_owner(f->store, "test"));
    assert_non_null(r);
    return r;
}

static void member(struct sink_facts *f, struct findings_group *group, const char *client)
{
    struct table *t = store_find(f->store, "group_members");
    struct value key[] = {{.s = sink_facts_name(f, CLUSTER), .quality = QUALITY_EXACT},
                          {.s = sink_facts_name(f, group->group), .quality = QUALITY_EXACT},
                          {.s = sink_facts_name(f, client), .quality = QUALITY_EXACT}};
    struct row *r = table_upsert(t, key, store_owner(f->store, "test"));
    table_set_int(t, r, MEMBERS_PARTITIONS, 1, QUALITY_EXACT);
    vec_push(&group->members, ((struct findings_member){.client = sink_facts_name(f, client)->raw,
                                                        .host = "/10.0.0.1",
                                                        .partitions = 1,
                                                        .since_ms = SINK_FACTS_NOW - HOUR_MS,
                                                        .row = r}));
}

static void groups(struct sink_facts *f)
{
    struct table *t = store_find(f->store, "groups");
    f->sink.data = (struct findings_group){.group = GROUP,
                                           .row = row_of(f, "groups", CLUSTER, GROUP, 0),
                                           .state = "Stable",
                                           .state_since_ms = SINK_FACTS_NOW - HOUR_MS,
                                           .rebalanced_ms = UNKNOWN};
    f->sink.coordinator = f->sink.data;
    f->sink.coordinator.group = GROUP "-coord";
    f->sink.coordinator.row = row_of(f, "groups", CLUSTER, GROUP "-coord", 0);
    table_set_int(t, row_of(f, "groups", CLUSTER, GROUP, 0), GROUPS_LAG, 12, QUALITY_EXACT);
    member(f, &f->sink.data, "connector-consumer-orders-sink-0");
    member(f, &f->sink.data, "connector-consumer-orders-sink-1");
    member(f, &f->sink.coordinator, "6b0e4c5e-5b2f-4a5f-9d37-0c3f3f1f7d10");
}

static void tasks(struct sink_facts *f)
{
    for (int64_t i = 0; i < 2; i++)
        vec_push(&f->sink.tasks, ((struct findings_task){.row = row_of(f, "tasks", "kc", NAME, i),
                                                         .task = i,
                                                         .state = "RUNNING",
                                                         .worker = i ? "kc-2:8083" : "kc-1:8083",
                                                         .since_ms = UNKNOWN,
                                                         .assigned = 1,
                                                         .assigned_since_ms = UNKNOWN}));
}

static void assigned(struct sink_facts *f)
{
    f->who = (struct derive_sink){.group = sink_facts_name(f, GROUP),
                                  .members_of = sink_facts_name(f, GROUP),
                                  .connector = sink_facts_name(f, NAME),
                                  .connect = sink_facts_name(f, "kc"),
                                  .interval_ms = SINK_FACTS_INTERVAL_MS,
                                  .timeout_ms = SINK_FACTS_TIMEOUT_MS,
                                  .partitions = 0};
    for (int32_t p = 0; p < 2; p++)
        sink_facts_assign(f, p, p);
}

void sink_facts_assign(struct sink_facts *f, int32_t p, int64_t task)
{
    vec_push(&f->who.assigned, ((struct derive_partition){
                                   .topic = sink_facts_name(f, "orders"), .partition = p, .task = task, .host = NULL}));
    f->who.partitions++;
}

/* ---- cycles ---- */

static struct connect_answer answer(struct sink_facts *f, size_t i, int32_t p)
{
    int64_t started = f->cycles[i].started_ms;
    return (struct connect_answer){.topic = sink_facts_name(f, "orders"),
                                   .partition = p,
                                   .answers = 1,
                                   .time_ms = started + ANSWER_MS,
                                   .offset = (int64_t)(SINK_FACTS_CYCLES - i) * SINK_FACTS_ROWS,
                                   .timestamp_ms = started,
                                   .rows = SINK_FACTS_ROWS,
                                   .files = 1,
                                   .bytes = 64000,
                                   .sender = sink_facts_name(f, p ? "worker-1" : "worker-0"),
                                   .control_offset = f->cycles[i].start_offset + 3 + 3 * p,
                                   .control_ms = started + ANSWER_MS};
}

static void cycle(struct sink_facts *f, size_t i)
{
    struct connect_cycle *c = &f->cycles[i];
    int64_t started = SINK_FACTS_NOW - FIRST_MS - (int64_t)i * SINK_FACTS_INTERVAL_MS;
    *c = (struct connect_cycle){.connector = sink_facts_name(f, NAME),
                                .group = sink_facts_name(f, GROUP),
                                .control_topic = sink_facts_name(f, TOPIC),
                                .sender = sink_facts_name(f, "coordinator-1"),
                                .seen = CONNECT_SEEN_TOPIC | CONNECT_SEEN_LOG,
                                .outcome = CONNECT_OUTCOME_FULL,
                                .started_ms = started,
                                .ended_ms = started + END_MS,
                                .valid_through_ms = started,
                                .start_offset = (int64_t)(SINK_FACTS_CYCLES - i) * SINK_FACTS_PER_CYCLE,
                                .received = 2,
                                .latency_ms = ANSWER_MS,
                                .expected = 2,
                                .interval_ms = SINK_FACTS_INTERVAL_MS,
                                .timeout_ms = SINK_FACTS_TIMEOUT_MS,
                                .flush_ms = SINK_FACTS_FLUSH_MS,
                                .files = 2,
                                .rows = 2 * SINK_FACTS_ROWS,
                                .bytes = 128000,
                                .ntables = 1,
                                .coordinator = sink_facts_name(f, "orders-sink-0")};
    c->end_offset = c->start_offset + 12;
    snprintf(c->commit_id, sizeof c->commit_id, "00000000-0000-4000-8000-%012zu", SINK_FACTS_CYCLES - i);
    for (int32_t p = 0; p < 2; p++)
        vec_push(&c->answers, answer(f, i, p));
    vec_push(&c->tables, ((struct connect_cycle_table){.table = sink_facts_name(f, "db.orders"),
                                                       .catalog = sink_facts_name(f, "iceberg"),
                                                       .state = CONNECT_TABLE_COMMITTED,
                                                       .files = 2,
                                                       .rows = 2 * SINK_FACTS_ROWS,
                                                       .bytes = 128000,
                                                       .snapshot_id = 1000 - (int64_t)i,
                                                       .committed_ms = c->ended_ms,
                                                       .valid_through_ms = started}));
    f->order[i] = c;
}

struct connect_answer *sink_facts_answer(struct sink_facts *f, size_t i, int32_t p)
{
    for (size_t k = 0; k < f->cycles[i].answers.n; k++)
        if (f->cycles[i].answers.items[k].partition == p)
            return &f->cycles[i].answers.items[k];
    return NULL;
}

void sink_facts_endless(struct sink_facts *f, size_t i, enum connect_outcome outcome)
{
    struct connect_cycle *c = &f->cycles[i];
    c->outcome = outcome;
    c->ended_ms = c->valid_through_ms = UNKNOWN;
    c->end_offset = 0;
    c->ntables = 0;
    for (size_t k = 0; k < c->tables.n; k++) {
        c->tables.items[k].state = CONNECT_TABLE_WAITING;
        c->tables.items[k].snapshot_id = c->tables.items[k].committed_ms = UNKNOWN;
    }
}

static void partial(struct connect_cycle *c)
{
    c->outcome = CONNECT_OUTCOME_PARTIAL;
    c->ended_ms = c->started_ms + SINK_FACTS_TIMEOUT_MS + END_MS;
    c->valid_through_ms = UNKNOWN;
    c->received--;
}

void sink_facts_miss(struct sink_facts *f, size_t i, int32_t p)
{
    struct connect_cycle *c = &f->cycles[i];
    size_t n = 0;
    for (size_t k = 0; k < c->answers.n; k++)
        if (c->answers.items[k].partition != p)
            c->answers.items[n++] = c->answers.items[k];
    c->answers.n = n;
    partial(c);
}

void sink_facts_late(struct sink_facts *f, size_t i, int32_t p, int64_t after_ms)
{
    struct connect_answer *a = sink_facts_answer(f, i, p);
    a->time_ms = a->control_ms = f->cycles[i].started_ms + after_ms;
    if (after_ms <= SINK_FACTS_TIMEOUT_MS)
        return;
    a->late = true;
    partial(&f->cycles[i]);
}

void sink_facts_idle(struct sink_facts *f, size_t i, int32_t p)
{
    struct connect_answer *a = sink_facts_answer(f, i, p);
    a->offset = a->timestamp_ms = UNKNOWN;
    a->rows = a->files = a->bytes = 0;
}

void sink_facts_sender(struct sink_facts *f, size_t i, const char *sender)
{
    f->cycles[i].sender = sink_facts_name(f, sender);
}

void sink_facts_log_only(struct sink_facts *f)
{
    f->sink.by_topic = f->sink.caught_up = false;
    f->sink.backlog = NULL;
    for (size_t i = 0; i < f->sink.ncycles; i++) {
        struct connect_cycle *c = &f->cycles[i];
        c->seen = CONNECT_SEEN_LOG;
        c->sender = NULL;
        c->answers.n = 0;
        c->files = c->rows = c->bytes = UNKNOWN;
    }
}

void sink_facts_line(struct sink_facts *f, const char *kind, int64_t task, int64_t time_ms, const char *text)
{
    struct findings_line line = {.kind = kind,
                                 .text = text,
                                 .origin = "connect.log",
                                 .time_ms = time_ms,
                                 .task = task,
                                 .line = 1000 + (int64_t)f->sink.lines.n};
    vec_push(&f->sink.lines, line);
    for (size_t i = f->sink.lines.n - 1; i; i--)
        f->sink.lines.items[i] = f->sink.lines.items[i - 1];
    f->sink.lines.items[0] = line;
}

void sink_facts_cell(struct sink_facts *f, const char *column, int64_t value)
{
    struct table *t = store_find(f->store, "connectors");
    int c = table_column_index(t, column);
    assert_true(c >= 0);
    struct row *r = row_of(f, "connectors", "kc", NAME, 0);
    if (table_column(t, (size_t)c)->type == COLUMN_REAL)
        table_set_real(t, r, (size_t)c, (double)value, QUALITY_EXACT);
    else
        table_set_int(t, r, (size_t)c, value, QUALITY_EXACT);
}

void sink_facts_pending(struct sink_facts *f, int64_t rows, int64_t age_ms)
{
    struct connect_backlog_of_table *t = &f->backlog.tables.items[0];
    t->sums[CONNECT_BACKLOG_PENDING] = (struct connect_backlog_sums){.files = 2, .rows = rows, .bytes = rows * 100};
    t->pending_since_ms = SINK_FACTS_NOW - age_ms;
    f->backlog.lag = rows;
}

/* ---- the whole ---- */

static void backlog(struct sink_facts *f)
{
    f->backlog = (struct connect_backlog_group){.group = sink_facts_name(f, GROUP),
                                                .control_topic = sink_facts_name(f, TOPIC),
                                                .lag = 12,
                                                .lag_quality = QUALITY_EXACT,
                                                .silent_rows = 4 * SINK_FACTS_ROWS,
                                                .silent_records = 4 * SINK_FACTS_ROWS};
    vec_push(&f->backlog.tables, ((struct connect_backlog_of_table){.catalog = sink_facts_name(f, "lake"),
                                                                    .table = sink_facts_name(f, "db.orders"),
                                                                    .known = true,
                                                                    .pending_since_ms = UNKNOWN}));
    int64_t offset = SINK_FACTS_CYCLES * SINK_FACTS_ROWS;
    for (int32_t p = 0; p < 2; p++) {
        struct connect_backlog_partition one = {.topic = sink_facts_name(f, "orders"),
                                                .partition = p,
                                                .committed = offset,
                                                .end = offset + 6,
                                                .answered = offset,
                                                .lag = 6,
                                                .lag_quality = QUALITY_EXACT,
                                                .holder = 0};
        vec_push(&one.tables, ((struct connect_backlog_covered){.table = 0,
                                                                .quality = QUALITY_EXACT,
                                                                .covered = offset,
                                                                .time_ms = f->cycles[0].started_ms,
                                                                .lag = 6,
                                                                .lag_quality = QUALITY_EXACT}));
        vec_push(&f->backlog.partitions, one);
    }
}

static void control(struct sink_facts *f)
{
    const struct connect_cycle *last = &f->cycles[0];
    f->sink.control = (struct findings_control_topic){
        .topic = TOPIC, .npartitions = 1, .retention_ms = 7 * 24 * (int64_t)HOUR_MS, .cleanup_policy = "delete"};
    vec_push(&f->sink.control.partitions, ((struct findings_control_partition){.partition = 0,
                                                                               .start = 0,
                                                                               .end = last->end_offset + 3,
                                                                               .committed = last->end_offset - 2,
                                                                               .committed_max = last->end_offset - 2,
                                                                               .went_back_ms = UNKNOWN}));
}

static void open_store(struct sink_facts *f)
{
    static const struct table_def *const *const rooms[] = {kafka_tables, connect_tables};
    struct error err;
    f->store = store_new(&facts_clock);
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++)
        for (size_t i = 0; rooms[k][i]; i++)
            assert_int_equal(store_add(f->store, rooms[k][i], NULL, NULL, &err), 0);
    derive_columns_add(f->store);
}

void sink_facts_open(struct sink_facts *f)
{
    *f = (struct sink_facts){0};
    open_store(f);
    for (size_t i = 0; i < SINK_FACTS_CYCLES; i++)
        cycle(f, i);
    backlog(f);
    f->sink = (struct findings_sink){.cluster = CLUSTER,
                                     .connect = "kc",
                                     .connector = NAME,
                                     .group = GROUP,
                                     .control_topic = TOPIC,
                                     .who = &f->who,
                                     .row = row_of(f, "connectors", "kc", NAME, 0),
                                     .by_rest = true,
                                     .by_log = true,
                                     .by_topic = true,
                                     .by_table = true,
                                     .state = "RUNNING",
                                     .version = "1.10.1",
                                     .class = "org.apache.iceberg.connect.IcebergSinkConnector",
                                     .running_since_ms = SINK_FACTS_NOW - HOUR_MS,
                                     .watched_since_ms = SINK_FACTS_NOW - HOUR_MS,
                                     .caught_up = true,
                                     .interval_ms = SINK_FACTS_INTERVAL_MS,
                                     .timeout_ms = SINK_FACTS_TIMEOUT_MS,
                                     .flush_ms = SINK_FACTS_FLUSH_MS,
                                     .cycles = f->order,
                                     .ncycles = SINK_FACTS_CYCLES,
                                     .backlog = &f->backlog,
                                     .config = setting};
    assigned(f);
    groups(f);
    tasks(f);
    control(f);
    findings_look_init(&f->look, SINK_FACTS_NOW);
}

void sink_facts_done(struct sink_facts *f)
{
    findings_look_done(&f->look);
    for (size_t i = 0; i < FINDINGS_CYCLES; i++) {
        vec_done(&f->cycles[i].answers);
        vec_done(&f->cycles[i].tables);
    }
    for (size_t i = 0; i < f->backlog.tables.n; i++) {
        vec_done(&f->backlog.tables.items[i].files);
        vec_done(&f->backlog.tables.items[i].odd);
    }
    for (size_t i = 0; i < f->backlog.partitions.n; i++)
        vec_done(&f->backlog.partitions.items[i].tables);
    vec_done(&f->backlog.tables);
    vec_done(&f->backlog.partitions);
    vec_done(&f->who.members);
    vec_done(&f->who.assigned);
    vec_done(&f->sink.tasks);
    vec_done(&f->sink.lines);
    vec_done(&f->sink.tables);
    vec_done(&f->sink.control.partitions);
    vec_done(&f->sink.data.members);
    vec_done(&f->sink.coordinator.members);
    for (size_t i = 0; i < f->names.n; i++)
        name_unref(f->names.items[i]);
    vec_done(&f->names);
    store_free(f->store);
}

/* ---- what is said ---- */

static void look(struct sink_facts *f)
{
    const struct findings_sink *sinks[] = {&f->sink};
    const struct findings_world world = {.store = f->store, .sinks = sinks, .nsinks = 1};
    findings_look_done(&f->look);
    findings_look_init(&f->look, SINK_FACTS_NOW);
    findings_look_all(&f->look, findings_families, &world);
}

const struct findings_look_said *sink_facts_saw(struct sink_facts *f, const char *id)
{
    look(f);
    return said_find(&f->look, id);
}

void sink_facts_silent(struct sink_facts *f, const char *but)
{
    look(f);
    for (size_t i = 0; i < f->look.said.n; i++) {
        const struct findings_look_said *said = &f->look.said.items[i];
        if (!but || !strstr(but, said->rule->page.id))
            fail_msg("%s of %s: %s", said->rule->page.id, said->subject, said->text);
    }
}

void sink_facts_expect(struct sink_facts *f, const char *id, const char *text, const char *evidence)
{
    const struct findings_look_said *said = sink_facts_saw(f, id);
    if (!said)
        fail_msg("%s is not said", id);
    assert_string_equal(said->text, text);
    assert_string_equal(said->cluster, CLUSTER);
    assert_true(said->evidence.n > 0);
    struct str have = {0};
    str_printf(&have, "%s: %s", said->evidence.items[0].table, said->evidence.items[0].where);
    assert_string_equal(str_text(&have), evidence);
    str_done(&have);
}
