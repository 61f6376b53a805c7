/* Data files, manifests, manifest lists, metadata, and the hint that says which version is current. */
#include "demo/lake.h"

#include "avro/writer.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "demo/parquet.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SNAPSHOTS_KEPT = 100, METADATA_KEPT = 20 };

/* A manifest of the current snapshot. */
struct manifest {
    char *path;
    int64_t bytes, sequence, snapshot_id, files, rows;
};

struct demo_lake_table {
    char *location, *uuid;
    int64_t version, sequence, current, updated_ms;
    int64_t total_files, total_rows, total_bytes;
    VEC(struct manifest) manifests;
    json_t *snapshots, *snapshot_log; /* arrays */
};

/* The columns, as Iceberg's schema has them. */
static const char schema_text[] = "{\"type\":\"struct\",\"schema-id\":0,\"fields\":["
                                  "{\"id\":1,\"name\":\"partition\",\"required\":true,\"type\":\"int\"},"
                                  "{\"id\":2,\"name\":\"offset\",\"required\":true,\"type\":\"long\"},"
                                  "{\"id\":3,\"name\":\"time\",\"required\":true,\"type\":\"timestamptz\"},"
                                  "{\"id\":4,\"name\":\"value\",\"required\":true,\"type\":\"double\"}]}";

#define LONG(name, id)     "{\"name\":\"" name "\",\"type\":\"long\",\"field-id\":" #id "}"
#define INT(name, id)      "{\"name\":\"" name "\",\"type\":\"int\",\"field-id\":" #id "}"
#define TEXT(name, id)     "{\"name\":\"" name "\",\"type\":\"string\",\"field-id\":" #id "}"
#define OPTIONAL(name, id) "{\"name\":\"" name "\",\"type\":[\"null\",\"long\"],\"default\":null,\"field-id\":" #id "}"

static const char manifest_schema[] =
    "{\"type\":\"record\",\"name\":\"manifest_entry\",\"fields\":[" INT("status", 0) "," OPTIONAL(
        "snapshot_id",
        1) "," OPTIONAL("sequence_number",
                        3) "," OPTIONAL("file_sequence_number",
                                        4) ","
                                           "{\"name\":\"data_file\",\"field-id\":2,\"type\":{\"type\":\"record\","
                                           "\"name\":\"r2\",\"fields\":[" INT("content", 134) "," TEXT(
                                               "file_path",
                                               100) "," TEXT("file_format",
                                                             101) ","
                                                                  "{\"name\":\"partition\",\"field-id\":102,\"type\":{"
                                                                  "\"type\":\"record\",\"name\":\"r102\",\"fields\":[]}"
                                                                  "}," LONG("record_count", 103) "," LONG(
                                                                      "file_size_in_bytes", 104) "]}}]}";

static const char
    list_schema[] = "{\"type\":\"record\",\"name\":\"manifest_file\",\"fields\":[" TEXT("manifest_path", 500) "," LONG("manifest_length", 501) "," INT(
        "partition_spec_id",
        502) "," INT("content",
                     517) "," LONG("sequence_number",
                                   515) "," LONG("min_sequence_number",
                                                 516) "," LONG("added_snapshot_id",
                                                               503) "," INT("added_files_count",
                                                                            504) "," INT("existing_files_count",
                                                                                         505) "," INT("deleted_files_"
                                                                                                      "count",
                                                                                                      506) "," LONG("ad"
                                                                                                                    "de"
                                                                                                                    "d_"
                                                                                                                    "ro"
                                                                                                                    "ws"
                                                                                                                    "_c"
                                                                                                                    "ou"
                                                                                                                    "n"
                                                                                                                    "t",
                                                                                                                    512) "," LONG("existing_rows_count",
                                                                                                                                  513) "," LONG("deleted_rows_count",
                                                                                                                                                514) "]}";

void demo_lake_file_done(struct demo_lake_file *f)
{
    free(f->path);
    *f = (struct demo_lake_file){0};
}

/* ---- files ---- */

