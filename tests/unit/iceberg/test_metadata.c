/* Table metadata: recorded tables as pyiceberg sees them, what is missing, malformed, newer than known, or too
 * large. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "iceberg/file.h"
#include "tests/unit/iceberg/captures.h"

#include <libdeflate.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[][2] = {
    {"healthy-1.9.2", "wh/db/orders/metadata/v8.metadata.json"},
    {"idle-1.9.2", "wh/db/orders/metadata/v7.metadata.json"},
    {"failing-1.11.0", "wh/db/orders/metadata/00006-9a2332ca-8ec4-48e8-8684-f33e3dd593ac.metadata.json"},
    {"failing-1.11.0/during", "wh/db/orders/metadata/00002-8c35536c-e39d-48ec-bbdb-22a8c62883f5.metadata.json"},
};

static int64_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : ICEBERG_UNKNOWN;
}

static void assert_total(const struct iceberg_snapshot *s, const char *key, int64_t expected)
{
    const char *text = iceberg_pairs_get(&s->summary, key);
    assert_non_null(text);
    assert_int_equal(strtoll(text, NULL, 10), expected);
}

static void assert_snapshot(const struct iceberg_snapshot *s, json_t *expected)
{
    const char *key;
    json_t *value, *summary = json_object_get(expected, "summary");
    assert_int_equal(s->id, number(expected, "id"));
    assert_int_equal(s->parent_id, number(expected, "parent"));
    assert_int_equal(s->timestamp_ms, number(expected, "ts"));
    assert_string_equal(s->operation, json_string_value(json_object_get(expected, "op")));
    assert_int_equal(s->summary.n, json_object_size(summary));
    json_object_foreach(summary, key, value)
        assert_string_equal(iceberg_pairs_get(&s->summary, key), json_string_value(value));
    assert_non_null(strstr(s->manifest_list, "/metadata/snap-"));
}

static void test_captures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char *name = mem_printf("%s/%s", files[i][0], files[i][1]);
        struct iceberg_metadata *m = captures_metadata(name);
        json_t *expected = captures_expected(files[i][0]), *snapshots = json_object_get(expected, "snapshots");
        assert_string_equal(m->table_uuid, json_string_value(json_object_get(expected, "uuid")));
        assert_int_equal(m->n_snapshots, json_array_size(snapshots));
        for (size_t k = 0; k < m->n_snapshots; k++) {
            assert_snapshot(&m->snapshots[k], json_array_get(snapshots, k));
            assert_int_equal(m->snapshots[k].sequence_number, k + 1);
            assert_int_equal(m->snapshots[k].schema_id, 0);
            assert_ptr_equal(iceberg_metadata_snapshot(m, m->snapshots[k].id), &m->snapshots[k]);
            assert_int_equal(m->snapshot_log[k].snapshot_id, m->snapshots[k].id);
        }
        const struct iceberg_snapshot *current = iceberg_metadata_current(m);
        assert_ptr_equal(current, &m->snapshots[m->n_snapshots - 1]);
        assert_total(current, "total-records", number(expected, "rows"));
        assert_total(current, "total-data-files", number(expected, "files"));
        assert_total(current, "total-files-size", number(expected, "bytes"));
        assert_in_range(m->last_updated_ms, current->timestamp_ms, current->timestamp_ms + 1000);
        assert_int_equal(m->n_refs, 1);
        assert_string_equal(m->refs[0].name, "main");
        assert_int_equal(m->refs[0].snapshot_id, current->id);
        assert_false(m->refs[0].tag);
        assert_int_equal(m->refs[0].max_ref_age_ms, ICEBERG_UNKNOWN);
        assert_int_equal(m->n_metadata_log, m->n_snapshots);
        assert_int_equal(m->skipped, 0);
        assert_string_equal(iceberg_pairs_get(&m->properties, "write.parquet.compression-codec"), "zstd");
        json_decref(expected);
        iceberg_metadata_free(m);
        free(name);
    }
}

static void test_columns(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_metadata("healthy-1.9.2/wh/db/orders/metadata/v8.metadata.json");
    static const char *const columns[] = {"amount double", "part long", "id long", "region string", "ts long"};
    assert_int_equal(m->n_columns, 5);
    for (size_t i = 0; i < 5; i++) {
        char *text = mem_printf("%s %s", m->columns[i].name, m->columns[i].type);
        assert_string_equal(text, columns[i]);
        assert_int_equal(m->columns[i].id, i + 1);
        assert_false(m->columns[i].required);
        assert_int_equal(m->columns[i].parent, -1);
        free(text);
    }
    assert_int_equal(m->n_specs, 1);
    assert_int_equal(m->specs[0].n_fields, 0);
    assert_int_equal(m->n_sort_orders, 1);
    assert_int_equal(m->format_version, 2);
    assert_string_equal(m->location, "file:///lake2/wh/db/orders");
    iceberg_metadata_free(m);
}

static void test_empty(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_metadata(
        "zombie-1.10.1/wh/db/orders/metadata/00000-a5feae71-c6c2-442d-bac8-016f9f572868.metadata.json");
    assert_int_equal(m->n_snapshots, 0);
    assert_int_equal(m->current_snapshot_id, ICEBERG_UNKNOWN);
    assert_null(iceberg_metadata_current(m));
    assert_int_equal(m->n_columns, 4);
    iceberg_metadata_free(m);
    static const char *const none[] = {"{\"format-version\":3,\"current-snapshot-id\":null,\"snapshots\":null}",
                                       "{\"format-version\":1,\"current-snapshot-id\":-1,\"snapshots\":[]}",
                                       " {\"format-version\":2} \n"};
    for (size_t i = 0; i < 3; i++) {
        m = captures_parse(none[i]);
        assert_null(iceberg_metadata_current(m));
        assert_int_equal(m->last_updated_ms, ICEBERG_UNKNOWN);
        assert_null(m->table_uuid);
        iceberg_metadata_free(m);
    }
}

static void test_version_1(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_parse(
        "{\"format-version\":1,\"location\":\"s3://b/t\",\"last-updated-ms\":5,\"last-column-id\":3,"
        "\"schema\":{\"type\":\"struct\",\"fields\":[{\"id\":1,\"name\":\"day\",\"required\":true,\"type\":\"date\","
        "\"doc\":\"d\"},"
        "{\"id\":2,\"name\":\"l\",\"required\":false,\"type\":{\"type\":\"list\",\"element-id\":3,\"element-required\":"
        "true,"
        "\"element\":{\"type\":\"struct\",\"fields\":[{\"id\":4,\"name\":\"x\",\"required\":false,\"type\":\"decimal("
        "10, 2)\"}]}}},"
        "{\"id\":5,\"name\":\"m\",\"required\":false,\"type\":{\"type\":\"map\",\"key-id\":6,\"key\":\"string\","
        "\"value-id\":7,"
        "\"value\":\"long\",\"value-required\":false}}]},"
        "\"partition-spec\":[{\"source-id\":1,\"field-id\":1000,\"name\":\"day\",\"transform\":\"identity\"}],"
        "\"current-snapshot-id\":7,\"snapshots\":[{\"snapshot-id\":7,\"timestamp-ms\":4,\"manifests\":[\"a\",\"b\"]}]"
        "}");
    static const char *const columns[] = {"day date", "l list",       "l.element struct", "l.element.x decimal(10, 2)",
                                          "m map",    "m.key string", "m.value long"};
    static const bool required[] = {true, false, true, false, false, true, false};
    assert_int_equal(m->n_columns, 7);
    for (size_t i = 0; i < 7; i++) {
        struct str text = {0};
        iceberg_metadata_column(m, i, &text);
        str_printf(&text, " %s", m->columns[i].type);
        assert_string_equal(text.s, columns[i]);
        assert_int_equal(m->columns[i].id, i + 1);
        assert_int_equal(m->columns[i].required, required[i]);
        str_done(&text);
    }
    assert_string_equal(m->columns[0].doc, "d");
    assert_int_equal(m->n_schemas, 1);
    assert_int_equal(m->n_specs, 1);
    assert_string_equal(m->specs[0].fields[0].transform, "identity");
    assert_int_equal(m->specs[0].fields[0].field_id, 1000);
    const struct iceberg_snapshot *s = iceberg_metadata_current(m);
    assert_int_equal(s->n_manifests, 2);
    assert_string_equal(s->manifests[1], "b");
    assert_null(s->manifest_list);
    assert_null(s->operation);
    assert_int_equal(m->current_snapshot_id, 7);
    iceberg_metadata_free(m);
}

static void test_version_3(void **state)
{
    (void)state;
    struct iceberg_metadata *m = captures_parse(
        "{\"format-version\":3,\"table-uuid\":\"u\",\"current-schema-id\":4,\"schemas\":[{\"schema-id\":3,\"fields\":[]"
        "},"
        "{\"fields\":[{\"id\":1,\"name\":\"n\\u00e9\",\"type\":\"variant\",\"required\":false}],\"schema-id\":4}],"
        "\"partition-specs\":[{\"spec-id\":0,\"fields\":[]},{\"spec-id\":2,\"fields\":[{\"source-ids\":[1,2],\"field-"
        "id\":1001,"
        "\"name\":\"b\",\"transform\":\"bucket[4]\"}]}],\"default-spec-id\":2,\"default-sort-order-id\":1,"
        "\"sort-orders\":[{\"order-id\":1,\"fields\":[{\"source-id\":1,\"transform\":\"identity\",\"direction\":"
        "\"desc\","
        "\"null-order\":\"nulls-last\"}]}],\"encryption-keys\":[{\"key-id\":\"k\"}],\"next-row-id\":90,"
        "\"refs\":{\"audit\":{\"snapshot-id\":9223372036854775807,\"type\":\"branch\",\"max-ref-age-ms\":5,"
        "\"min-snapshots-to-keep\":2},\"v1\":{\"snapshot-id\":1,\"type\":\"tag\"},\"bad\":{\"type\":\"tag\"}},"
        "\"current-snapshot-id\":1,\"snapshots\":[{\"snapshot-id\":9223372036854775807,\"parent-snapshot-id\":1,"
        "\"sequence-number\":2,\"first-row-id\":10,\"added-rows\":80,\"key-id\":\"k\",\"summary\":{\"operation\":"
        "\"append\","
        "\"a\":\"1\",\"n\":7}},{\"snapshot-id\":1},{\"timestamp-ms\":3}],\"new-thing\":{\"x\":[1,{}]}}");
    assert_int_equal(m->n_columns, 1);
    assert_string_equal(m->columns[0].name, "n\xc3\xa9");
    assert_int_equal(m->n_schemas, 2);
    assert_int_equal(m->specs[1].fields[0].source_id, 1);
    assert_string_equal(m->sort_orders[0].fields[0].null_order, "nulls-last");
    assert_true(m->encrypted);
    assert_int_equal(m->n_refs, 2);
    assert_string_equal(m->refs[0].name, "audit");
    assert_int_equal(m->refs[0].snapshot_id, INT64_MAX);
    assert_true(m->refs[1].tag);
    assert_int_equal(m->refs[0].min_snapshots_to_keep, 2);
    assert_int_equal(m->n_snapshots, 2);
    assert_int_equal(m->skipped, 2);
    const struct iceberg_snapshot *s = iceberg_metadata_snapshot(m, INT64_MAX);
    assert_int_equal(s->added_rows, 80);
    assert_int_equal(s->first_row_id, 10);
    assert_string_equal(s->key_id, "k");
    assert_int_equal(s->summary.n, 1);
    assert_ptr_equal(iceberg_metadata_current(m), &m->snapshots[1]);
    iceberg_metadata_free(m);
}

/* Of a newer format what is understood is there, with the error that says so. */
static void test_version_4(void **state)
{
    (void)state;
    const char *text =
        "{\"format-version\":4,\"table-uuid\":\"u\",\"snapshots\":[{\"snapshot-id\":1,\"manifest-list\":\"m/1\"}],"
        "\"current-snapshot-id\":1}";
    struct iceberg_metadata *m = NULL;
    struct error err = {0};
    assert_int_equal(iceberg_metadata_parse(text, strlen(text), "t.json", &m, &err), ERR_PARTIAL);
    assert_string_equal(err.text, "t.json: format version 4; only what versions 1 to 3 say is understood");
    assert_string_equal(iceberg_metadata_current(m)->manifest_list, "m/1");
    assert_null(m->location);
    iceberg_metadata_free(m);
}

