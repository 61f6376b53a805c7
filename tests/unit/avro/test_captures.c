/* Control events and manifests that real Iceberg sinks wrote (1.9.2, 1.10.1, 1.11.0), against sums that another Avro reader
 * made of them, and against what pyiceberg says of the tables. */
#include "tests/unit/data.h"

#include "avro/file.h"

#include "base/mem.h"
#include "base/str.h"

enum {
    ID,
    TYPE,
    TIMESTAMP,
    GROUP,
    PAYLOAD,
    START_ID,
    WRITTEN_ID,
    COMPLETE_ID,
    TO_TABLE_ID,
    COMMIT_ID,
    TABLE,
    NAMESPACE,
    NAMESPACE_PART,
    NAME,
    TABLE_UUID,
    FILES,
    PATH,
    ROWS,
    BYTES,
    SIZES,
    SIZES_KEY,
    SIZES_VALUE,
    VALUES,
    VALUES_VALUE,
    LOWER,
    LOWER_KEY,
    LOWER_VALUE,
    UPPER,
    UPPER_KEY,
    UPPER_VALUE,
    SPLITS,
    SPLIT,
    DELETES,
    ASSIGNMENTS,
    TOPIC,
    PARTITION,
    OFFSET,
    SNAPSHOT,
    VALID_THROUGH,
    EVENT_WANTS
};

/* clang-format off: a table */
static const struct avro_plan_want event_wants[EVENT_WANTS] = {
    [ID] = {AVRO_PLAN_TOP, 10500, "id", AVRO_PLAN_BYTES, .required = true},
    [TYPE] = {AVRO_PLAN_TOP, 10501, "type", AVRO_PLAN_LONG, .required = true},
    [TIMESTAMP] = {AVRO_PLAN_TOP, 10502, "timestamp", AVRO_PLAN_LONG, .required = true},
    [GROUP] = {AVRO_PLAN_TOP, 10503, "group_id|groupId", AVRO_PLAN_BYTES, .required = true},
    [PAYLOAD] = {AVRO_PLAN_TOP, 10504, "payload", AVRO_PLAN_RECORD, .required = true},
    [START_ID] = {PAYLOAD, 10200, NULL, AVRO_PLAN_BYTES},
    [WRITTEN_ID] = {PAYLOAD, 10300, NULL, AVRO_PLAN_BYTES},
    [COMPLETE_ID] = {PAYLOAD, 10100, NULL, AVRO_PLAN_BYTES},
    [TO_TABLE_ID] = {PAYLOAD, 10400, NULL, AVRO_PLAN_BYTES},
    [COMMIT_ID] = {PAYLOAD, 10000, "commitId", AVRO_PLAN_BYTES},
    [TABLE] = {PAYLOAD, 10301, "tableName", AVRO_PLAN_RECORD},
    [NAMESPACE] = {TABLE, 10601, "namespace", AVRO_PLAN_LIST},
    [NAMESPACE_PART] = {NAMESPACE, 10602, "element", AVRO_PLAN_BYTES},
    [NAME] = {TABLE, 10603, "name", AVRO_PLAN_BYTES, .required = true},
    [TABLE_UUID] = {TABLE, 10604, "table_uuid", AVRO_PLAN_BYTES},
    [FILES] = {PAYLOAD, 10302, "dataFiles", AVRO_PLAN_LIST},
    [PATH] = {FILES, 100, "file_path", AVRO_PLAN_BYTES, .required = true},
    [ROWS] = {FILES, 103, "record_count", AVRO_PLAN_LONG, .required = true},
    [BYTES] = {FILES, 104, "file_size_in_bytes", AVRO_PLAN_LONG, .required = true},
    [SIZES] = {FILES, 108, "column_sizes", AVRO_PLAN_LIST},
    [SIZES_KEY] = {SIZES, 117, "key", AVRO_PLAN_LONG},
    [SIZES_VALUE] = {SIZES, 118, "value", AVRO_PLAN_LONG},
    [VALUES] = {FILES, 109, "value_counts", AVRO_PLAN_LIST},
    [VALUES_VALUE] = {VALUES, 120, "value", AVRO_PLAN_LONG},
    [LOWER] = {FILES, 125, "lower_bounds", AVRO_PLAN_LIST},
    [LOWER_KEY] = {LOWER, 126, "key", AVRO_PLAN_LONG},
    [LOWER_VALUE] = {LOWER, 127, "value", AVRO_PLAN_BYTES},
    [UPPER] = {FILES, 128, "upper_bounds", AVRO_PLAN_LIST},
    [UPPER_VALUE] = {UPPER, 130, "value", AVRO_PLAN_BYTES},
    [UPPER_KEY] = {UPPER, 129, "key", AVRO_PLAN_LONG},
    [SPLITS] = {FILES, 132, "split_offsets", AVRO_PLAN_LIST},
    [SPLIT] = {SPLITS, 133, "element", AVRO_PLAN_LONG},
    [DELETES] = {PAYLOAD, 10304, "deleteFiles", AVRO_PLAN_LIST},
    [ASSIGNMENTS] = {PAYLOAD, 10101, "assignments", AVRO_PLAN_LIST},
    [TOPIC] = {ASSIGNMENTS, 10700, "topic", AVRO_PLAN_BYTES},
    [PARTITION] = {ASSIGNMENTS, 10701, "partition", AVRO_PLAN_LONG},
    [OFFSET] = {ASSIGNMENTS, 10702, "offset", AVRO_PLAN_LONG},
    [SNAPSHOT] = {PAYLOAD, 10402, "snapshotId", AVRO_PLAN_LONG},
    [VALID_THROUGH] = {PAYLOAD, 10403, NULL, AVRO_PLAN_LONG},
};
/* clang-format on */

