/* Recorded runs, played again; see replay.h. */
#include "tests/unit/findings/replay.h"
#include "tests/unit/data.h"

#include "base/vec.h"
#include "connect/backlog.h"
#include "connect/line_words.h"
#include "derive/commits.h"
#include "derive/queryable.h"
#include "findings/catalogue.h"
#include "findings/engine.h"
#include "findings/tables.h"
#include "iceberg/file.h"
#include "source/source.h"
#include "tests/unit/connect/topic.h"
#include "tests/unit/derive/rows.h"

#include <jansson.h>
#include <math.h>

#define CLUSTER "default"
enum { TICK_MS = 1000, RUN_BYTES = 64 * 1024 * 1024 };

/* How far a partition of a control topic has been read. */
struct read {
    char *topic;
    int32_t partition;
    int64_t begin, end;
};

struct replay {
    VEC(json_t *) lines;
    size_t next;
    json_t *mark; /* the last that was reached; borrowed */
    struct store *store;
    struct connect_cycles *cycles;
    struct connect_backlog *backlog;
    struct derive_commits *commits;
    struct derive_queryable *queryable;
    struct findings_engine *engine;
    struct connect_event_reader *reader;
    VEC(struct read) read;
    int64_t ticked_ms;
    struct str found;
};

static int64_t time_of(const json_t *line)
{
    return json_integer_value(json_object_get(line, "t"));
}

static void load(struct replay *r, const char *run)
{
    struct str text = {0};
    struct error err;
    char *path = data_path("runs/%s.ndjson.gz", run);
    if (iceberg_file_read(path, RUN_BYTES, &text, NULL, &err))
        fail_msg("%s", err.text);
    for (char *at = text.s, *end; (end = memchr(at, '\n', (size_t)(text.s + text.len - at))); at = end + 1) {
        json_error_t error;
        json_t *line = json_loadb(at, (size_t)(end - at), JSON_ALLOW_NUL, &error);
        if (!line)
            fail_msg("%s: line %zu: %s", path, r->lines.n + 1, error.text);
        vec_push(&r->lines, line);
    }
    assert_true(r->lines.n > 1);
    str_done(&text);
    free(path);
}

struct replay *replay_open(const char *run)
{
    struct replay *r = mem_new(struct replay);
    load(r, run);
    rows_ms = r->ticked_ms = time_of(r->lines.items[0]);
    r->store = rows_store();
    for (size_t i = 0; findings_tables[i]; i++)
        assert_int_equal(store_add(r->store, findings_tables[i], NULL, NULL, NULL), 0);
    r->reader = connect_event_reader_new();
    r->cycles = connect_cycles_new();
    r->backlog = connect_backlog_new();
    r->commits = derive_commits_new(NULL, r->store, CLUSTER, NULL, r->cycles);
    r->queryable = derive_queryable_new(NULL, r->store, CLUSTER, "control:" CLUSTER, derive_commits_sinks(r->commits),
                                        r->backlog, NULL, NULL);
    r->engine = findings_engine_new(NULL, r->store, NULL, findings_families);
    findings_engine_place(r->engine, &(struct derive_pipeline_place){.name = CLUSTER,
                                                                     .owner = "control:" CLUSTER,
                                                                     .cycles = r->cycles,
                                                                     .commits = r->commits,
                                                                     .backlog = r->backlog});
    return r;
}

void replay_close(struct replay *r)
{
    findings_engine_free(r->engine);
    derive_queryable_free(r->queryable);
    derive_commits_free(r->commits);
    connect_backlog_free(r->backlog);
    connect_cycles_free(r->cycles);
    connect_event_reader_free(r->reader);
    store_free(r->store);
    for (size_t i = 0; i < r->lines.n; i++)
        json_decref(r->lines.items[i]);
    vec_done(&r->lines);
    for (size_t i = 0; i < r->read.n; i++)
        free(r->read.items[i].topic);
    vec_done(&r->read);
    str_done(&r->found);
    free(r);
}

/* ---- rows ---- */

static struct value parse(struct store *s, enum column_type type, const json_t *cell)
{
    struct value v = {.quality = QUALITY_EXACT};
    if (json_is_array(cell)) {
        v = parse(s, type, json_array_get(cell, 0));
        assert_int_equal(quality_parse(json_string_value(json_array_get(cell, 1)), &v.quality), 0);
    } else if (!cell || json_is_null(cell)) {
        v.quality = QUALITY_UNKNOWN;
    } else if (type == COLUMN_TEXT) {
        v.s = name_intern(store_names(s), json_string_value(cell), json_string_length(cell));
    } else if (type == COLUMN_REAL) {
        v.d = json_is_string(cell) ? strtod(json_string_value(cell), NULL) : json_number_value(cell);
    } else {
        v.i = json_is_boolean(cell) ? json_is_true(cell) : json_integer_value(cell);
    }
    return v;
}