static void assert_refused(const char *text, size_t len, int code, const char *expected)
{
    struct iceberg_metadata *m = NULL;
    struct error err = {0};
    int rc = iceberg_metadata_parse(text, len, "t", &m, &err);
    if (rc != code || m)
        fail_msg("%.60s: %d, %s", text, rc, err.text);
    if (expected && !strstr(err.text, expected))
        fail_msg("%s is not in: %s", expected, err.text);
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", "the text ends"},
        {"[]", "no JSON object"},
        {"{}", "no format-version"},
        {"{\"format-version\":\"2\"}", "no format-version"},
        {"{\"format-version\":0}", "no format-version"},
        {"{\"format-version\":2} x", "more text after the end"},
        {"{\"format-version\":2,}", "a key is missing"},
        {"{\"format-version\" 2}", "a colon is missing"},
        {"{\"format-version\":2 \"a\":1}", "a comma is missing"},
        {"{\"format-version\":2,\"snapshots\":{}}", "t: snapshots, byte 0: no JSON array"},
        {"{\"format-version\":2,\"snapshots\":[{]}", "closes what is not open"},
        {"{\"format-version\":2,\"snapshots\":[tru]}", "t: snapshots, byte"},
        {"{\"format-version\":2,\"snapshots\":[{\"snapshot-id\":9223372036854775808}]}", "a number beyond 64 bits"},
        {"{\"format-version\":2,\"location\":\"\xff\"}", "no UTF-8"},
        {"{\"format-version\":1,\"view-uuid\":\"x\"}", "of a view"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_refused(bad[i][0], strlen(bad[i][0]), ERR_INVALID, bad[i][1]);
    struct str deep = {0};
    str_add(&deep, "{\"format-version\":2,\"x\":");
    str_repeat(&deep, '[', 100000);
    assert_refused(deep.s, deep.len, ERR_LIMIT, "deeper than 256");
    str_done(&deep);
}

/* However much of a file is written: refused, never read as less than it is. */
static void test_half_written(void **state)
{
    (void)state;
    char *path = captures_path("failing-1.11.0/during/wh/db/orders/metadata/"
                               "00002-8c35536c-e39d-48ec-bbdb-22a8c62883f5.metadata.json");
    struct str text = {0};
    assert_int_equal(iceberg_file_read(path, ICEBERG_METADATA_BYTES, &text, NULL, NULL), 0);
    for (size_t len = 0; len < text.len; len++) {
        char *copy = mem_memdup(text.s, len);
        assert_refused(copy, len, ERR_INVALID, "the text ends");
        free(copy);
    }
    str_done(&text);
    free(path);
}

static void test_caps(void **state)
{
    (void)state;
    struct str text = {0};
    str_add(&text, "{\"format-version\":2,\"snapshots\":[");
    for (int i = 0; i <= ICEBERG_METADATA_SNAPSHOTS; i++)
        str_printf(&text, "%s{\"snapshot-id\":%d}", i ? "," : "", i);
    str_add(&text, "]}");
    assert_refused(text.s, text.len, ERR_LIMIT, "t: snapshots: more than 250000; at most that many are read");
    str_clear(&text);
    str_add(&text, "{\"format-version\":2,\"properties\":{\"a\":\"");
    str_repeat(&text, 'x', ICEBERG_METADATA_PIECE);
    str_add(&text, "\"}}");
    assert_refused(text.s, text.len, ERR_LIMIT, "t: properties: 4194312 bytes in one piece; at most 4194304 are read");
    str_clear(&text);
    str_repeat(&text, ' ', ICEBERG_METADATA_BYTES + 1);
    assert_refused(text.s, text.len, ERR_LIMIT, "t: 67108865 bytes of table metadata; at most 67108864 are read");
    str_done(&text);
}

static void gzip(const void *bytes, size_t len, struct str *out)
{
    struct libdeflate_compressor *c = libdeflate_alloc_compressor(9);
    size_t room = libdeflate_gzip_compress_bound(c, len);
    char *buf = mem_alloc(room);
    str_bytes(out, buf, libdeflate_gzip_compress(c, bytes, len, buf, room));
    libdeflate_free_compressor(c);
    free(buf);
}

static void test_gzip(void **state)
{
    (void)state;
    char *directory = captures_directory(), *path = mem_printf("%s/v1.gz.metadata.json", directory);
    char *whole = mem_calloc(1, ICEBERG_METADATA_BYTES + 1);
    struct str packed = {0}, text = {0};
    struct error err = {0};
    struct iceberg_stamp stamp, again;
    gzip("{\"format-version\":2,", 20, &packed);
    gzip("\"location\":\"x\"}", 15, &packed); /* a second member */
    captures_write(directory, "v1.gz.metadata.json", packed.s, packed.len);
    assert_int_equal(iceberg_file_read(path, packed.len, &text, &stamp, &err), 0);
    assert_string_equal(text.s, "{\"format-version\":2,\"location\":\"x\"}");
    assert_int_equal(iceberg_file_stamp(path, &again, &err), 0);
    assert_true(iceberg_file_same(&stamp, &again));
    for (size_t len = 2; len < packed.len; len++)
        if (iceberg_file_inflate(packed.s, len, 1000, "g", &text, &err) == 0)
            assert_int_equal(text.len, 20); /* the first member is whole */
    assert_int_equal(iceberg_file_inflate(packed.s, packed.len - 1, 1000, "g", &text, &err), ERR_INVALID);
    str_clear(&packed);
    gzip(whole, ICEBERG_METADATA_BYTES + 1, &packed);
    captures_write(directory, "v1.gz.metadata.json", packed.s, packed.len);
    assert_in_range(packed.len, 1, 100000);
    assert_int_equal(iceberg_file_read(path, ICEBERG_METADATA_BYTES, &text, &stamp, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "inflate to more than 67108864; at most that many are read"));
    assert_true(iceberg_file_same(&stamp, &again)); /* outputs only on success */
    assert_int_equal(iceberg_file_stamp(path, &stamp, &err), 0);
    assert_false(iceberg_file_same(&stamp, &again));
    str_done(&packed);
    str_done(&text);
    free(whole);
    free(path);
    captures_remove(directory);
}

/* 200 MB are refused by their size alone; what is no file is not waited for. */
static void test_no_reading(void **state)
{
    (void)state;
    char *directory = captures_directory(), *large = mem_printf("%s/v1.metadata.json", directory);
    char *pipe = mem_printf("%s/pipe.metadata.json", directory);
    struct str text = {0};
    struct error err = {0};
    captures_write(directory, "v1.metadata.json", "{", 1);
    assert_int_equal(truncate(large, 200000000), 0);
    assert_int_equal(iceberg_file_read(large, ICEBERG_METADATA_BYTES, &text, NULL, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "v1.metadata.json: has 200000000 bytes; at most 67108864 are read"));
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_int_equal(iceberg_file_read(pipe, ICEBERG_METADATA_BYTES, &text, NULL, &err), ERR_INVALID);
    assert_int_equal(text.len, 0);
    str_done(&text);
    free(large);
    free(pipe);
    captures_remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures),     cmocka_unit_test(test_columns),    cmocka_unit_test(test_empty),
        cmocka_unit_test(test_version_1),    cmocka_unit_test(test_version_3),  cmocka_unit_test(test_version_4),
        cmocka_unit_test(test_malformed),    cmocka_unit_test(test_caps),       cmocka_unit_test(test_gzip),
        cmocka_unit_test(test_half_written), cmocka_unit_test(test_no_reading),
    };
    return cmocka_run_group_tests_name("iceberg/metadata", tests, NULL, NULL);
}
