/* Control events: those of real runs, published bytes, the old sink's, and bad ones. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "connect/event.h"
#include "tests/unit/connect/topic.h"

#include <malloc.h>

#define COMMIT     "01020304-0506-0708-090a-0b0c0d0e0f10"
#define COMMIT_HEX "0102030405060708090a0b0c0d0e0f10"
#define GROUP_HEX  "1c636f6e6e6563742d6d7973696e6b"
#define ID_HEX     "37cb6a2c760b4b1a815580fd85c36949"
#define TIME_HEX   "f8baee94b5afb006"

static const int64_t valid_ms = 1735787045000; /* 2025-01-02T03:04:05.000006Z */

static struct error err;

static bool is(struct connect_event_text have, const char *want)
{
    return have.s && have.len == strlen(want) && memcmp(have.s, want, have.len) == 0;
}

static struct connect_event must_read(struct connect_event_reader *r, const struct str *value)
{
    struct connect_event e;
    if (connect_event_read(r, value->s, value->len, &e, &err))
        fail_msg("%s", err.text);
    return e;
}

/* An event of a schema by the name of its payload, its datum in hexadecimal. */
static struct str made(const char *payload, const char *hex)
{
    struct str datum = {0}, value = {0};
    char *schema = topic_schema(payload);
    topic_hex(&datum, hex);
    topic_value(&value, schema, datum.s, datum.len);
    str_done(&datum);
    free(schema);
    return value;
}

static void check_head(const struct connect_event *e, enum connect_event_type type)
{
    assert_int_equal(e->type, type);
    assert_false(e->tabular);
    assert_string_equal(e->commit_id, COMMIT);
    assert_true(is(e->group, "connect-mysink"));
}

/* ---- published bytes, Iceberg 1.10.1 ---- */

static void start_commit(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v =
        made("StartCommit", "e9c66cc2d2f64c4890cf65be4f90ade9 00 e2f3e894b5afb006 " GROUP_HEX " " COMMIT_HEX);
    (void)state;
    assert_int_equal(v.len, 4 + 577 + 16 + 1 + 8 + 15 + 16); /* the schema is as long as the sink's */
    struct connect_event e = must_read(r, &v);
    check_head(&e, CONNECT_EVENT_START_COMMIT);
    assert_string_equal(e.id, "e9c66cc2-d2f6-4c48-90cf-65be4f90ade9");
    assert_int_equal(e.time_ms, 1795217565752);
    assert_null(e.table.s);
    assert_int_equal(e.nfiles + e.nassignments, 0);
    assert_int_equal(e.snapshot_id, CONNECT_EVENT_UNKNOWN);
    assert_int_equal(e.valid_through_ms, CONNECT_EVENT_UNKNOWN);
    str_done(&v);
    connect_event_reader_free(r);
}

static void commit_complete(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = made("CommitComplete", ID_HEX " 08 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 02 8ccdc8a38dac9506");
    (void)state;
    struct connect_event e = must_read(r, &v);
    check_head(&e, CONNECT_EVENT_COMMIT_COMPLETE);
    assert_string_equal(e.id, "37cb6a2c-760b-4b1a-8155-80fd85c36949");
    assert_int_equal(e.valid_through_ms, valid_ms);
    str_done(&v);
    v = made("CommitComplete", ID_HEX " 08 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 00");
    e = must_read(r, &v);
    assert_int_equal(e.valid_through_ms, CONNECT_EVENT_UNKNOWN);
    str_done(&v);
    connect_event_reader_free(r);
}

