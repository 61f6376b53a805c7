/* Recorded control topics, and events made by hand. */
#include "tests/unit/data.h"

#include "base/vec.h"
#include "iceberg/file.h"
#include "tests/unit/connect/topic.h"

#include <jansson.h>

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

char *topic_base64(const char *text, size_t *len)
{
    struct str out = {0};
    uint32_t bits = 0;
    for (unsigned n = 1; *text && *text != '='; text++, n++) {
        assert_in_range(digit(*text), 0, 63);
        bits = bits << 6 | (uint32_t)digit(*text);
        if (n % 4 != 1)
            str_char(&out, (char)(bits >> (6 - 2 * ((n - 1) % 4))));
    }
    *len = out.len;
    return str_take(&out);
}

static struct topic_record record(const char *line, size_t len)
{
    struct topic_record r = {0};
    json_error_t error;
    json_t *j = json_loadb(line, len, 0, &error);
    if (!j)
        fail_msg("%s", error.text);
    r.partition = (int32_t)json_integer_value(json_object_get(j, "partition"));
    r.offset = json_integer_value(json_object_get(j, "offset"));
    r.time_ms = json_integer_value(json_object_get(j, "timestamp"));
    r.key = mem_strdup(json_string_value(json_object_get(j, "key")));
    r.key_len = strlen(r.key);
    r.value = topic_base64(json_string_value(json_object_get(j, "value")), &r.value_len);
    json_decref(j);
    return r;
}

struct topic topic_load(const char *run)
{
    VEC(struct topic_record) records = {0};
    struct str text = {0};
    struct error err;
    char *path = data_path("connect/%s.ndjson.gz", run);
    if (iceberg_file_read(path, 16 * 1024 * 1024, &text, NULL, &err))
        fail_msg("%s", err.text);
    for (char *at = text.s, *end; (end = memchr(at, '\n', (size_t)(text.s + text.len - at))); at = end + 1)
        vec_push(&records, record(at, (size_t)(end - at)));
    assert_true(records.n > 0);
    str_done(&text);
    free(path);
    return (struct topic){records.items, records.n};
}

void topic_free(struct topic *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->records[i].key);
        free(t->records[i].value);
    }
    free(t->records);
    *t = (struct topic){0};
}

/* ---- schemas ---- */

/* clang-format off: as the JSON nests */
#define UUID                  "{\"type\":\"fixed\",\"name\":\"uuid_fixed\",\"namespace\":\"\",\"size\":16,\"logicalType\":\"uuid\"}"
#define MICROS                "{\"type\":\"long\",\"logicalType\":\"timestamp-micros\",\"adjust-to-utc\":true}"
#define FIELD(name, type, id) "{\"name\":\"" name "\",\"type\":" type ",\"field-id\":" id "}"
#define NULLABLE(name, type, id)                                                                                       \
    "{\"name\":\"" name "\",\"type\":[\"null\"," type "],\"default\":null,\"field-id\":" id "}"
#define RECORD(name, fields) "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define RECORD_IN(name, space, fields)                                                                                 \
    "{\"type\":\"record\",\"name\":\"" name "\",\"namespace\":\"" space "\",\"fields\":[" fields "]}"
#define ARRAY(items, id) "{\"type\":\"array\",\"items\":" items ",\"element-id\":" id "}"
#define MAP_OF(items)    "{\"type\":\"array\",\"items\":" items ",\"logicalType\":\"map\"}"

#define COMMIT_ID(id) FIELD("commit_id", "\"uuid_fixed\"", id)
#define TABLE(more)                                                                                                    \
    RECORD("TableReference",                                                                                           \
           FIELD("catalog", "\"string\"", "10600") "," FIELD("namespace", ARRAY("\"string\"", "10602"),                \
                                                             "10601") "," FIELD("name", "\"string\"", "10603") more)
#define ASSIGNMENT                                                                                                     \
    RECORD("TopicPartitionOffset",                                                                                     \
           FIELD("topic", "\"string\"", "10700") "," FIELD("partition", "\"int\"", "10701") "," NULLABLE(              \
               "offset", "\"long\"", "10702") "," NULLABLE("timestamp", MICROS, "10703"))

/* Maps whose keys are numbers: written out where they stand first, named where they stand again. */
#define PAIRS(name, type, key, value)                                                                                  \
    MAP_OF(RECORD_IN(name, "", FIELD("key", "\"int\"", key) "," FIELD("value", type, value)))
#define AGAIN(name) MAP_OF("\"" name "\"")

