/* Encodes the events and keeps them. */
#include "demo/control.h"

#include "avro/writer.h"
#include "base/mem.h"
#include "demo/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 20000 /* records; older ones are deleted */, NO_VALUE = 0, VALUE = 1 /* branches of optional fields */ };

struct entry {
    char *key, *value; /* NULL: a marker */
    size_t value_len;
};

struct demo_control {
    struct demo_world *world;
    char *topic;
    VEC(struct entry) entries;
    int64_t first; /* offset of the first entry */
    int64_t events;
};

/* ---- schemas, as facts of the format ---- */

#define EVENT_BEGIN                                                                                                    \
    "{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"org.apache.iceberg.connect.events\",\"fields\":["         \
    "{\"name\":\"id\",\"type\":{\"type\":\"fixed\",\"name\":\"uuid_fixed\",\"namespace\":\"\",\"size\":16,"            \
    "\"logicalType\":\"uuid\"},\"field-id\":10500},"                                                                   \
    "{\"name\":\"type\",\"type\":\"int\",\"field-id\":10501},"                                                         \
    "{\"name\":\"timestamp\",\"type\":" MICROS ",\"field-id\":10502},"                                                 \
    "{\"name\":\"group_id\",\"type\":\"string\",\"field-id\":10503},"                                                  \
    "{\"name\":\"payload\",\"type\":{\"type\":\"record\",\"name\":"
#define EVENT_END             "]},\"field-id\":10504}]}"
#define MICROS                "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\",\"adjust-to-utc\":true}"
#define COMMIT_ID(id)         "{\"name\":\"commit_id\",\"type\":\"uuid_fixed\",\"field-id\":" #id "}"
#define FIELD(name, type, id) "{\"name\":\"" name "\",\"type\":" type ",\"field-id\":" #id "}"
#define OPTION(name, type, id)                                                                                         \
    "{\"name\":\"" name "\",\"type\":[\"null\"," type "],\"default\":null,\"field-id\":" #id "}"
#define TABLE_REFERENCE(id)                                                                                            \
    FIELD(                                                                                                             \
        "table_reference",                                                                                             \
        "{\"type\":\"record\",\"name\":\"TableReference\",\"fields\":[" FIELD(                                         \
            "catalog", "\"string\"",                                                                                   \
            10600) ","                                                                                                 \
                   "{\"name\":\"namespace\",\"type\":{\"type\":\"array\",\"items\":\"string\",\"element-id\":10602},"  \
                   "\"field-id\":10601}," FIELD("name", "\"string\"", 10603) "," OPTION("table_uuid",                  \
                                                                                        "\"uuid_fixed\"", 10604) "]}", \
        id)
#define LONG_MAP(name, key, value, id)                                                                                 \
    OPTION(                                                                                                            \
        name,                                                                                                          \
        "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"k" #key "_v" #value "\",\"namespace\":\"\","    \
        "\"fields\":[" FIELD("key", "\"int\"", key) "," FIELD("value", "\"long\"", value) "]},"                        \
                                                                                          "\"logicalType\":\"map\"}",  \
        id)
#define FILE_FIELDS(partition, sizes)                                                                                  \
    OPTION("content", "\"int\"", 134)                                                                                  \
    "," FIELD("file_path", "\"string\"", 100) "," FIELD("file_format", "\"string\"", 101) "," OPTION(                  \
        "spec_id", "\"int\"", 141) "," FIELD("partition", partition,                                                   \
                                             102) "," FIELD("record_count", "\"long\"",                                \
                                                            103) "," FIELD("file_size_in_bytes", "\"long\"",           \
                                                                           104) "," sizes "," OPTION("sort_order_id",  \
                                                                                                     "\"int\"", 140)
#define FILES(name, record, fields, element, id)                                                                       \
    "{\"name\":\"" name "\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"" record  \
    "\",\"namespace\":\"org.apache.iceberg\",\"fields\":[" fields "]},\"element-id\":" #element "}],"                  \
    "\"default\":null,\"field-id\":" #id "}"

static const char start_schema[] = EVENT_BEGIN "\"StartCommit\",\"fields\":[" COMMIT_ID(10200) EVENT_END;
static const char complete_schema[] = EVENT_BEGIN
    "\"CommitComplete\",\"fields\":[" COMMIT_ID(10000) "," OPTION("valid_through_ts", MICROS, 10001) EVENT_END;
static const char table_schema[] = EVENT_BEGIN "\"CommitToTable\",\"fields\":[" COMMIT_ID(10400) "," TABLE_REFERENCE(
    10401) "," OPTION("snapshot_id", "\"long\"", 10402) "," OPTION("valid_through_ts", MICROS, 10403) EVENT_END;