static void commit_to_table(void **state)
{
    static const char uuid[] = "00112233445566778899aabbccddeeff";
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = made("CommitToTable", ID_HEX " 06 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX
                                                " 0e69636562657267 02 046462 00 0674626c 02 02 02 8ccdc8a38dac9506");
    (void)state;
    struct connect_event e = must_read(r, &v);
    check_head(&e, CONNECT_EVENT_COMMIT_TO_TABLE);
    assert_true(is(e.catalog, "iceberg"));
    assert_true(is(e.table, "db.tbl"));
    assert_string_equal(e.table_uuid, "");
    assert_int_equal(e.snapshot_id, 1);
    assert_int_equal(e.valid_through_ms, valid_ms);
    str_done(&v);
    char *hex = mem_printf(
        "%s%s%s", ID_HEX " 06 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 0e69636562657267 04 0261 0262 00 0674626c 02",
        uuid, "00 00");
    v = made("CommitToTable 1.11", hex);
    e = must_read(r, &v);
    assert_true(is(e.table, "a.b.tbl"));
    assert_string_equal(e.table_uuid, "00112233-4455-6677-8899-aabbccddeeff");
    assert_int_equal(e.snapshot_id, CONNECT_EVENT_UNKNOWN);
    assert_int_equal(e.valid_through_ms, CONNECT_EVENT_UNKNOWN);
    free(hex);
    str_done(&v);
    connect_event_reader_free(r);
}

static void data_complete(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = made("DataComplete", ID_HEX " 04 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX
                                               " 02 04 0c6f7264657273 00 02c801 028ccdc8a38dac9506"
                                               " 0c6f7264657273 02 00 00 00");
    (void)state;
    struct connect_event e = must_read(r, &v);
    check_head(&e, CONNECT_EVENT_DATA_COMPLETE);
    assert_int_equal(e.nassignments, 2);
    assert_true(is(e.assignments[0].topic, "orders"));
    assert_int_equal(e.assignments[0].partition, 0);
    assert_int_equal(e.assignments[0].offset, 100);
    assert_int_equal(e.assignments[0].time_ms, valid_ms);
    assert_true(is(e.assignments[1].topic, "orders"));
    assert_int_equal(e.assignments[1].partition, 1);
    assert_int_equal(e.assignments[1].offset, CONNECT_EVENT_UNKNOWN);
    assert_int_equal(e.assignments[1].time_ms, CONNECT_EVENT_UNKNOWN);
    str_done(&v);
    connect_event_reader_free(r);
}

/* One data file with statistics of column 1, or a delete file, without the fields that came after 1.5. */
#define FILE_HEX(content)                                                                                              \
    "02" content " 08612f622e 0e50415251554554 0200 02f4b902 14 a413 0202021400 0202021400 0202021400 00"              \
    " 0202021001000000000000 0000 0202021001000000000000 0000 00 02020800 00 00"

static void data_written(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = made("DataWritten",
                        ID_HEX " 02 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 0e69636562657267 02 046462 00 0674626c"
                               " 02 04 " FILE_HEX("00") " " FILE_HEX("00") " 00"
                                                                           " 02 02 " FILE_HEX("04") " 00");
    (void)state;
    struct connect_event e = must_read(r, &v);
    check_head(&e, CONNECT_EVENT_DATA_WRITTEN);
    assert_true(is(e.table, "db.tbl"));
    assert_int_equal(e.nfiles, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_true(is(e.files[i].path, "a/b."));
        assert_int_equal(e.files[i].rows, 10);
        assert_int_equal(e.files[i].bytes, 1234);
        assert_int_equal(e.files[i].deletes, i == 2);
    }
    str_done(&v);
    v = made("DataWritten", ID_HEX " 02 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 0e69636562657267 00 0674626c 00 00");
    e = must_read(r, &v);
    assert_true(is(e.table, "tbl"));
    assert_int_equal(e.nfiles, 0);
    str_done(&v);
    connect_event_reader_free(r);
}

/* ---- the old sink ---- */

#define OLD_UUID        "{\"type\":\"fixed\",\"name\":\"uuid\",\"size\":16,\"logicalType\":\"uuid\"}"
#define OLD(name, type) "{\"name\":\"" name "\",\"type\":" type ",\"field-id\":\"-1\"}"
#define OLD_HEAD                                                                                                       \
    "{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"io.tabular.iceberg.connect.events\",\"fields\":[" OLD(    \
        "id", OLD_UUID) "," OLD("type", "\"int\"") "," OLD("timestamp", "\"long\"") ","                                \
                                                                                    "{\"name\":\"payload\",\"type\":{" \
                                                                                    "\"type\":\"record\",\"name\":\""