/* A file as Iceberg 1.5 has it: later ones have more fields. */
#define FILE_FIELDS(partition, sizes, values, nulls, nans, lower, upper)                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              \
    NULLABLE("content", "\"int\"", "134")                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                             \
    "," FIELD("file_path", "\"string\"", "100") "," FIELD("file_format", "\"string\"",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                \
                                                          "101") "," NULLABLE("spec_id", "\"int\"",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   \
                                                                              "141") "," FIELD("partition",                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                           \
                                                                                               partition, "102") "," FIELD("record_count", "\"long\"", "103") "," FIELD("file_size_in_bytes", "\"long\"", "104") "," NULLABLE("column_sizes", sizes, "108") "," NULLABLE("value_counts", values, "109") "," NULLABLE("null_value_counts", nulls, "110") "," NULLABLE("nan_value_counts", nans, "137") "," NULLABLE("lower_bounds",                                                                                                                                                                                                    \
                                                                                                                                                                                                                                                                                                                                                                                                                   lower, "125") "," NULLABLE("upper_bounds",                                                                                                                                                                         \
                                                                                                                                                                                                                                                                                                                                                                                                                                              upper, "128") "," NULLABLE("key_metadata",                                                                                                                                              \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                         "\"bytes\"", "131") "," NULLABLE("split_offsets",                                                                                                            \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          ARRAY("\"long\"", "133"), "132") "," NULLABLE("equality_ids", ARRAY("\"int\"", "136"), "135") "," NULLABLE("sort_order_id", \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     "\"int\"",       \
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                     "140")
#define DATA_FILE                                                                                                      \
    RECORD_IN("GenericDataFile", "org.apache.iceberg",                                                                 \
              FILE_FIELDS(                                                                                             \
                  RECORD("PartitionData", NULLABLE("ts_day", "{\"type\":\"int\",\"logicalType\":\"date\"}", "1000")),  \
                  PAIRS("k117_v118", "\"long\"", "117", "118"), PAIRS("k119_v120", "\"long\"", "119", "120"),          \
                  PAIRS("k121_v122", "\"long\"", "121", "122"), PAIRS("k138_v139", "\"long\"", "138", "139"),          \
                  PAIRS("k126_v127", "\"bytes\"", "126", "127"), PAIRS("k129_v130", "\"bytes\"", "129", "130")))
#define DELETE_FILE                                                                                                    \
    RECORD_IN("GenericDeleteFile", "org.apache.iceberg",                                                               \
              FILE_FIELDS("\"PartitionData\"", AGAIN("k117_v118"), AGAIN("k119_v120"), AGAIN("k121_v122"),             \
                          AGAIN("k138_v139"), AGAIN("k126_v127"), AGAIN("k129_v130")))
#define TO_TABLE(more)                                                                                                 \
    RECORD("CommitToTable", COMMIT_ID("10400") "," FIELD("table_reference", TABLE(more), "10401") "," NULLABLE(        \
                                "snapshot_id", "\"long\"", "10402") "," NULLABLE("valid_through_ts", MICROS, "10403"))

static const struct {
    const char *name, *schema;
} payloads[] = {
    {"StartCommit", RECORD("StartCommit", COMMIT_ID("10200"))},
    {"DataWritten",
     RECORD("DataWritten", COMMIT_ID("10300") "," FIELD("table_reference", TABLE(""), "10301") "," NULLABLE(
                               "data_files", ARRAY(DATA_FILE, "10303"),
                               "10302") "," NULLABLE("delete_files", ARRAY(DELETE_FILE, "10304"), "10304"))},
    {"DataComplete",
     RECORD("DataComplete", COMMIT_ID("10100") "," NULLABLE("assignments", ARRAY(ASSIGNMENT, "10102"), "10101"))},
    {"CommitToTable", TO_TABLE("")},
    {"CommitToTable 1.11", TO_TABLE("," NULLABLE("table_uuid", "\"uuid_fixed\"", "10604"))},
    {"CommitComplete", RECORD("CommitComplete", COMMIT_ID("10000") "," NULLABLE("valid_through_ts", MICROS, "10001"))},
};
/* clang-format on */

char *topic_schema(const char *payload)
{
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (strcmp(payloads[i].name, payload) == 0)
            return mem_printf(
                "{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"org.apache.iceberg.connect."
                "events\",\"fields\":[%s,%s,%s,%s,{\"name\":\"payload\",\"type\":%s,\"field-id\":10504}]}",
                FIELD("id", UUID, "10500"), FIELD("type", "\"int\"", "10501"), FIELD("timestamp", MICROS, "10502"),
                FIELD("group_id", "\"string\"", "10503"), payloads[i].schema);
    fail_msg("no schema of %s", payload);
    return NULL;
}

/* ---- values ---- */

void topic_value(struct str *out, const char *schema, const void *datum, size_t len)
{
    size_t n = strlen(schema);
    assert_in_range(n, 1, 65535);
    str_bytes(out, "\xC2\x01", 2);
    str_char(out, (char)(n >> 8));
    str_char(out, (char)n);
    str_add(out, schema);
    str_bytes(out, datum, len);
}

void topic_long(struct str *out, int64_t value)
{
    uint64_t bits = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; bits > 127; bits >>= 7)
        str_char(out, (char)(bits | 128));
    str_char(out, (char)bits);
}

void topic_bytes(struct str *out, const void *bytes, size_t len)
{
    topic_long(out, (int64_t)len);
    str_bytes(out, bytes, len);
}

void topic_text(struct str *out, const char *text)
{
    topic_bytes(out, text, strlen(text));
}

void topic_hex(struct str *out, const char *hex)
{
    while (*(hex += strspn(hex, " "))) {
        unsigned byte;
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        str_char(out, (char)byte);
        hex += 2;
    }
}