static int make_directories(const char *path, struct error *err)
{
    char *copy = mem_strdup(path), *slash = copy;
    int rc = 0;
    while (rc == 0 && slash) {
        slash = strchr(slash + 1, '/');
        if (slash)
            *slash = '\0';
        if (mkdir(copy, 0700) && errno != EEXIST)
            rc = error_set_errno(err, ERR_IO, errno, "demo: %s", copy);
        if (slash)
            *slash = '/';
    }
    free(copy);
    return rc;
}

int demo_lake_put(const char *path, const struct str *bytes, struct error *err)
{
    char *aside = mem_printf("%s.tmp", path);
    int rc = 0, fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t at = 0; fd >= 0 && rc == 0 && at < bytes->len;) {
        ssize_t n = write(fd, bytes->s + at, bytes->len - at);
        if (n < 0 && errno != EINTR)
            rc = ERR_IO;
        at += n > 0 ? (size_t)n : 0;
    }
    if (fd < 0 || rc || close(fd) || rename(aside, path))
        rc = error_set_errno(err, ERR_IO, errno, "demo: %s", path);
    free(aside);
    return rc;
}

int demo_lake_write(struct demo_lake_table *t, const char *name, const struct demo_lake_row *rows, size_t n,
                    struct demo_lake_file *ret, struct error *err)
{
    struct demo_parquet_column columns[] = {{"partition", DEMO_PARQUET_INT, 1, {0}},
                                            {"offset", DEMO_PARQUET_LONG, 2, {0}},
                                            {"time", DEMO_PARQUET_TIME, 3, {0}},
                                            {"value", DEMO_PARQUET_DOUBLE, 4, {0}}};
    enum { COLUMNS = sizeof columns / sizeof *columns };
    struct str bytes = {0};
    for (size_t i = 0; i < n; i++) {
        demo_parquet_int(&columns[0].plain, rows[i].partition);
        demo_parquet_long(&columns[1].plain, rows[i].offset);
        demo_parquet_long(&columns[2].plain, rows[i].time_us);
        demo_parquet_double(&columns[3].plain, rows[i].value);
    }
    demo_parquet_write(&bytes, columns, COLUMNS, (int64_t)n);
    char *path = mem_printf("%s/data/%s.parquet", t->location, name);
    int rc = demo_lake_put(path, &bytes, err);
    if (rc == 0)
        *ret = (struct demo_lake_file){.path = path, .rows = (int64_t)n, .bytes = (int64_t)bytes.len};
    else
        free(path);
    for (size_t i = 0; i < COLUMNS; i++)
        str_done(&columns[i].plain);
    str_done(&bytes);
    return rc;
}

/* ---- manifests ---- */

static void sync_of(int64_t snapshot_id, unsigned char sync[16])
{
    for (int i = 0; i < 16; i++)
        sync[i] = (unsigned char)(0xa5 ^ (snapshot_id >> (i % 8 * 8)) ^ i * 31);
}

static void put_entry(struct str *out, const struct demo_lake_file *f)
{
    avro_writer_long(out, 1); /* added */
    for (int i = 0; i < 3; i++)
        avro_writer_long(out, 0); /* inherited: null */
    avro_writer_long(out, 0);     /* data */
    avro_writer_text(out, f->path);
    avro_writer_text(out, "PARQUET");
    avro_writer_long(out, f->rows);
    avro_writer_long(out, f->bytes);
}

static int write_manifest(struct demo_lake_table *t, const struct demo_lake_file *files, size_t n, int64_t snapshot_id,
                          struct error *err)
{
    static const struct avro_writer_property properties[] = {{"schema", schema_text},  {"schema-id", "0"},
                                                             {"partition-spec", "[]"}, {"partition-spec-id", "0"},
                                                             {"format-version", "2"},  {"content", "data"}};
    struct str body = {0}, bytes = {0};
    unsigned char sync[16];
    struct manifest m = {.sequence = t->sequence, .snapshot_id = snapshot_id, .files = (int64_t)n};
    for (size_t i = 0; i < n; i++) {
        put_entry(&body, &files[i]);
        m.rows += files[i].rows;
    }
    sync_of(snapshot_id, sync);
    avro_writer_container(&bytes, manifest_schema, properties, sizeof properties / sizeof *properties, body.s, body.len,
                          n, sync);
    m.bytes = (int64_t)bytes.len;
    m.path = mem_printf("%s/metadata/%lld-m0.avro", t->location, (long long)snapshot_id);
    int rc = demo_lake_put(m.path, &bytes, err);
    if (rc == 0)
        vec_push(&t->manifests, m);
    else
        free(m.path);
    str_done(&body);
    str_done(&bytes);
    return rc;
}