#define OLD_TAIL "]},\"field-id\":\"-1\"}," OLD("groupId", "\"string\"") "]}"
#define OLD_TABLE                                                                                                      \
    OLD("tableName", "{\"type\":\"record\",\"name\":\"TableName\",\"fields\":[" OLD(                                   \
                         "namespace", "{\"type\":\"array\",\"items\":\"string\"}") "," OLD("name", "\"string\"") "]}")
#define OLD_FILES(name, record)                                                                                        \
    OLD(name, "[{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"" record                                 \
              "\",\"namespace\":\"org.apache.iceberg\",\"fields\":["                                                   \
              "{\"name\":\"content\",\"type\":\"int\",\"field-id\":134},{\"name\":\"file_path\",\"type\":\"string\","  \
              "\"field-id\":100},"                                                                                     \
              "{\"name\":\"record_count\",\"type\":\"long\",\"field-id\":103},"                                        \
              "{\"name\":\"file_size_in_bytes\",\"type\":\"long\",\"field-id\":104}]}},\"null\"]")

static const char *const old_schemas[CONNECT_EVENT_TYPES] = {
    OLD_HEAD "CommitRequestPayload\",\"fields\":[" OLD("commitId", "\"uuid\"") OLD_TAIL,
    OLD_HEAD "CommitResponsePayload\",\"fields\":[" OLD("commitId", "\"uuid\"") "," OLD_TABLE "," OLD_FILES(
        "dataFiles", "GenericDataFile") "," OLD_FILES("deleteFiles", "GenericDeleteFile") OLD_TAIL,
    OLD_HEAD "CommitReadyPayload\",\"fields\":[" OLD("commitId", "\"uuid\"") "," OLD(
        "assignments", "[{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"TopicPartitionOffset\","
                       "\"fields\":[" OLD("topic", "\"string\"") "," OLD("partition", "\"int\"") "," OLD(
                           "offset", "[\"long\",\"null\"]") "," OLD("timestamp", "[\"long\",\"null\"]") "]}},\"null\"]")
        OLD_TAIL,
    OLD_HEAD "CommitTablePayload\",\"fields\":[" OLD("commitId", "\"uuid\"") "," OLD_TABLE "," OLD(
        "snapshotId", "[\"long\",\"null\"]") "," OLD("vtts", "[\"long\",\"null\"]") OLD_TAIL,
    OLD_HEAD "CommitCompletePayload\",\"fields\":[" OLD("commitId", "\"uuid\"") "," OLD("vtts", "[\"long\",\"null\"]")
        OLD_TAIL,
};

/* A datum of the old sink: payload is what follows the commit id. */
static struct str old_event(enum connect_event_type type, const struct str *payload)
{
    struct str datum = {0}, value = {0};
    topic_hex(&datum, ID_HEX);
    topic_long(&datum, type);
    topic_long(&datum, valid_ms);
    topic_hex(&datum, COMMIT_HEX);
    str_bytes(&datum, payload->s, payload->len);
    topic_text(&datum, "cg-control-mysink");
    topic_value(&value, old_schemas[type], datum.s, datum.len);
    str_done(&datum);
    return value;
}

static void old_table(struct str *payload)
{
    topic_long(payload, 1);
    topic_text(payload, "db");
    topic_long(payload, 0);
    topic_text(payload, "tbl");
}

static void old_files(struct str *payload, int64_t rows)
{
    topic_long(payload, 0); /* the branch of the list */
    topic_long(payload, 1);
    topic_long(payload, 0);
    topic_text(payload, "s3://b/f.parquet");
    topic_long(payload, rows);
    topic_long(payload, 1000 * rows);
    topic_long(payload, 0);
}