/* What is added up over a run. */
struct sums {
    int64_t events[5];  /* by type */
    int64_t timestamps; /* each modulo 10^9 */
    int64_t commit_ids; /* first bytes */
    int64_t files, rows, bytes, paths, sizes, values, lower, upper, splits, deletes, uuids;
    int64_t assigned, partitions, offsets, no_offsets;
    int64_t snapshots; /* each modulo 1,000,000,007 */
    int64_t no_valid_through;
};

static struct error err;

static char *load(const char *name, size_t *len)
{
    struct str s = data_load(data_path("avro/%s", name));
    *len = s.len;
    return str_take(&s);
}

static bool is_text(const struct avro_datum_cell *c, const char *text)
{
    return c->is == AVRO_DATUM_BYTES && c->n == strlen(text) && memcmp(c->bytes, text, c->n) == 0;
}

static int64_t sum_bytes(const struct avro_datum_cell *c)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < c->n; i++)
        sum += c->bytes[i];
    return sum;
}

/* Sums over a list's rows of key and value, the key taken so many times. */
static int64_t sum_pairs(const struct avro_datum *d, int list, size_t row, int key, int value, int64_t times)
{
    const struct avro_datum_cell *l = avro_datum_get(d, list, row);
    int64_t sum = 0;
    for (size_t i = l->first; i < l->first + l->n; i++) {
        const struct avro_datum_cell *v = avro_datum_get(d, value, i);
        sum += times * (key < 0 ? 0 : avro_datum_get(d, key, i)->i) + (v->is == AVRO_DATUM_LONG ? v->i : sum_bytes(v));
    }
    return sum;
}

static void add_files(const struct avro_datum *d, struct sums *s)
{
    const struct avro_datum_cell *files = avro_datum_get(d, FILES, 0);
    for (size_t f = files->first; f < files->first + files->n; f++) {
        s->files++;
        s->rows += avro_datum_get(d, ROWS, f)->i;
        s->bytes += avro_datum_get(d, BYTES, f)->i;
        s->paths += avro_datum_get(d, PATH, f)->n;
        s->sizes += sum_pairs(d, SIZES, f, SIZES_KEY, SIZES_VALUE, 1000);
        s->values += sum_pairs(d, VALUES, f, -1, VALUES_VALUE, 0);
        s->lower += sum_pairs(d, LOWER, f, LOWER_KEY, LOWER_VALUE, 1);
        s->upper += sum_pairs(d, UPPER, f, UPPER_KEY, UPPER_VALUE, 1);
        s->splits += sum_pairs(d, SPLITS, f, -1, SPLIT, 0);
    }
}

