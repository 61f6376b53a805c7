/* What rows say of metadata: means, medians, writers, specs, refs, lineage, and which snapshots get a row. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/mem.h"
#include "iceberg/digest.h"
#include "iceberg/marks.h"
#include "tests/unit/iceberg/captures.h"

static void assert_text(const struct iceberg_cell *c, const char *expected)
{
    if (!expected) {
        assert_int_equal(c->quality, QUALITY_UNKNOWN);
        return;
    }
    assert_int_equal(c->quality, QUALITY_EXACT);
    assert_string_equal(c->s, expected);
}

static void assert_number(const struct iceberg_cell *c, int64_t expected)
{
    assert_int_equal(c->quality, QUALITY_EXACT);
    assert_int_equal(c->i, expected);
}

static const struct iceberg_cell *snapshot(const struct iceberg_digest *d, int64_t id, enum iceberg_snapshots_column c)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->snapshots[i].id == id)
            return &d->snapshots[i].cells[c];
    fail_msg("no snapshot %lld", (long long)id);
    return NULL;
}

static void assert_marks(const char *text, const char *const *wanted, const char *expected)
{
    struct iceberg_digest d;
    iceberg_digest_init(&d, captures_parse(text), 10, false, wanted);
    if (expected)
        assert_text(&d.table[ICEBERG_TABLES_MARKS], expected);
    else
        assert_int_equal(d.table[ICEBERG_TABLES_MARKS].quality, QUALITY_UNKNOWN);
    iceberg_digest_done(&d);
}

static struct iceberg_digest digest(const char *text, size_t max)
{
    struct iceberg_digest d;
    iceberg_digest_init(&d, captures_parse(text), max, false, NULL);
    return d;
}

static void test_settings(void **state)
{
    (void)state;
    struct iceberg_digest d = digest(
        "{\"format-version\":2,\"table-uuid\":\"u\",\"current-schema-id\":1,\"schemas\":[{\"schema-id\":1,\"fields\":["
        "{\"id\":1,\"name\":\"ts\",\"type\":\"timestamp\",\"required\":false},{\"id\":2,\"name\":\"who\",\"type\":"
        "{\"type\":\"struct\",\"fields\":[{\"id\":3,\"name\":\"id\",\"type\":\"long\",\"required\":true}]},"
        "\"required\":true}]}],\"default-spec-id\":1,\"partition-specs\":[{\"spec-id\":0,\"fields\":[]},{\"spec-id\":1,"
        "\"fields\":[{\"source-id\":1,\"field-id\":1000,\"name\":\"ts_day\",\"transform\":\"day\"},{\"source-id\":3,"
        "\"field-id\":1001,\"name\":\"x\",\"transform\":\"bucket[16]\"},{\"source-id\":9,\"field-id\":1002,\"name\":"
        "\"old\",\"transform\":\"identity\"},{\"source-id\":1,\"field-id\":1003,\"name\":\"gone\",\"transform\":"
        "\"void\"}"
        "]}],\"default-sort-order-id\":2,\"sort-orders\":[{\"order-id\":2,\"fields\":[{\"source-id\":3,\"transform\":"
        "\"identity\",\"direction\":\"desc\",\"null-order\":\"nulls-last\"},{\"source-id\":1,\"transform\":\"hour\","
        "\"direction\":\"asc\",\"null-order\":\"nulls-first\"}]}],\"properties\":{\"write.distribution-mode\":\"hash\","
        "\"write.target-file-size-bytes\":\"1048576\"}}",
        10);
    assert_text(&d.table[ICEBERG_TABLES_PARTITIONS], "day(ts), bucket[16](who.id), old");
    assert_text(&d.table[ICEBERG_TABLES_SORT_ORDER], "who.id desc, hour(ts) asc");
    assert_text(&d.table[ICEBERG_TABLES_DISTRIBUTION], "hash");
    assert_number(&d.table[ICEBERG_TABLES_TARGET_BYTES], 1048576);
    assert_number(&d.table[ICEBERG_TABLES_REFS], 0);
    assert_text(&d.table[ICEBERG_TABLES_NOTE], "no snapshot yet");
    assert_false(d.odd);
    iceberg_digest_done(&d);
}

/* 1 ← 2 ← 3 (compaction) ← 4 ← 6 main; 5 on an audit branch from 2; 7 was staged on 4. */
static const struct {
    int id, parent, ms;
    const char *summary;
} history[] = {
    {4, 3, 40000, "'operation':'append','added-data-files':'3','added-files-size':'3000','engine-name':'trino-like'"},
    {1, -1, 10000,
     "'operation':'append','added-data-files':'1','added-files-size':'100','flink.job-id':'j',"
     "'kafka.connect.valid-through-ts':'2026-11-21T05:43Z'"},
    {2, 1, 15000,
     "'operation':'overwrite','added-data-files':'1','added-delete-files':'1','added-files-size':'500',"
     "'spark.app.id':'s'"},
    {3, 2, 22000,
     "'operation':'replace','added-data-files':'1','deleted-data-files':'9','added-files-size':'9000000',"
     "'snapshot.producer':'OPTIMIZE'"},
    {5, 2, 50000, "'operation':'append'"},
    {6, 4, 52000,
     "'operation':'append','added-records':'5','total-records':'77','total-data-files':'8','total-delete-files':'2',"
     "'total-files-size':'1000','kafka.connect.commit-id':'c','kafka.connect.task-id':'my-sink-12',"
     "'kafka.connect.offsets.a.b.connect-x':'{\\\"10\\\":3,\\\"2\\\":4}','kafka.connect.offsets.ct.group':'{}'"},
    {7, 4, 53000, "'operation':'append','kafka.connect.offsets.ct.cg-control-old':'{\\\"0\\\":1}'"},
};