static struct connect_event read_old(struct connect_event_reader *r, enum connect_event_type type, struct str *payload,
                                     struct str *value)
{
    str_done(value);
    *value = old_event(type, payload);
    struct connect_event e = must_read(r, value);
    assert_int_equal(e.type, type);
    assert_true(e.tabular);
    assert_string_equal(e.commit_id, COMMIT);
    assert_int_equal(e.time_ms, valid_ms);
    assert_true(is(e.group, "cg-control-mysink"));
    str_clear(payload);
    return e;
}

static void tabular(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str payload = {0}, value = {0};
    struct connect_event e = read_old(r, CONNECT_EVENT_START_COMMIT, &payload, &value);
    (void)state;
    assert_null(e.table.s);

    old_table(&payload);
    old_files(&payload, 7);
    old_files(&payload, 8);
    e = read_old(r, CONNECT_EVENT_DATA_WRITTEN, &payload, &value);
    assert_null(e.catalog.s);
    assert_true(is(e.table, "db.tbl"));
    assert_int_equal(e.nfiles, 2);
    assert_int_equal(e.files[0].rows, 7);
    assert_int_equal(e.files[1].bytes, 8000);
    assert_true(e.files[1].deletes && !e.files[0].deletes);
    assert_true(is(e.files[0].path, "s3://b/f.parquet"));

    topic_hex(&payload, "00 04 0c6f7264657273 06 00 c801 00");
    topic_long(&payload, valid_ms);
    topic_hex(&payload, "0c6f7264657273 08 02 02 00");
    e = read_old(r, CONNECT_EVENT_DATA_COMPLETE, &payload, &value);
    assert_int_equal(e.nassignments, 2);
    assert_int_equal(e.assignments[0].partition, 3);
    assert_int_equal(e.assignments[0].offset, 100);
    assert_int_equal(e.assignments[0].time_ms, valid_ms);
    assert_int_equal(e.assignments[1].partition, 4);
    assert_int_equal(e.assignments[1].offset, CONNECT_EVENT_UNKNOWN);
    assert_int_equal(e.assignments[1].time_ms, CONNECT_EVENT_UNKNOWN);

    old_table(&payload);
    topic_hex(&payload, "00 54 00");
    topic_long(&payload, valid_ms);
    e = read_old(r, CONNECT_EVENT_COMMIT_TO_TABLE, &payload, &value);
    assert_true(is(e.table, "db.tbl"));
    assert_int_equal(e.snapshot_id, 42);
    assert_int_equal(e.valid_through_ms, valid_ms);

    topic_hex(&payload, "02");
    e = read_old(r, CONNECT_EVENT_COMMIT_COMPLETE, &payload, &value);
    assert_int_equal(e.valid_through_ms, CONNECT_EVENT_UNKNOWN);
    str_done(&payload);
    str_done(&value);
    connect_event_reader_free(r);
}

/* ---- real runs ---- */

struct sums {
    int64_t events[CONNECT_EVENT_TYPES], files, rows, bytes, assigned, offsets, uuids, no_valid_through;
};

/* Reads a run's control topic, and each of its records cut off anywhere. */
static struct sums read_run(const char *run)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct topic t = topic_load(run);
    struct sums s = {0};
    for (size_t i = 0; i < t.n; i++) {
        const struct topic_record *rec = &t.records[i];
        struct connect_event e;
        assert_true(connect_event_is(rec->value, rec->value_len));
        for (size_t cut = 0; cut < rec->value_len; cut += i < 10 ? 1 : 97)
            assert_int_equal(connect_event_read(r, rec->value, cut, &e, &err), ERR_INVALID);
        if (connect_event_read(r, rec->value, rec->value_len, &e, &err))
            fail_msg("%s, offset %lld: %s", run, (long long)rec->offset, err.text);
        assert_true(is(e.group, "connect-orders-sink"));
        assert_in_range(e.time_ms, rec->time_ms - 5000, rec->time_ms + 5000);
        s.events[e.type]++;
        for (size_t f = 0; f < e.nfiles; f++) {
            s.rows += e.files[f].rows;
            s.bytes += e.files[f].bytes;
        }
        s.files += (int64_t)e.nfiles;
        s.uuids += *e.table_uuid != '\0';
        for (size_t a = 0; a < e.nassignments; a++) {
            assert_true(is(e.assignments[a].topic, "orders"));
            s.offsets += e.assignments[a].offset == CONNECT_EVENT_UNKNOWN ? 0 : e.assignments[a].offset;
        }
        s.assigned += (int64_t)e.nassignments;
        if (e.type == CONNECT_EVENT_DATA_WRITTEN || e.type == CONNECT_EVENT_COMMIT_TO_TABLE)
            assert_true(is(e.table, "db.orders") && is(e.catalog, "iceberg"));
        s.no_valid_through += e.type == CONNECT_EVENT_COMMIT_COMPLETE && e.valid_through_ms == CONNECT_EVENT_UNKNOWN;
    }
    topic_free(&t);
    connect_event_reader_free(r);
    return s;
}