static void add_event(const struct avro_datum *d, struct sums *s)
{
    int64_t type = avro_datum_get(d, TYPE, 0)->i;
    static const int ids[] = {START_ID, WRITTEN_ID, COMPLETE_ID, TO_TABLE_ID, COMMIT_ID};
    assert_in_range(type, 0, 4);
    s->events[type]++;
    s->timestamps += avro_datum_get(d, TIMESTAMP, 0)->i % 1000000000;
    assert_int_equal(avro_datum_get(d, ID, 0)->n, 16);
    assert_true(is_text(avro_datum_get(d, GROUP, 0), "connect-orders-sink"));
    assert_int_equal(avro_datum_get(d, ids[type], 0)->n, 16);
    assert_int_equal(avro_datum_get(d, ids[(type + 1) % 5], 0)->is, AVRO_DATUM_ABSENT);
    s->commit_ids += *avro_datum_get(d, ids[type], 0)->bytes;
    if (type == 1) {
        const struct avro_datum_cell *space = avro_datum_get(d, NAMESPACE, 0);
        assert_int_equal(space->n, 1);
        assert_true(is_text(avro_datum_get(d, NAMESPACE_PART, space->first), "db"));
        assert_true(is_text(avro_datum_get(d, NAME, 0), "orders"));
        add_files(d, s);
        s->deletes += avro_datum_get(d, DELETES, 0)->n;
        s->uuids += avro_datum_get(d, TABLE_UUID, 0)->n == 16;
    }
    const struct avro_datum_cell *answers = avro_datum_get(d, ASSIGNMENTS, 0);
    for (size_t a = answers->first; a < answers->first + answers->n; a++) {
        assert_true(is_text(avro_datum_get(d, TOPIC, a), "orders"));
        s->assigned++;
        s->partitions += avro_datum_get(d, PARTITION, a)->i;
        s->offsets += avro_datum_long(d, OFFSET, a, 0);
        s->no_offsets += avro_datum_get(d, OFFSET, a)->is == AVRO_DATUM_NULL;
    }
    if (type == 3) {
        s->snapshots += avro_datum_get(d, SNAPSHOT, 0)->i % 1000000007;
        s->no_valid_through += avro_datum_get(d, VALID_THROUGH, 0)->is == AVRO_DATUM_NULL;
    }
}

static char *line(char **at)
{
    char *text = *at, *end = strchr(text, '\n');
    assert_non_null(end);
    *end = '\0';
    *at = end + 1;
    return text;
}

static size_t unhex(char *text)
{
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        assert_int_equal(sscanf(text + 2 * i, "%2x", &byte), 1);
        text[i] = (char)byte;
    }
    return n;
}

/* Reads every event of a run, and each of them cut off anywhere. */
static struct sums read_run(const char *name)
{
    struct avro_cache *cache =
        avro_cache_new(&(struct avro_cache_options){.wants = event_wants, .nwants = EVENT_WANTS, .mutf8 = true});
    struct avro_datum *d = avro_datum_new();
    struct sums sums = {0};
    char *schemas[8], *at, *text = load(name, &(size_t){0});
    unsigned long n = strtoul(line((at = text, &at)), NULL, 10);
    assert_in_range(n, 1, 8);
    for (unsigned long i = 0; i < n; i++)
        schemas[i] = line(&at);
    while (*at) {
        char *datum = line(&at);
        unsigned long which = strtoul(datum, &datum, 10);
        struct avro_plan *plan;
        size_t len = unhex(++datum), used;
        assert_in_range(which, 0, n - 1);
        if (avro_cache_get(cache, schemas[which], strlen(schemas[which]), &plan, &err) ||
            avro_datum_read(d, plan, datum, len, &used, &err))
            fail_msg("%s", err.text);
        assert_int_equal(used, len);
        add_event(d, &sums);
        for (size_t cut = 0; cut < len; cut++)
            assert_int_equal(avro_datum_read(d, plan, datum, cut, &used, &err), ERR_INVALID);
    }
    uint64_t compiled;
    avro_cache_counts(cache, &compiled, &(size_t){0});
    assert_int_equal(compiled, n);
    avro_datum_free(d);
    avro_cache_free(cache);
    free(text);
    return sums;
}