static void done(enum column_type type, struct value v)
{
    if (type == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN)
        name_unref(v.s);
}

static struct row *find(struct replay *r, struct table *t, const json_t *cells, const char *owner)
{
    struct value key[8];
    size_t n = table_nkeys(t);
    for (size_t i = 0; i < n; i++)
        key[i] = parse(r->store, table_column(t, i)->type, json_object_get(cells, table_column(t, i)->name));
    struct row *row = owner ? table_upsert(t, key, store_owner(r->store, owner)) : table_find(t, key);
    for (size_t i = 0; i < n; i++)
        done(table_column(t, i)->type, key[i]);
    return row;
}

/* What the log says of cycles: the line's words stand in its row. */
static void give_line(struct replay *r, const struct row *row)
{
    const struct value time = row_cell(row, "time"), task = row_cell(row, "task");
    const char *text = row_text(row, "text"), *connector = row_text(row, "connector"),
               *origin = row_text(row, "origin");
    struct connect_line line = {.kind = CONNECT_LINE_OTHER,
                                .time_ms = time.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : time.i,
                                .task = task.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : task.i,
                                .received = CONNECT_EVENT_UNKNOWN,
                                .expected = CONNECT_EVENT_UNKNOWN,
                                .tables = CONNECT_EVENT_UNKNOWN,
                                .snapshot_id = CONNECT_EVENT_UNKNOWN,
                                .valid_through_ms = CONNECT_EVENT_UNKNOWN,
                                .number = CONNECT_EVENT_UNKNOWN,
                                .interval_ms = CONNECT_EVENT_UNKNOWN,
                                .timeout_ms = CONNECT_EVENT_UNKNOWN,
                                .text = {text, strlen(text)}};
    const char *flush = strstr(text, "offset.flush.interval.ms = ");
    if (*connector)
        line.connector = (struct connect_event_text){connector, strlen(connector)};
    connect_line_words_read(&line);
    if (flush) {
        line.kind = CONNECT_LINE_FLUSH;
        line.number = strtoll(flush + strlen("offset.flush.interval.ms = "), NULL, 10);
    }
    if (line.kind != CONNECT_LINE_OTHER && line.kind != CONNECT_LINE_CONFIG)
        connect_cycles_line(r->cycles, origin, &line);
}

static void give_row(struct replay *r, const json_t *line, const char *table)
{
    struct table *t = store_find(r->store, table);
    const json_t *cells = json_object_get(line, "row"), *gone = json_object_get(line, "gone");
    const char *owner = json_string_value(json_object_get(line, "owner"));
    if (!t)
        fail_msg("no table %s", table);
    struct row *row = find(r, t, gone ? gone : cells, gone ? NULL : owner ? owner : "test");
    if (!row)
        fail_msg("%s: no such row at %lld", table, (long long)time_of(line));
    if (gone) {
        table_remove(t, row);
        return;
    }
    const char *name;
    json_t *cell;
    json_object_foreach((json_t *)(uintptr_t)cells, name, cell)
    {
        int c = table_column_index(t, name);
        if (c < 0)
            fail_msg("%s: no column %s", table, name);
        if ((size_t)c < table_nkeys(t))
            continue;
        enum column_type type = table_column(t, (size_t)c)->type;
        struct value v = parse(r->store, type, cell);
        table_set(t, row, (size_t)c, v);
        done(type, v);
    }
    if (strcmp(table, "log_events") == 0)
        give_line(r, row);
}

/* ---- records ---- */

static struct read *read_of(struct replay *r, const char *topic, int32_t partition, int64_t offset)
{
    for (size_t i = 0; i < r->read.n; i++)
        if (r->read.items[i].partition == partition && strcmp(r->read.items[i].topic, topic) == 0)
            return &r->read.items[i];
    vec_push(&r->read, ((struct read){mem_strdup(topic), partition, offset, offset}));
    return &r->read.items[r->read.n - 1];
}

static void give_record(struct replay *r, const json_t *from)
{
    const char *topic = json_string_value(json_object_get(from, "topic")),
               *key = json_string_value(json_object_get(from, "key"));
    size_t len;
    char *value = topic_base64(json_string_value(json_object_get(from, "value")), &len);
    struct connect_event event;
    struct error err;
    if (connect_event_read(r->reader, value, len, &event, &err))
        fail_msg("%s", err.text);
    const struct connect_cycles_record record = {.topic = topic,
                                                 .partition =
                                                     (int32_t)json_integer_value(json_object_get(from, "partition")),
                                                 .offset = json_integer_value(json_object_get(from, "offset")),
                                                 .time_ms = json_integer_value(json_object_get(from, "timestamp")),
                                                 .key = key,
                                                 .key_len = key ? strlen(key) : 0,
                                                 .event = &event};
    struct read *read = read_of(r, topic, record.partition, record.offset);
    if (record.offset < read->end) /* the topic was made again */
        read->begin = record.offset;
    read->end = record.offset + 2; /* and the end of its transaction */
    connect_cycles_record(r->cycles, &record);
    connect_backlog_record(r->backlog, &record);
    derive_queryable_event(r->queryable, &event);
    free(value);
}