static int write_list(const struct demo_lake_table *t, const char *path, int64_t snapshot_id, struct error *err)
{
    struct str body = {0}, bytes = {0};
    unsigned char sync[16];
    for (size_t i = t->manifests.n; i-- > 0;) {
        const struct manifest *m = &t->manifests.items[i];
        bool own = m->snapshot_id == snapshot_id;
        avro_writer_text(&body, m->path);
        const int64_t numbers[] = {m->bytes,
                                   0,
                                   0,
                                   m->sequence,
                                   m->sequence,
                                   m->snapshot_id,
                                   own ? m->files : 0,
                                   own ? 0 : m->files,
                                   0,
                                   own ? m->rows : 0,
                                   own ? 0 : m->rows,
                                   0};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            avro_writer_long(&body, numbers[k]);
    }
    static const struct avro_writer_property properties[] = {{"format-version", "2"}};
    sync_of(snapshot_id, sync);
    avro_writer_container(&bytes, list_schema, properties, 1, body.s, body.len, t->manifests.n, sync);
    int rc = demo_lake_put(path, &bytes, err);
    str_done(&body);
    str_done(&bytes);
    return rc;
}

/* ---- metadata ---- */

static json_t *metadata(const struct demo_lake_table *t)
{
    json_error_t e;
    json_t *m = json_pack_ex(&e, 0,
                             "{s:i, s:s, s:s, s:I, s:I, s:i, s:i, s:[o], s:i, s:[{s:i, s:[]}], s:i, s:i, s:[{s:i, "
                             "s:[]}], s:{}, s:I, s:O, s:O, s:[]}",
                             "format-version", 2, "table-uuid", t->uuid, "location", t->location,
                             "last-sequence-number", (json_int_t)t->sequence, "last-updated-ms",
                             (json_int_t)t->updated_ms, "last-column-id", 4, "current-schema-id", 0, "schemas",
                             json_loads(schema_text, 0, NULL), "default-spec-id", 0, "partition-specs", "spec-id", 0,
                             "fields", "last-partition-id", 999, "default-sort-order-id", 0, "sort-orders", "order-id",
                             0, "fields", "properties", "current-snapshot-id", (json_int_t)t->current, "snapshots",
                             t->snapshots, "snapshot-log", t->snapshot_log, "metadata-log");
    if (m && t->current >= 0)
        json_object_set_new(
            m, "refs", json_pack("{s:{s:I, s:s}}", "main", "snapshot-id", (json_int_t)t->current, "type", "branch"));
    return m;
}

/* The next version, and the hint to it. */
static int write_metadata(struct demo_lake_table *t, struct error *err)
{
    struct str bytes = {0}, hint = {0};
    json_t *m = metadata(t);
    char *text = m ? json_dumps(m, JSON_COMPACT) : NULL;
    json_decref(m);
    if (!text)
        return error_set(err, ERR_INVALID, "demo: %s: metadata cannot be written", t->location);
    str_add(&bytes, text);
    free(text);
    t->version++;
    char *path = mem_printf("%s/metadata/v%lld.metadata.json", t->location, (long long)t->version);
    int rc = demo_lake_put(path, &bytes, err);
    free(path);
    str_printf(&hint, "%lld", (long long)t->version);
    path = mem_printf("%s/metadata/version-hint.text", t->location);
    if (rc == 0)
        rc = demo_lake_put(path, &hint, err);
    free(path);
    path = mem_printf("%s/metadata/v%lld.metadata.json", t->location, (long long)t->version - METADATA_KEPT);
    if (rc == 0 && t->version > METADATA_KEPT)
        unlink(path);
    free(path);
    str_done(&bytes);
    str_done(&hint);
    return rc;
}