static void check_run(const char *name, const struct sums *want)
{
    struct sums have = read_run(name);
    const int64_t *h = (const int64_t *)&have, *w = (const int64_t *)want;
    for (size_t i = 0; i < sizeof have / sizeof *h; i++)
        if (h[i] != w[i])
            fail_msg("%s: sum %zu is %lld, not %lld", name, i, (long long)h[i], (long long)w[i]);
}

static void events_of_1_9_2(void **state)
{
    (void)state;
    check_run("healthy-1.9.2.events", &(struct sums){.events = {8, 14, 16, 7, 8},
                                                     .timestamps = 43153977638,
                                                     .commit_ids = 9450,
                                                     .files = 14,
                                                     .rows = 2427,
                                                     .bytes = 33481,
                                                     .paths = 1400,
                                                     .sizes = 224957,
                                                     .values = 12135,
                                                     .lower = 23260,
                                                     .upper = 22762,
                                                     .splits = 56,
                                                     .assigned = 16,
                                                     .partitions = 8,
                                                     .offsets = 10659,
                                                     .no_offsets = 2,
                                                     .snapshots = 3613020552});
    check_run("idle-1.9.2.events", &(struct sums){.events = {6, 7, 8, 6, 6},
                                                  .timestamps = 14569569779,
                                                  .commit_ids = 3620,
                                                  .files = 7,
                                                  .rows = 5994,
                                                  .bytes = 36041,
                                                  .paths = 700,
                                                  .sizes = 131742,
                                                  .values = 29970,
                                                  .lower = 12622,
                                                  .upper = 11569,
                                                  .splits = 28,
                                                  .assigned = 10,
                                                  .partitions = 4,
                                                  .offsets = 19921,
                                                  .no_offsets = 3,
                                                  .snapshots = 2928430956,
                                                  .no_valid_through = 6});
}

static void events_of_1_10_1(void **state)
{
    (void)state;
    check_run("zombie-1.10.1.events", &(struct sums){.events = {17, 2, 34, 0, 8},
                                                     .timestamps = 6612627833,
                                                     .commit_ids = 7189,
                                                     .files = 2,
                                                     .rows = 40,
                                                     .bytes = 2726,
                                                     .paths = 216,
                                                     .sizes = 20704,
                                                     .values = 160,
                                                     .lower = 993,
                                                     .upper = 1031,
                                                     .splits = 8,
                                                     .assigned = 34,
                                                     .partitions = 17,
                                                     .offsets = 40,
                                                     .no_offsets = 32});
}

static void events_of_1_11_0(void **state)
{
    (void)state;
    check_run("failing-1.11.0.events", &(struct sums){.events = {14, 28, 28, 6, 6},
                                                      .timestamps = 55288499067,
                                                      .commit_ids = 12110,
                                                      .files = 28,
                                                      .rows = 5366,
                                                      .bytes = 67100,
                                                      .paths = 2800,
                                                      .sizes = 452464,
                                                      .values = 26830,
                                                      .lower = 50591,
                                                      .upper = 46072,
                                                      .splits = 112,
                                                      .uuids = 28,
                                                      .assigned = 28,
                                                      .partitions = 14,
                                                      .offsets = 40647,
                                                      .snapshots = 3870340017});
}

enum { M_PATH, M_LENGTH, M_SPEC, M_CONTENT, M_SNAPSHOT, M_ADDED, M_ROWS, M_PARTITIONS, M_WANTS };