static const char answer_schema[] = EVENT_BEGIN "\"DataComplete\",\"fields\":[" COMMIT_ID(
    10100) ","
           "{\"name\":\"assignments\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"record\","
           "\"name\":\"TopicPartitionOffset\",\"fields\":[" FIELD("topic", "\"string\"", 10700) "," FIELD(
               "partition", "\"int\"",
               10701) "," OPTION("offset", "\"long\"", 10702) "," OPTION("timestamp", MICROS,
                                                                         10703) "]},\"element-id\":10102}],\"default\":"
                                                                                "null,\"field-id\":10101}" EVENT_END;
static const char written_schema[] =
    EVENT_BEGIN "\"DataWritten\",\"fields\":[" COMMIT_ID(10300) "," TABLE_REFERENCE(10301) "," FILES(
        "data_files", "GenericDataFile",
        FILE_FIELDS("{\"type\":\"record\",\"name\":\"PartitionData\",\"fields\":[]}",
                    LONG_MAP("column_sizes", 117, 118, 108)),
        10303, 10302) "," FILES("delete_files", "GenericDeleteFile",
                                FILE_FIELDS("\"PartitionData\"", OPTION("column_sizes",
                                                                        "{\"type\":\"array\",\"items\":\"k117_v118\","
                                                                        "\"logicalType\":\"map\"}",
                                                                        108)),
                                10305, 10304) EVENT_END;

enum type { START, WRITTEN, ANSWER, TABLE, COMPLETE };

static const struct {
    const char *text;
    size_t len;
} schemas[] = {
    [START] = {start_schema, sizeof start_schema - 1},          [WRITTEN] = {written_schema, sizeof written_schema - 1},
    [ANSWER] = {answer_schema, sizeof answer_schema - 1},       [TABLE] = {table_schema, sizeof table_schema - 1},
    [COMPLETE] = {complete_schema, sizeof complete_schema - 1},
};

/* ---- ids ---- */

struct demo_uuid demo_uuid_draw(uint64_t seed, const char *name, int64_t index)
{
    struct demo_uuid u;
    uint64_t halves[] = {demo_plan_draw(seed, name, index), demo_plan_draw(seed + 1, name, index)};
    memcpy(u.bytes, halves, sizeof u.bytes);
    u.bytes[6] = (unsigned char)(0x40 | (u.bytes[6] & 0x0f)); /* version 4 */
    u.bytes[8] = (unsigned char)(0x80 | (u.bytes[8] & 0x3f));
    return u;
}

void demo_uuid_text(const struct demo_uuid *u, char text[37])
{
    char *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *at++ = '-';
        at += snprintf(at, 3, "%02x", u->bytes[i]);
    }
}

/* ---- the log ---- */

static void make_record(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                        struct str *value)
{
    const struct demo_control *c = arg;
    (void)t;
    (void)partition;
    if (offset < c->first || offset - c->first >= (int64_t)c->entries.n)
        return;
    const struct entry *e = &c->entries.items[offset - c->first];
    if (!e->value)
        return;
    str_add(key, e->key);
    str_bytes(value, e->value, e->value_len);
}

static void entry_done(struct entry *e)
{
    free(e->key);
    free(e->value);
}

struct demo_control *demo_control_new(struct demo_world *w, const char *topic)
{
    struct demo_control *c = mem_new(struct demo_control);
    struct demo_topic *t = demo_world_topic_add(w, topic, 1, 3);
    c->world = w;
    c->topic = mem_strdup(topic);
    t->record = (struct demo_record){.make = make_record, .arg = c};
    return c;
}

void demo_control_free(struct demo_control *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->entries.n; i++)
        entry_done(&c->entries.items[i]);
    vec_done(&c->entries);
    free(c->topic);
    free(c);
}

static int64_t end_of(const struct demo_control *c)
{
    return c->first + (int64_t)c->entries.n;
}

static void cut(struct demo_control *c, struct demo_partition *p)
{
    if (c->entries.n < KEPT)
        return;
    size_t gone = c->entries.n / 2, markers = 0;
    for (size_t i = 0; i < gone; i++)
        entry_done(&c->entries.items[i]);
    memmove(c->entries.items, c->entries.items + gone, (c->entries.n - gone) * sizeof *c->entries.items);
    c->entries.n -= gone;
    c->first += (int64_t)gone;
    p->start = c->first;
    while (markers < p->markers.n && p->markers.items[markers] < c->first)
        markers++;
    memmove(p->markers.items, p->markers.items + markers, (p->markers.n - markers) * sizeof *p->markers.items);
    p->markers.n -= markers;
}