static void check_run(const char *run, struct sums want)
{
    struct sums have = read_run(run);
    const int64_t *h = (const int64_t *)&have, *w = (const int64_t *)&want;
    for (size_t i = 0; i < sizeof have / sizeof *h; i++)
        if (h[i] != w[i])
            fail_msg("%s: sum %zu is %lld, not %lld", run, i, (long long)h[i], (long long)w[i]);
}

static void real_runs(void **state)
{
    (void)state;
    check_run("healthy-1.9.2", (struct sums){.events = {8, 14, 16, 7, 8},
                                             .files = 14,
                                             .rows = 2427,
                                             .bytes = 33481,
                                             .assigned = 16,
                                             .offsets = 10659,
                                             .no_valid_through = 1});
    check_run("idle-1.9.2", (struct sums){.events = {6, 7, 8, 6, 6},
                                          .files = 7,
                                          .rows = 5994,
                                          .bytes = 36041,
                                          .assigned = 10,
                                          .offsets = 19921,
                                          .no_valid_through = 6});
    check_run("zombie-1.10.1", (struct sums){.events = {17, 2, 34, 0, 8},
                                             .files = 2,
                                             .rows = 40,
                                             .bytes = 2726,
                                             .assigned = 34,
                                             .offsets = 40,
                                             .no_valid_through = 8});
    check_run("failing-1.11.0", (struct sums){.events = {14, 28, 28, 6, 6},
                                              .files = 28,
                                              .rows = 5366,
                                              .bytes = 67100,
                                              .assigned = 28,
                                              .offsets = 40647,
                                              .uuids = 34,
                                              .no_valid_through = 0});
}

/* ---- bad ones ---- */

static int read_code(struct connect_event_reader *r, const void *value, size_t len)
{
    struct connect_event e = {.snapshot_id = 77};
    int rc = connect_event_read(r, value, len, &e, &err);
    assert_true(rc == 0 || (e.snapshot_id == 77 && err.code == rc && *err.text));
    return rc;
}

static void no_events(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = {0};
    (void)state;
    assert_int_equal(read_code(r, "", 0), ERR_INVALID);
    assert_int_equal(read_code(r, NULL, 0), ERR_INVALID);
    assert_int_equal(read_code(r, "{\"a\":1}", 7), ERR_INVALID);
    assert_int_equal(read_code(r, "\xC2\x01\0\0", 4), ERR_INVALID);
    assert_int_equal(read_code(r, "\xC3\x01\0\2{}", 6), ERR_INVALID);
    assert_int_equal(read_code(r, "\xC2\x01\0\2{}", 6), ERR_INVALID);
    assert_int_equal(read_code(r, "\xC2\x01\xFF\xFF{}", 6), ERR_INVALID);
    topic_value(&v, "\"string\"", "\2a", 2);
    assert_int_equal(read_code(r, v.s, v.len), ERR_INVALID);
    str_clear(&v);
    topic_value(&v, "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"type\",\"type\":\"string\"}]}", "\2a",
                2);
    assert_int_equal(read_code(r, v.s, v.len), ERR_INVALID);
    assert_false(connect_event_is("\xC2\x01\0\0", 4));
    assert_false(connect_event_is("\xC2\x01\0\0{", 5));
    assert_false(connect_event_is("\xC2\x01\0\2[", 5));
    assert_true(connect_event_is("\xC2\x01\0\2{", 5));
    assert_false(connect_event_is(NULL, 0));
    str_done(&v);
    connect_event_reader_free(r);
}