static const struct avro_plan_want list_wants[] = {
    [M_PATH] = {AVRO_PLAN_TOP, 500, "manifest_path", AVRO_PLAN_BYTES, .required = true},
    [M_LENGTH] = {AVRO_PLAN_TOP, 501, "manifest_length", AVRO_PLAN_LONG, .required = true},
    [M_SPEC] = {AVRO_PLAN_TOP, 502, "partition_spec_id", AVRO_PLAN_LONG},
    [M_CONTENT] = {AVRO_PLAN_TOP, 517, "content", AVRO_PLAN_LONG},
    [M_SNAPSHOT] = {AVRO_PLAN_TOP, 503, "added_snapshot_id", AVRO_PLAN_LONG},
    [M_ADDED] = {AVRO_PLAN_TOP, 504, "added_files_count|added_data_files_count", AVRO_PLAN_LONG},
    [M_ROWS] = {AVRO_PLAN_TOP, 512, "added_rows_count", AVRO_PLAN_LONG},
    [M_PARTITIONS] = {AVRO_PLAN_TOP, 507, "partitions", AVRO_PLAN_LIST},
};

enum {
    E_STATUS,
    E_SNAPSHOT,
    E_SEQUENCE,
    E_FILE,
    E_PATH,
    E_FORMAT,
    E_ROWS,
    E_BYTES,
    E_SIZES,
    E_SIZES_KEY,
    E_SIZES_VALUE,
    E_VALUES,
    E_VALUES_KEY,
    E_VALUES_VALUE,
    E_NAN,
    E_LOWER,
    E_LOWER_KEY,
    E_LOWER_VALUE,
    E_SPLITS,
    E_SPLIT,
    E_WANTS
};

static const struct avro_plan_want entry_wants[] = {
    [E_STATUS] = {AVRO_PLAN_TOP, 0, "status", AVRO_PLAN_LONG, .required = true},
    [E_SNAPSHOT] = {AVRO_PLAN_TOP, 1, "snapshot_id", AVRO_PLAN_LONG},
    [E_SEQUENCE] = {AVRO_PLAN_TOP, 3, "sequence_number", AVRO_PLAN_LONG},
    [E_FILE] = {AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD, .required = true},
    [E_PATH] = {E_FILE, 100, "file_path", AVRO_PLAN_BYTES, .required = true},
    [E_FORMAT] = {E_FILE, 101, "file_format", AVRO_PLAN_BYTES},
    [E_ROWS] = {E_FILE, 103, "record_count", AVRO_PLAN_LONG},
    [E_BYTES] = {E_FILE, 104, "file_size_in_bytes", AVRO_PLAN_LONG},
    [E_SIZES] = {E_FILE, 108, "column_sizes", AVRO_PLAN_LIST},
    [E_SIZES_KEY] = {E_SIZES, 117, "key", AVRO_PLAN_LONG},
    [E_SIZES_VALUE] = {E_SIZES, 118, "value", AVRO_PLAN_LONG},
    [E_VALUES] = {E_FILE, 109, "value_counts", AVRO_PLAN_LIST},
    [E_VALUES_KEY] = {E_VALUES, 119, "key", AVRO_PLAN_LONG},
    [E_VALUES_VALUE] = {E_VALUES, 120, "value", AVRO_PLAN_LONG},
    [E_NAN] = {E_FILE, 137, "nan_value_counts", AVRO_PLAN_LIST},
    [E_LOWER] = {E_FILE, 125, "lower_bounds", AVRO_PLAN_LIST},
    [E_LOWER_KEY] = {E_LOWER, 126, "key", AVRO_PLAN_LONG},
    [E_LOWER_VALUE] = {E_LOWER, 127, "value", AVRO_PLAN_BYTES},
    [E_SPLITS] = {E_FILE, 132, "split_offsets", AVRO_PLAN_LIST},
    [E_SPLIT] = {E_SPLITS, 133, "element", AVRO_PLAN_LONG},
};

struct table_sums {
    int64_t files, rows, bytes, sizes, values, lower, splits, added, ended;
};