int demo_lake_table_new(const char *warehouse, const char *space, const char *name, const char *uuid, int64_t now_ms,
                        struct demo_lake_table **ret, struct error *err)
{
    struct demo_lake_table *t = mem_new(struct demo_lake_table);
    t->location = mem_printf("%s/%s/%s", warehouse, space, name);
    t->uuid = mem_strdup(uuid);
    t->current = -1;
    t->updated_ms = now_ms;
    t->snapshots = json_array();
    t->snapshot_log = json_array();
    char *data = mem_printf("%s/data", t->location), *meta = mem_printf("%s/metadata", t->location);
    int rc = make_directories(data, err);
    if (rc == 0)
        rc = make_directories(meta, err);
    if (rc == 0)
        rc = write_metadata(t, err);
    free(data);
    free(meta);
    if (rc)
        demo_lake_table_free(t);
    else
        *ret = t;
    return rc;
}

void demo_lake_table_free(struct demo_lake_table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->manifests.n; i++)
        free(t->manifests.items[i].path);
    vec_done(&t->manifests);
    json_decref(t->snapshots);
    json_decref(t->snapshot_log);
    free(t->location);
    free(t->uuid);
    free(t);
}

static void set_number(json_t *summary, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)value);
    if (value > 0)
        json_object_set_new(summary, name, json_string(text));
}

static json_t *summary_of(const struct demo_lake_table *t, const struct demo_lake_file *files, size_t nfiles,
                          const struct demo_lake_property *properties, size_t nproperties)
{
    json_t *s = json_pack("{s:s}", "operation", "append");
    int64_t rows = 0, bytes = 0;
    for (size_t i = 0; i < nfiles; i++) {
        rows += files[i].rows;
        bytes += files[i].bytes;
    }
    for (size_t i = 0; i < nproperties; i++)
        json_object_set_new(s, properties[i].name, json_string(properties[i].value));
    set_number(s, "added-data-files", (int64_t)nfiles);
    set_number(s, "added-records", rows);
    set_number(s, "added-files-size", bytes);
    set_number(s, "changed-partition-count", 1);
    set_number(s, "total-data-files", t->total_files);
    set_number(s, "total-records", t->total_rows);
    set_number(s, "total-files-size", t->total_bytes);
    json_object_set_new(s, "total-delete-files", json_string("0"));
    return s;
}

/* Forgets the oldest snapshots, with their manifest lists. */
static void expire(struct demo_lake_table *t)
{
    while (json_array_size(t->snapshots) > SNAPSHOTS_KEPT) {
        unlink(json_string_value(json_object_get(json_array_get(t->snapshots, 0), "manifest-list")));
        json_array_remove(t->snapshots, 0);
        json_array_remove(t->snapshot_log, 0);
    }
}

int demo_lake_commit(struct demo_lake_table *t, const struct demo_lake_file *files, size_t nfiles,
                     const struct demo_lake_property *properties, size_t nproperties, int64_t snapshot_id,
                     int64_t now_ms, struct error *err)
{
    t->sequence++;
    char *list = mem_printf("%s/metadata/snap-%lld.avro", t->location, (long long)snapshot_id);
    int rc = write_manifest(t, files, nfiles, snapshot_id, err);
    if (rc == 0)
        rc = write_list(t, list, snapshot_id, err);
    if (rc)
        goto out;
    t->total_files += (int64_t)nfiles;
    for (size_t i = 0; i < nfiles; i++) {
        t->total_rows += files[i].rows;
        t->total_bytes += files[i].bytes;
    }
    json_t *snapshot =
        json_pack("{s:I, s:I, s:I, s:s, s:i, s:o}", "snapshot-id", (json_int_t)snapshot_id, "sequence-number",
                  (json_int_t)t->sequence, "timestamp-ms", (json_int_t)now_ms, "manifest-list", list, "schema-id", 0,
                  "summary", summary_of(t, files, nfiles, properties, nproperties));
    if (t->current >= 0)
        json_object_set_new(snapshot, "parent-snapshot-id", json_integer(t->current));
    json_array_append_new(t->snapshots, snapshot);
    json_array_append_new(t->snapshot_log, json_pack("{s:I, s:I}", "timestamp-ms", (json_int_t)now_ms, "snapshot-id",
                                                     (json_int_t)snapshot_id));
    t->current = snapshot_id;
    t->updated_ms = now_ms;
    expire(t);
    rc = write_metadata(t, err);
out:
    free(list);
    return rc;
}