/* Had a record been written by now that was read a moment later? */
static bool more_to_come(const struct replay *r)
{
    for (size_t i = r->next; i < r->lines.n && time_of(r->lines.items[i]) < rows_ms + TICK_MS; i++) {
        const json_t *record = json_object_get(r->lines.items[i], "record");
        if (record && json_integer_value(json_object_get(record, "timestamp")) <= rows_ms)
            return true;
    }
    return false;
}

/* ---- time ---- */

static void note_events(struct replay *r, uint64_t after)
{
    for (const struct row *e = table_changed_after(store_find(r->store, "events"), after); e; e = row_next(e)) {
        const char *text = row_text(e, "text"), *over = strstr(text, " is over after ") ? "-" : "";
        char id[16];
        snprintf(id, sizeof id, " %s%.6s", over, text);
        if (getenv("REPLAY"))
            printf("%8.1f s %s %s: %s\n", (double)(rows_ms - time_of(r->lines.items[0])) / 1000,
                   row_text(e, "severity"), row_text(e, "subject"), text);
        char *all = mem_printf("%s ", str_text(&r->found)), *one = mem_printf("%s ", id);
        if (!strstr(all, one))
            str_add(&r->found, id);
        free(all);
        free(one);
    }
}

/* What follows from what came: as the collector works it out in its turns, and once a second. */
static void work(struct replay *r, bool tick)
{
    uint64_t seq = store_seq(r->store);
    if (tick) {
        bool wait = more_to_come(r);
        for (size_t i = 0; i < r->read.n && !wait; i++) {
            connect_cycles_end(r->cycles, r->read.items[i].topic, r->read.items[i].partition, r->read.items[i].end);
            derive_queryable_control(r->queryable, r->read.items[i].topic, r->read.items[i].partition,
                                     r->read.items[i].begin, r->read.items[i].end);
        }
        connect_cycles_time(r->cycles, rows_ms);
    }
    derive_commits_update(r->commits);
    derive_queryable_update(r->queryable);
    if (tick)
        findings_engine_look(r->engine);
    store_commit(r->store);
    if (tick)
        note_events(r, seq);
}

static void pass(struct replay *r, int64_t until_ms)
{
    while (r->ticked_ms + TICK_MS <= until_ms) {
        r->ticked_ms += TICK_MS;
        rows_ms = r->ticked_ms;
        work(r, true);
    }
    rows_ms = until_ms > rows_ms ? until_ms : rows_ms;
}

static void play_line(struct replay *r)
{
    const json_t *line = r->lines.items[r->next];
    int64_t t = time_of(line);
    pass(r, t);
    r->next++;
    const char *table = json_string_value(json_object_get(line, "table"));
    const json_t *record = json_object_get(line, "record");
    if (table)
        give_row(r, line, table);
    else if (record)
        give_record(r, record);
    else if (json_object_get(line, "mark"))
        r->mark = r->lines.items[r->next - 1];
    if (r->next == r->lines.n || time_of(r->lines.items[r->next]) != t)
        work(r, false);
}

void replay_for(struct replay *r, int64_t ms)
{
    int64_t until = rows_ms + ms;
    while (r->next < r->lines.n && time_of(r->lines.items[r->next]) <= until)
        play_line(r);
    pass(r, until);
}

bool replay_to(struct replay *r, const char *mark, int64_t after_ms)
{
    while (r->next < r->lines.n) {
        const char *name = json_string_value(json_object_get(r->lines.items[r->next], "mark"));
        play_line(r);
        if (name && mark && strcmp(name, mark) == 0)
            return true;
    }
    pass(r, rows_ms + after_ms);
    return !mark;
}

/* ---- questions ---- */

int64_t replay_mark(const struct replay *r, const char *name)
{
    const json_t *value = json_object_get(r->mark, name);
    if (!json_is_integer(value))
        fail_msg("the mark says nothing of %s", name);
    return json_integer_value(value);
}

struct store *replay_store(const struct replay *r)
{
    return r->store;
}

const char *replay_found(const struct replay *r)
{
    return r->found.len ? str_text(&r->found) + 1 : "";
}

void replay_expect(const struct replay *r, const char *id, bool there)
{
    bool found = false;
    for (const struct row *f = table_first(store_find(r->store, "findings")); f; f = row_next(f))
        found = found || strcmp(row_text(f, "id"), id) == 0;
    if (found != there)
        fail_msg("%s is %s; found so far: %s", id, there ? "not there" : "there", replay_found(r));
}