static void what_is_missing_or_too_much(void **state)
{
    static const char tail[] = " e2f3e894b5afb006 " GROUP_HEX " " COMMIT_HEX;
    static const struct {
        const char *type, *more;
        int code;
    } cases[] = {{"0a", "", ERR_NOT_FOUND}, {"01", "", ERR_INVALID}, {"00", "00", ERR_INVALID}, {"00", "", 0}};
    struct connect_event_reader *r = connect_event_reader_new();
    struct str v = {0}, datum = {0};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *hex = mem_printf("%s %s %s %s", ID_HEX, cases[i].type, tail, cases[i].more);
        str_done(&v);
        v = made("StartCommit", hex);
        assert_int_equal(read_code(r, v.s, v.len), cases[i].code);
        free(hex);
    }
    /* no commit id */
    topic_long(&datum, 0);
    str_clear(&v);
    topic_value(&v,
                "{\"type\":\"record\",\"name\":\"E\",\"fields\":[{\"name\":\"type\",\"type\":\"int\"},{\"name\":"
                "\"payload\",\"type\":{\"type\":\"record\",\"name\":\"P\",\"fields\":[]}}]}",
                datum.s, datum.len);
    assert_int_equal(read_code(r, v.s, v.len), ERR_INVALID);
    assert_string_equal(err.text, "control event: it has no commit id");
    /* a name too long */
    char *name = mem_calloc(1, CONNECT_EVENT_NAME + 2), *schema = topic_schema("StartCommit");
    memset(name, 'x', CONNECT_EVENT_NAME + 1);
    str_clear(&datum);
    topic_hex(&datum, ID_HEX "00 00");
    topic_text(&datum, name);
    topic_hex(&datum, COMMIT_HEX);
    str_clear(&v);
    topic_value(&v, schema, datum.s, datum.len);
    assert_int_equal(read_code(r, v.s, v.len), ERR_LIMIT);
    free(name);
    free(schema);
    str_done(&datum);
    str_done(&v);
    connect_event_reader_free(r);
}

static void hostile_numbers(void **state)
{
    static const struct {
        const char *assignment;
        int code;
    } cases[] = {
        {"01 00 00", ERR_INVALID},                                 /* partition -1 */
        {"feffffff1f 00 00", ERR_INVALID},                         /* more than 32 bits */
        {"02 02 01 02 01", 0},                                     /* offset -1, time -1: unknown */
        {"02 02 feffffffffffffffff01 02 feffffffffffffffff01", 0}, /* the greatest: a time beyond 9999 is unknown */
    };
    struct connect_event_reader *r = connect_event_reader_new();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *hex =
            mem_printf("%s 04 %s %s %s 02 02 0261 %s 00", ID_HEX, TIME_HEX, GROUP_HEX, COMMIT_HEX, cases[i].assignment);
        struct str v = made("DataComplete", hex);
        struct connect_event e;
        assert_int_equal(read_code(r, v.s, v.len), cases[i].code);
        if (!cases[i].code) {
            e = must_read(r, &v);
            assert_int_equal(e.assignments->time_ms, CONNECT_EVENT_UNKNOWN);
            assert_int_equal(e.assignments->offset, i == 2 ? CONNECT_EVENT_UNKNOWN : INT64_MAX);
        }
        str_done(&v);
        free(hex);
    }
    connect_event_reader_free(r);
}