static void add_manifest(struct avro_cache *cache, const char *name, int64_t length, struct table_sums *s)
{
    size_t len, n;
    char *bytes = load(name, &len);
    const struct avro_datum *d;
    struct avro_file *f;
    assert_int_equal(len, length);
    if (avro_file_open(cache, bytes, len, NULL, &f, &err))
        fail_msg("%s", err.text);
    const char *content = avro_file_property(f, "content", &n);
    assert_int_equal(n, 4);
    assert_memory_equal(content, "data", 4);
    assert_null(avro_file_property(f, "no such", &n));
    for (;;) {
        if (avro_file_next(f, &d, &err))
            fail_msg("%s", err.text);
        if (!d)
            break;
        assert_int_equal(avro_datum_get(d, E_STATUS, 0)->i, 1);
        assert_true(is_text(avro_datum_get(d, E_FORMAT, 0), "PARQUET"));
        assert_true(is_text(
            &(struct avro_datum_cell){.bytes = avro_datum_get(d, E_PATH, 0)->bytes, .n = 5, .is = AVRO_DATUM_BYTES},
            "file:"));
        assert_int_equal(avro_datum_get(d, E_SEQUENCE, 0)->is, AVRO_DATUM_NULL); /* inherited */
        assert_int_equal(avro_datum_get(d, E_NAN, 0)->n, 1);
        s->files++;
        s->rows += avro_datum_get(d, E_ROWS, 0)->i;
        s->bytes += avro_datum_get(d, E_BYTES, 0)->i;
        s->sizes += sum_pairs(d, E_SIZES, 0, E_SIZES_KEY, E_SIZES_VALUE, 1000);
        s->values += sum_pairs(d, E_VALUES, 0, E_VALUES_KEY, E_VALUES_VALUE, 0);
        s->lower += sum_pairs(d, E_LOWER, 0, E_LOWER_KEY, E_LOWER_VALUE, 1);
        s->splits += sum_pairs(d, E_SPLITS, 0, -1, E_SPLIT, 0);
    }
    avro_file_free(f);
    free(bytes);
}

static struct table_sums read_table(const char *run)
{
    struct avro_cache *lists = avro_cache_new(&(struct avro_cache_options){.wants = list_wants, .nwants = M_WANTS});
    struct avro_cache *entries = avro_cache_new(&(struct avro_cache_options){.wants = entry_wants, .nwants = E_WANTS});
    struct table_sums s = {0};
    char *name = mem_printf("%s/list.avro", run);
    size_t len;
    char *bytes = load(name, &len);
    struct avro_file *f;
    const struct avro_datum *d;
    uint64_t compiled;
    free(name);
    if (avro_file_open(lists, bytes, len, NULL, &f, &err))
        fail_msg("%s", err.text);
    for (int i = 0; avro_file_next(f, &d, &err) == 0 && d; i++) {
        assert_int_equal(avro_datum_get(d, M_CONTENT, 0)->i, 0);
        s.added += avro_datum_get(d, M_ADDED, 0)->i;
        s.ended += avro_datum_get(d, M_ROWS, 0)->i;
        name = mem_printf("%s/manifest-%d.avro", run, i);
        add_manifest(entries, name, avro_datum_get(d, M_LENGTH, 0)->i, &s);
        free(name);
    }
    assert_null(d);
    avro_cache_counts(entries, &compiled, &len);
    assert_int_equal(compiled, 1); /* one table, one schema */
    avro_file_free(f);
    avro_cache_free(lists);
    avro_cache_free(entries);
    free(bytes);
    return s;
}

static void check_table(const char *run, const struct table_sums *want)
{
    struct table_sums have = read_table(run);
    const int64_t *h = (const int64_t *)&have, *w = (const int64_t *)want;
    for (size_t i = 0; i < sizeof have / sizeof *h; i++)
        if (h[i] != w[i])
            fail_msg("%s: sum %zu is %lld, not %lld", run, i, (long long)h[i], (long long)w[i]);
}

static void manifests_of_tables(void **state)
{
    (void)state;
    check_table("healthy-1.9.2", &(struct table_sums){14, 2427, 33481, 224957, 12135, 23260, 56, 14, 2427});
    check_table("failing-1.11.0", &(struct table_sums){28, 5366, 67100, 452464, 26830, 50591, 112, 28, 5366});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_1_9_2),
        cmocka_unit_test(events_of_1_10_1),
        cmocka_unit_test(events_of_1_11_0),
        cmocka_unit_test(manifests_of_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