/* Takes the body: an event's fields from its payload on. */
static int64_t append(struct demo_control *c, const struct demo_control_sender *s, enum type type, struct str *payload)
{
    struct str value = {0};
    char key[37];
    struct demo_uuid id = demo_uuid_draw(s->seed, "event", c->events++);
    str_bytes(&value, "\xc2\x01", 2);
    str_char(&value, (char)(schemas[type].len >> 8));
    str_char(&value, (char)(schemas[type].len & 0xff));
    str_bytes(&value, schemas[type].text, schemas[type].len);
    str_bytes(&value, id.bytes, sizeof id.bytes);
    avro_writer_long(&value, type);
    avro_writer_long(&value, s->now_ms * 1000);
    avro_writer_text(&value, s->group);
    str_bytes(&value, payload->s, payload->len);
    str_done(payload);
    demo_uuid_text(s->key, key);
    struct entry e = {.key = mem_strdup(key), .value_len = value.len};
    e.value = str_take(&value);
    vec_push(&c->entries, e);
    return end_of(c) - 1;
}

void demo_control_end(struct demo_control *c, int64_t now_ms)
{
    struct demo_partition *p = demo_world_partition(c->world, c->topic, 0);
    vec_push(&p->markers, end_of(c));
    vec_push(&c->entries, ((struct entry){0}));
    demo_partition_append(p, now_ms, end_of(c));
    cut(c, p);
}

/* ---- events ---- */

static void put_uuid(struct str *out, const struct demo_uuid *u)
{
    str_bytes(out, u->bytes, sizeof u->bytes);
}

static void put_time(struct str *out, int64_t ms)
{
    avro_writer_long(out, ms < 0 ? NO_VALUE : VALUE);
    if (ms >= 0)
        avro_writer_long(out, ms * 1000);
}

static void put_table(struct str *out, const char *space, const char *table, const struct demo_uuid *uuid)
{
    avro_writer_text(out, "iceberg");
    avro_writer_long(out, 1); /* levels of the namespace */
    avro_writer_text(out, space);
    avro_writer_long(out, 0);
    avro_writer_text(out, table);
    avro_writer_long(out, VALUE);
    put_uuid(out, uuid);
}

int64_t demo_control_start(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit)
{
    struct str body = {0};
    put_uuid(&body, commit);
    return append(c, s, START, &body);
}

int64_t demo_control_written(struct demo_control *c, const struct demo_control_sender *s,
                             const struct demo_uuid *commit, const char *space, const char *table,
                             const struct demo_uuid *table_uuid, const struct demo_lake_file *file)
{
    struct str body = {0};
    put_uuid(&body, commit);
    put_table(&body, space, table, table_uuid);
    avro_writer_long(&body, VALUE);
    avro_writer_long(&body, 1); /* one data file */
    avro_writer_long(&body, VALUE);
    avro_writer_long(&body, 0); /* content: data */
    avro_writer_text(&body, file->path);
    avro_writer_text(&body, "PARQUET");
    avro_writer_long(&body, VALUE);
    avro_writer_long(&body, 0); /* partition spec; the partition itself is empty */
    avro_writer_long(&body, file->rows);
    avro_writer_long(&body, file->bytes);
    avro_writer_long(&body, NO_VALUE); /* sizes of columns */
    avro_writer_long(&body, NO_VALUE); /* sort order */
    avro_writer_long(&body, 0);
    avro_writer_long(&body, VALUE);
    avro_writer_long(&body, 0); /* no delete files */
    return append(c, s, WRITTEN, &body);
}

int64_t demo_control_answer(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit,
                            const char *topic, const struct demo_control_assignment *assignments, size_t n)
{
    struct str body = {0};
    put_uuid(&body, commit);
    avro_writer_long(&body, VALUE);
    if (n)
        avro_writer_long(&body, (int64_t)n);
    for (size_t i = 0; i < n; i++) {
        avro_writer_text(&body, topic);
        avro_writer_long(&body, assignments[i].partition);
        avro_writer_long(&body, assignments[i].offset < 0 ? NO_VALUE : VALUE);
        if (assignments[i].offset >= 0)
            avro_writer_long(&body, assignments[i].offset);
        put_time(&body, assignments[i].time_ms);
    }
    avro_writer_long(&body, 0);
    return append(c, s, ANSWER, &body);
}

int64_t demo_control_table(struct demo_control *c, const struct demo_control_sender *s, const struct demo_uuid *commit,
                           const char *space, const char *table, const struct demo_uuid *table_uuid,
                           int64_t snapshot_id, int64_t valid_through_ms)
{
    struct str body = {0};
    put_uuid(&body, commit);
    put_table(&body, space, table, table_uuid);
    avro_writer_long(&body, VALUE);
    avro_writer_long(&body, snapshot_id);
    put_time(&body, valid_through_ms);
    return append(c, s, TABLE, &body);
}

int64_t demo_control_complete(struct demo_control *c, const struct demo_control_sender *s,
                              const struct demo_uuid *commit, int64_t valid_through_ms)
{
    struct str body = {0};
    put_uuid(&body, commit);
    put_time(&body, valid_through_ms);
    return append(c, s, COMPLETE, &body);
}