/* A DATA_WRITTEN of about that many bytes. */
static struct str large_event(size_t bytes, int64_t *files)
{
    struct str datum = {0}, value = {0}, file = {0};
    char path[400];
    memset(path, 'p', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    topic_hex(&file, "0200");
    topic_text(&file, path);
    topic_hex(&file, "0e50415251554554 0200 02f4b902 14 a413 0202021400 0202021400 0202021400 00"
                     " 0202021001000000000000 0000 0202021001000000000000 0000 00 02020800 00 00");
    *files = (int64_t)(bytes / file.len);
    topic_hex(&datum, ID_HEX " 02 " TIME_HEX " " GROUP_HEX " " COMMIT_HEX " 0e69636562657267 02 046462 00 0674626c 02");
    topic_long(&datum, *files);
    for (int64_t i = 0; i < *files; i++)
        str_bytes(&datum, file.s, file.len);
    topic_hex(&datum, "00 00");
    char *schema = topic_schema("DataWritten");
    topic_value(&value, schema, datum.s, datum.len);
    free(schema);
    str_done(&file);
    str_done(&datum);
    return value;
}

/* Every place near its beginning and its end, and places all over it. */
static void ten_megabytes_cut_off(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    int64_t files;
    struct str v = large_event(10 * 1024 * 1024, &files);
    (void)state;
    struct connect_event e = must_read(r, &v);
    assert_int_equal(e.nfiles, files);
    assert_int_equal(e.files[files - 1].rows, 10);
    for (size_t cut = 0; cut < v.len; cut += cut < 10000 || v.len - cut < 300 ? 1 : 60013)
        assert_int_equal(read_code(r, v.s, cut), ERR_INVALID);
    str_done(&v);
    v = large_event(CONNECT_EVENT_BYTES + 1000, &files);
    assert_int_equal(read_code(r, v.s, v.len), ERR_LIMIT);
    str_done(&v);
    connect_event_reader_free(r);
}

/* Each of some bytes changed: an error or an event, nothing else. */
static void bytes_changed(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct topic t = topic_load("failing-1.11.0");
    unsigned seed = 1;
    (void)state;
    for (size_t i = 0; i < t.n; i++)
        for (int k = 0; k < 50; k++) {
            char *v = mem_memdup(t.records[i].value, t.records[i].value_len);
            seed = seed * 1103515245 + 12345;
            v[seed / 65536 % t.records[i].value_len] ^= (char)(1 << (seed >> 29));
            read_code(r, v, t.records[i].value_len);
            free(v);
        }
    topic_free(&t);
    connect_event_reader_free(r);
}

static void many_schemas(void **state)
{
    struct connect_event_reader *r = connect_event_reader_new();
    struct str datum = {0}, v = {0};
    char *schema = topic_schema("StartCommit");
    size_t after_first = 0;
    (void)state;
    topic_hex(&datum, "e9c66cc2d2f64c4890cf65be4f90ade9 00 e2f3e894b5afb006 " GROUP_HEX " " COMMIT_HEX);
    for (int i = 0; i < 6000; i++) {
        char *other = mem_printf("%.*s,\"doc\":\"%d %0*d\"}", (int)strlen(schema) - 1, schema, i, i % 2 ? 10 : 9000, 0);
        str_clear(&v);
        topic_value(&v, other, datum.s, datum.len);
        must_read(r, &v);
        free(other);
        if (i == 1000)
            after_first = mallinfo2().uordblks;
    }
    assert_in_range(mallinfo2().uordblks, 0, after_first + 1024 * 1024);
    free(schema);
    str_done(&datum);
    str_done(&v);
    connect_event_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_commit),    cmocka_unit_test(commit_complete),
        cmocka_unit_test(commit_to_table), cmocka_unit_test(data_complete),
        cmocka_unit_test(data_written),    cmocka_unit_test(tabular),
        cmocka_unit_test(real_runs),       cmocka_unit_test(no_events),
        cmocka_unit_test(hostile_numbers), cmocka_unit_test(what_is_missing_or_too_much),
        cmocka_unit_test(bytes_changed),   cmocka_unit_test(ten_megabytes_cut_off),
        cmocka_unit_test(many_schemas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