/* As metadata, with " for each '. */
static char *history_text(void)
{
    struct str out = {0};
    str_add(&out,
            "{'format-version':2,'table-uuid':'u','current-snapshot-id':6,'refs':{'audit':{'snapshot-id':5,'type':"
            "'branch'},'v1':{'snapshot-id':4,'type':'tag'},'a':{'snapshot-id':4,'type':'tag'}},'snapshots':[");
    for (size_t i = 0; i < sizeof history / sizeof *history; i++)
        str_printf(&out,
                   "%s{'snapshot-id':%d,'parent-snapshot-id':%d,'timestamp-ms':%d,'sequence-number':%d,'summary':{%s}}",
                   i ? "," : "", history[i].id, history[i].parent, history[i].ms, history[i].id, history[i].summary);
    str_add(&out, "]}");
    for (char *c = out.s; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return str_take(&out);
}

static void test_history(void **state)
{
    (void)state;
    char *text = history_text();
    struct iceberg_digest d = digest(text, 100);
    free(text);
    const struct iceberg_cell *t = d.table;
    assert_int_equal(d.n, 7);
    assert_number(&t[ICEBERG_TABLES_ROWS], 77);
    assert_number(&t[ICEBERG_TABLES_FILES], 8);
    assert_number(&t[ICEBERG_TABLES_FILE_BYTES], 100);
    assert_number(&t[ICEBERG_TABLES_LAST_COMMIT], 52000);
    assert_number(&t[ICEBERG_TABLES_REFS], 4); /* and main, which is not written */
    assert_text(&t[ICEBERG_TABLES_COMMIT_ID], "c");
    assert_text(&t[ICEBERG_TABLES_WRITER], "kafka-connect");
    /* 4, 2 and 1 added 5 data files and one of deletes, of 3,600 bytes; the compaction counts for nothing. */
    assert_true(t[ICEBERG_TABLES_ADDED_FILES].d > 1.666 && t[ICEBERG_TABLES_ADDED_FILES].d < 1.667);
    assert_number(&t[ICEBERG_TABLES_ADDED_FILE_BYTES], 600);
    assert_true(t[ICEBERG_TABLES_GAP_S].d == 12);
    assert_true(t[ICEBERG_TABLES_CADENCE_S].d == 9.5);                       /* of 5, 7, 12, 18 */
    assert_number(&t[ICEBERG_TABLES_VALID_THROUGH], INT64_C(1795239780000)); /* that of 1 */
    assert_text(&t[ICEBERG_TABLES_NOTE], NULL);
    static const struct {
        int64_t id;
        const char *writer, *connector, *refs;
        bool on_branch;
    } snapshots[] = {{1, "flink", NULL, NULL, true},          {2, "spark", NULL, NULL, true},
                     {3, "amoro", NULL, NULL, true},          {4, "trino-like", NULL, "v1, a", true},
                     {5, NULL, NULL, "audit", false},         {6, "kafka-connect", "my-sink", "main", true},
                     {7, "kafka-connect", "old", NULL, false}};
    for (size_t i = 0; i < sizeof snapshots / sizeof *snapshots; i++) {
        int64_t id = snapshots[i].id;
        assert_text(snapshot(&d, id, SNAPSHOTS_WRITER), snapshots[i].writer);
        assert_text(snapshot(&d, id, SNAPSHOTS_CONNECTOR), snapshots[i].connector);
        assert_text(snapshot(&d, id, SNAPSHOTS_REFS), snapshots[i].refs);
        assert_number(snapshot(&d, id, SNAPSHOTS_ON_BRANCH), snapshots[i].on_branch);
        assert_number(snapshot(&d, id, SNAPSHOTS_CURRENT), id == 6);
    }
    assert_text(snapshot(&d, 6, SNAPSHOTS_CONTROL_OFFSETS), "a.b.connect-x {\"2\":4,\"10\":3}; ct.group {}");
    assert_number(snapshot(&d, 2, SNAPSHOTS_FILE_BYTES), 250);
    assert_number(snapshot(&d, 3, SNAPSHOTS_REMOVED_FILES), 9);
    assert_text(snapshot(&d, 5, SNAPSHOTS_ADDED_FILES), NULL); /* no counter at all: nothing is known */
    assert_number(snapshot(&d, 6, SNAPSHOTS_ADDED_FILES), 0);  /* what is zero is left out */
    iceberg_digest_done(&d);
}

/* The newest by sequence, whatever the order of the text; and the current one, to which the table was rolled back. */
static void test_most(void **state)
{
    (void)state;
    enum { ALL = 1100, MOST = 1000, CURRENT = 3 };
    struct str text = {0};
    str_printf(&text, "{\"format-version\":2,\"table-uuid\":\"u\",\"current-snapshot-id\":%d,\"snapshots\":[", CURRENT);
    for (int i = 0; i < ALL; i++) {
        int id = 1 + i * 7 % ALL; /* each once */
        str_printf(&text, "%s{\"snapshot-id\":%d,\"parent-snapshot-id\":%d,\"sequence-number\":%d,\"timestamp-ms\":%d}",
                   i ? "," : "", id, id - 1 ? id - 1 : -1, id, 1000 + id);
    }
    str_add(&text, "]}");
    struct iceberg_digest d = digest(text.s, MOST);
    assert_int_equal(d.n, MOST);
    assert_int_equal(d.left_out, ALL - MOST);
    assert_int_equal(d.snapshots[0].id, CURRENT);
    for (int i = 1; i < MOST; i++)
        assert_int_equal(d.snapshots[i].id, ALL + 1 - i);
    assert_number(snapshot(&d, ALL, SNAPSHOTS_ON_BRANCH), false);
    assert_number(&d.table[ICEBERG_TABLES_SNAPSHOTS], ALL);
    iceberg_digest_done(&d);
    str_done(&text);
}

static void test_marks(void **state)
{
    (void)state;
    static const char *const none[] = {NULL}, *const unknown[] = {"summary:no", "property:no", NULL},
                             *const some[] = {"summary:kafka.connect.valid-through-ts",
                                              "property:x",
                                              "summary:operation",
                                              "summary:snapshot.producer",
                                              "summary:kafka.connect.commit-id",
                                              NULL},
                             *const odd[] = {"property:k=;", "property:p", "property:long", NULL};
    char *text = history_text();
    assert_marks(text, NULL, NULL);
    assert_marks(text, none, NULL);
    assert_marks(text, unknown, NULL);
    const char *marks = "summary:kafka.connect.valid-through-ts=2026-11-21T05:43Z; summary:operation=append; "
                        "summary:snapshot.producer=OPTIMIZE; summary:kafka.connect.commit-id=c";
    assert_marks(text, some, marks); /* the newest that has it, not one off the branch, is what counts */
    free(text);
    char *longest = mem_calloc(1, ICEBERG_MARKS_VALUE + 2);
    memset(longest, 'x', ICEBERG_MARKS_VALUE + 1);
    text =
        mem_printf("{\"format-version\":2,\"table-uuid\":\"u\",\"properties\":{\"p\":\"a; property:k=b\\\\\",\"k=;\":"
                   "\"\",\"long\":\"%s\"}}",
                   longest);
    const char *escaped = "property:k\\=\\;=; property:p=a\\; property:k\\=b\\\\";
    assert_marks(text, odd, escaped);
    static const struct {
        const char *name, *value;
    } reads[] = {{"property:p", "a; property:k=b\\"}, {"property:k=;", ""}, {"property:k", NULL}, {"property:", NULL}};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        struct str value = {0};
        assert_int_equal(iceberg_marks_read(escaped, reads[i].name, &value), reads[i].value != NULL);
        assert_string_equal(str_text(&value), reads[i].value ? reads[i].value : "");
        str_done(&value);
    }
    struct str value = {0};
    assert_true(iceberg_marks_read(marks, "summary:operation", &value));
    assert_string_equal(str_text(&value), "append");
    assert_false(iceberg_marks_read("", "summary:operation", &value));
    assert_false(iceberg_marks_read("\\", "", &value)); /* what we did not write does no harm */
    str_done(&value);
    free(longest);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_settings), cmocka_unit_test(test_history),
                                       cmocka_unit_test(test_marks), cmocka_unit_test(test_most)};
    return cmocka_run_group_tests_name("iceberg/digest", tests, NULL, NULL);
}
