/* Values: every type read and skipped, unions, lists in blocks, what is malformed, and what would never end; the first ones
 * are events as Iceberg's own code wrote them. */
#include "tests/unit/unit.h"

#include "avro/datum.h"

#include "base/mem.h"
#include "base/str.h"

#define EVENT_HEAD                                                                                                     \
    "{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"org.apache.iceberg.connect.events\",\"fields\":["         \
    "{\"name\":\"id\",\"type\":{\"type\":\"fixed\",\"name\":\"uuid_fixed\",\"namespace\":\"\",\"size\":16,"            \
    "\"logicalType\":\"uuid\"},\"field-id\":10500},{\"name\":\"type\",\"type\":\"int\",\"field-id\":10501},"           \
    "{\"name\":\"timestamp\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\",\"adjust-to-utc\":true}" \
    ","                                                                                                                \
    "\"field-id\":10502},{\"name\":\"group_id\",\"type\":\"string\",\"field-id\":10503},{\"name\":\"payload\","        \
    "\"type\":"
#define EVENT_TAIL    ",\"field-id\":10504}]}"
#define COMMIT_ID(id) "{\"name\":\"commit_id\",\"type\":\"uuid_fixed\",\"field-id\":" #id "}"
#define TIMESTAMP(name, id)                                                                                            \
    "{\"name\":\"" name "\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"timestamp-micros\","               \
    "\"adjust-to-utc\":true}],\"default\":null,\"field-id\":" #id "}"

static const char start_commit[] =
    EVENT_HEAD "{\"type\":\"record\",\"name\":\"StartCommit\",\"fields\":[" COMMIT_ID(10200) "]}" EVENT_TAIL;
static const char commit_complete[] =
    EVENT_HEAD "{\"type\":\"record\",\"name\":\"CommitComplete\",\"fields\":[" COMMIT_ID(10000) "," TIMESTAMP(
        "valid_through_ts", 10001) "]}" EVENT_TAIL;
static const char data_complete[] = EVENT_HEAD "{\"type\":\"record\",\"name\":\"DataComplete\",\"fields\":[" COMMIT_ID(
    10100) ",{\"name\":\"assignments\",\"type\":[\"null\",{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":"
           "\"TopicPartitionOffset\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\",\"field-id\":10700},"
           "{\"name\":\"partition\",\"type\":\"int\",\"field-id\":10701},{\"name\":\"offset\",\"type\":[\"null\","
           "\"long\"],\"default\":null,\"field-id\":10702}," TIMESTAMP(
               "timestamp", 10703) "]},\"element-id\":10102}],\"default\":null,\"field-id\":10101}]}" EVENT_TAIL;

static const char commit_id[] = "0102030405060708090a0b0c0d0e0f10";

static struct error err;
static struct avro_datum *d;

static int begin(void **state)
{
    (void)state;
    d = avro_datum_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    avro_datum_free(d);
    return 0;
}

static struct avro_plan *plan_of(const char *json, const struct avro_plan_want *wants, size_t nwants)
{
    struct avro_schema *s = NULL;
    struct avro_plan *p = NULL;
    err = (struct error){0};
    if (avro_schema_parse(json, strlen(json), &s, &err) || avro_plan_new(s, wants, nwants, &p, &err))
        print_message("%s\n", err.text);
    avro_schema_free(s);
    return p;
}

/* Bytes as pairs of hexadecimal digits, with spaces where they help; *len gets how many. */
static unsigned char *hex(const char *text, size_t *len)
{
    unsigned char *bytes = mem_alloc(strlen(text) / 2 + 1);
    *len = 0;
    for (unsigned byte; *text; text += 2) {
        text += strspn(text, " |");
        if (*text && text[1] && sscanf(text, "%2x", &byte) == 1)
            bytes[(*len)++] = (unsigned char)byte;
        else
            break;
    }
    return bytes;
}

/* Reads a value; the bytes stay until the next call. */
static int read_hex(const struct avro_plan *p, const char *text, size_t *used)
{
    static unsigned char bytes[65536]; /* static, so that what a cell points to is there */
    size_t len;
    unsigned char *b = hex(text, &len);
    unsigned char *exact = mem_alloc(len + 1); /* of its size, so that a sanitizer sees a read beyond */
    memcpy(exact, b, len);
    memcpy(bytes, b, len);
    err = (struct error){0};
    int rc = avro_datum_read(d, p, exact, len, used, &err);
    if (rc == 0)
        rc = avro_datum_read(d, p, bytes, len, used, &err);
    free(exact);
    free(b);
    return rc;
}

static void whole(const struct avro_plan *p, const char *text)
{
    size_t used, len;
    if (read_hex(p, text, &used))
        fail_msg("%s", err.text);
    free(hex(text, &len));
    assert_int_equal(used, len);
}

static void broken(const struct avro_plan *p, const char *text, int code, const char *says)
{
    assert_int_equal(read_hex(p, text, NULL), code);
    if (!strstr(err.text, says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, says);
    assert_null(d->plan);
}

static void is_bytes(int want, size_t row, const char *text)
{
    size_t len;
    unsigned char *b = hex(text, &len);
    const struct avro_datum_cell *c = avro_datum_get(d, want, row);
    assert_int_equal(c->is, AVRO_DATUM_BYTES);
    assert_int_equal(c->n, len);
    assert_memory_equal(c->bytes, b, len);
    free(b);
}

static void is_long(int want, size_t row, int64_t value)
{
    const struct avro_datum_cell *c = avro_datum_get(d, want, row);
    assert_int_equal(c->is, AVRO_DATUM_LONG);
    assert_int_equal(c->i, value);
}

enum { TYPE, TIME, GROUP, PAYLOAD, STARTED, COMMITTED, VALID, DONE, ANSWERS, TOPIC, PARTITION, OFFSET, AT };

static const struct avro_plan_want events[] = {
    [TYPE] = {AVRO_PLAN_TOP, 10501, "type", AVRO_PLAN_LONG},
    [TIME] = {AVRO_PLAN_TOP, 10502, "timestamp", AVRO_PLAN_LONG},
    [GROUP] = {AVRO_PLAN_TOP, 10503, "group_id|groupId", AVRO_PLAN_BYTES},
    [PAYLOAD] = {AVRO_PLAN_TOP, 10504, "payload", AVRO_PLAN_RECORD},
    [STARTED] = {PAYLOAD, 10200, "commitId", AVRO_PLAN_BYTES},
    [COMMITTED] = {PAYLOAD, 10000, NULL, AVRO_PLAN_BYTES},
    [VALID] = {PAYLOAD, 10001, "vtts", AVRO_PLAN_LONG},
    [DONE] = {PAYLOAD, 10100, NULL, AVRO_PLAN_BYTES},
    [ANSWERS] = {PAYLOAD, 10101, "assignments", AVRO_PLAN_LIST},
    [TOPIC] = {ANSWERS, 10700, "topic", AVRO_PLAN_BYTES},
    [PARTITION] = {ANSWERS, 10701, "partition", AVRO_PLAN_LONG},
    [OFFSET] = {ANSWERS, 10702, "offset", AVRO_PLAN_LONG},
    [AT] = {ANSWERS, 10703, "timestamp", AVRO_PLAN_LONG},
};
enum { EVENTS = sizeof events / sizeof *events };

static void an_event_that_starts(void **state)
{
    (void)state;
    struct avro_plan *p = plan_of(start_commit, events, EVENTS);
    assert_int_equal(strlen(start_commit), 577);
    whole(p, "e9c66cc2d2f64c4890cf65be4f90ade9 00 e2f3e894b5afb006 1c636f6e6e6563742d6d7973696e6b "
             "0102030405060708090a0b0c0d0e0f10");
    is_long(TYPE, 0, 0);
    is_bytes(GROUP, 0, "636f6e6e6563742d6d7973696e6b");
    is_bytes(STARTED, 0, commit_id);
    assert_int_equal(avro_datum_get(d, PAYLOAD, 0)->is, AVRO_DATUM_RECORD);
    assert_int_equal(avro_datum_get(d, COMMITTED, 0)->is, AVRO_DATUM_ABSENT);
    assert_int_equal(avro_datum_get(d, ANSWERS, 0)->is, AVRO_DATUM_ABSENT);
    assert_false(p->places[COMMITTED].found);
    assert_int_equal(p->places[TIME].logical, AVRO_SCHEMA_TIMESTAMP_MICROS);
    assert_int_equal(p->places[STARTED].logical, AVRO_SCHEMA_UUID);
    avro_plan_free(p);
}

static void an_event_that_ends(void **state)
{
    (void)state;
    struct avro_plan *p = plan_of(commit_complete, events, EVENTS);
    assert_int_equal(strlen(commit_complete), 726);
    whole(p, "37cb6a2c760b4b1a815580fd85c36949 08 f8baee94b5afb006 1c636f6e6e6563742d6d7973696e6b "
             "0102030405060708090a0b0c0d0e0f10 02 8ccdc8a38dac9506");
    is_long(TYPE, 0, 4);
    is_bytes(COMMITTED, 0, commit_id);
    is_long(VALID, 0, INT64_C(1735787045000006)); /* 2025-01-02T03:04:05.000006Z */
    whole(p, "37cb6a2c760b4b1a815580fd85c36949 08 f8baee94b5afb006 1c636f6e6e6563742d6d7973696e6b "
             "0102030405060708090a0b0c0d0e0f10 00");
    assert_int_equal(avro_datum_get(d, VALID, 0)->is, AVRO_DATUM_NULL);
    assert_int_equal(avro_datum_long(d, VALID, 0, -7), -7);
    avro_plan_free(p);
}

static void an_event_with_answers(void **state)
{
    (void)state;
    struct avro_plan *p = plan_of(data_complete, events, EVENTS);
    assert_int_equal(strlen(data_complete), 1065);
    static const char *const tails[] = {
        "02 04 0c6f7264657273 00 02c801 028ccdc8a38dac9506 0c6f7264657273 02 00 00 00",
        "02 02 0c6f7264657273 00 02c801 028ccdc8a38dac9506 02 0c6f7264657273 02 00 00 00",       /* two blocks */
        "02 01 20 0c6f7264657273 00 02c801 028ccdc8a38dac9506 01 12 0c6f7264657273 02 00 00 00", /* told in bytes */
    };
    for (size_t i = 0; i < 3; i++) {
        char *text =
            mem_printf("%s 04 f8baee94b5afb006 1c636f6e6e6563742d6d7973696e6b %s %s", commit_id, commit_id, tails[i]);
        whole(p, text);
        free(text);
        const struct avro_datum_cell *answers = avro_datum_get(d, ANSWERS, 0);
        assert_int_equal(answers->n, 2);
        for (size_t a = 0; a < 2; a++) {
            is_bytes(TOPIC, answers->first + a, "6f7264657273");
            is_long(PARTITION, answers->first + a, (int64_t)a);
        }
        is_long(OFFSET, answers->first, 100);
        is_long(AT, answers->first, INT64_C(1735787045000006));
        assert_int_equal(avro_datum_get(d, OFFSET, answers->first + 1)->is, AVRO_DATUM_NULL);
        assert_int_equal(avro_datum_get(d, AT, answers->first + 1)->is, AVRO_DATUM_NULL);
    }
    avro_plan_free(p);
}

static void an_older_event_goes_by_names(void **state)
{
    (void)state;
    struct avro_plan *p = plan_of(
        "{\"type\":\"record\",\"name\":\"Event\",\"namespace\":\"io.tabular.iceberg.connect.events\",\"fields\":["
        "{\"name\":\"id\",\"type\":{\"type\":\"fixed\",\"name\":\"uuid\",\"size\":16,\"logicalType\":\"uuid\"},"
        "\"field-id\":\"-1\"},{\"name\":\"type\",\"type\":\"int\",\"field-id\":\"-1\"},{\"name\":\"timestamp\","
        "\"type\":"
        "\"long\",\"field-id\":\"-1\"},{\"name\":\"payload\",\"type\":{\"type\":\"record\",\"name\":"
        "\"CommitCompletePayload\",\"fields\":[{\"name\":\"commitId\",\"type\":\"uuid\",\"field-id\":\"-1\"},"
        "{\"name\":\"vtts\",\"type\":[\"long\",\"null\"],\"field-id\":\"-1\"}]},\"field-id\":\"-1\"},"
        "{\"name\":\"groupId\",\"type\":\"string\",\"field-id\":\"-1\"}]}",
        events, EVENTS);
    whole(p, "37cb6a2c760b4b1a815580fd85c36949 08 02 0102030405060708090a0b0c0d0e0f10 00 0e 04 6162");
    is_bytes(STARTED, 0, commit_id);
    is_long(VALID, 0, 7);
    is_bytes(GROUP, 0, "6162");
    whole(p, "37cb6a2c760b4b1a815580fd85c36949 08 02 0102030405060708090a0b0c0d0e0f10 02 04 6162");
    assert_int_equal(avro_datum_get(d, VALID, 0)->is, AVRO_DATUM_NULL);
    avro_plan_free(p);
}

#define FIELD(name, id, type) "{\"name\":\"" name "\",\"type\":" type ",\"field-id\":" #id "}"
#define RECORD(name, fields)  "{\"type\":\"record\",\"name\":\"" name "\",\"fields\":[" fields "]}"
#define ARRAY(items)          "{\"type\":\"array\",\"items\":" items "}"
#define MAP(values)           "{\"type\":\"map\",\"values\":" values "}"

/* One field of each kind, and what each is on the wire. */
static const char every_type[] = RECORD(
    "R",
    FIELD("b", 1, "\"boolean\"") "," FIELD("i", 2, "\"int\"") "," FIELD("l", 3, "\"long\"") "," FIELD("f", 4, "\"float\"") "," FIELD("d", 5, "\"double\"") "," FIELD(
        "y", 6,
        "\"bytes\"") "," FIELD("s", 7,
                               "\"string\"") "," FIELD("x", 8,
                                                       "{\"type\":\"fixed\",\"name\":\"x\",\"size\":"
                                                       "3}") "," FIELD("e", 9,
                                                                       "{\"type\":\"enum\",\"name\":"
                                                                       "\"e\",\"symbols\":[\"a\","
                                                                       "\"b\"]}") "," FIELD("n", 10,
                                                                                            "\"null"
                                                                                            "\"") "," FIELD("u", 11,
                                                                                                            "[\"null\","
                                                                                                            "\"int\","
                                                                                                            "\"string\""
                                                                                                            "]") "," FIELD("end",
                                                                                                                           12,
                                                                                                                           "\"int\""));
static const char every_value[] =
    "01 | 01 | feffffffffffffffff01 | 0000c03f | 000000000000f0bf | 04 ffee | 02 61 | 010203 | "
    "02 | | 04 04 6869 | 54";

static void every_type_is_read(void **state)
{
    (void)state;
    static const struct avro_plan_want wants[] = {
        {AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LONG},   {AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_LONG},
        {AVRO_PLAN_TOP, 3, NULL, AVRO_PLAN_LONG},   {AVRO_PLAN_TOP, 4, NULL, AVRO_PLAN_DOUBLE},
        {AVRO_PLAN_TOP, 5, NULL, AVRO_PLAN_DOUBLE}, {AVRO_PLAN_TOP, 6, NULL, AVRO_PLAN_BYTES},
        {AVRO_PLAN_TOP, 7, NULL, AVRO_PLAN_BYTES},  {AVRO_PLAN_TOP, 8, NULL, AVRO_PLAN_BYTES},
        {AVRO_PLAN_TOP, 9, NULL, AVRO_PLAN_LONG},   {AVRO_PLAN_TOP, 10, NULL, AVRO_PLAN_LONG},
        {AVRO_PLAN_TOP, 11, NULL, AVRO_PLAN_LONG},  {AVRO_PLAN_TOP, 12, NULL, AVRO_PLAN_LONG},
    };
    struct avro_plan *p = plan_of(every_type, wants, 12);
    whole(p, every_value);
    is_long(0, 0, 1);
    is_long(1, 0, -1);
    is_long(2, 0, INT64_MAX);
    assert_true(avro_datum_get(d, 3, 0)->d == 1.5 && avro_datum_get(d, 4, 0)->d == -1.0);
    assert_int_equal(avro_datum_get(d, 4, 0)->is, AVRO_DATUM_DOUBLE);
    is_bytes(5, 0, "ffee");
    is_bytes(6, 0, "61");
    is_bytes(7, 0, "010203");
    is_long(8, 0, 1);
    assert_int_equal(avro_datum_get(d, 9, 0)->is, AVRO_DATUM_NULL);
    assert_int_equal(avro_datum_get(d, 10, 0)->is, AVRO_DATUM_OTHER);
    is_long(11, 0, 42);
    avro_plan_free(p);
}

static void every_type_is_skipped(void **state)
{
    (void)state;
    struct str schema = {0}, value = {0};
    static const struct avro_plan_want last = {AVRO_PLAN_TOP, 99, "last", AVRO_PLAN_LONG, .required = true};
    str_printf(&schema,
               RECORD("Top", "{\"name\":\"r\",\"type\":%s},{\"name\":\"again\",\"type\":\"R\"},"
                             "{\"name\":\"list\",\"type\":" ARRAY("\"R\"") "},{\"name\":\"map\",\"type\":" MAP(
                                 "\"R\"") "},{\"name\":\"last\",\"type\":\"int\"}"),
               every_type);
    struct avro_plan *p = plan_of(str_text(&schema), &last, 1);
    str_printf(&value, "%s %s 02 %s 02 %s 00 02 026b %s 00 0c", every_value, every_value, every_value, every_value,
               every_value);
    whole(p, str_text(&value));
    is_long(0, 0, 6);
    str_done(&schema);
    str_done(&value);
    avro_plan_free(p);
}

static void lists_are_skipped_by_their_bytes(void **state)
{
    (void)state;
    static const struct avro_plan_want last = {AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_LONG, .required = true};
    static const char *const items[] = {"\"string\"", "\"long\"", "\"double\"",
                                        RECORD("P", FIELD("k", 3, "\"int\"") "," FIELD("v", 4, "\"bytes\""))};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        struct str schema = {0};
        str_printf(&schema,
                   RECORD("R", "{\"name\":\"l\",\"type\":{\"type\":\"array\",\"items\":%s}}," FIELD("n", 2, "\"int\"")),
                   items[i]);
        struct avro_plan *p = plan_of(str_text(&schema), &last, 1);
        whole(p, "03 20 ffffffffffffffffffffffffffffffff 00 0e"); /* two items in 16 bytes, whatever they are */
        is_long(0, 0, 7);
        broken(p, "03 22 ffffffffffffffffffffffffffffffff", ERR_INVALID, "block");
        broken(p, "03 01 ffffffff", ERR_INVALID, "block");
        broken(p, "c08001", ERR_INVALID, "left");
        str_done(&schema);
        avro_plan_free(p);
    }
}

static void long_runs_of_numbers_are_skipped(void **state)
{
    (void)state;
    static const struct avro_plan_want last = {AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_LONG, .required = true};
    struct avro_plan *p = plan_of(RECORD("R", FIELD("l", 1, ARRAY("\"long\"")) "," FIELD("n", 2, "\"int\"")), &last, 1);
    for (int n = 1; n < 60; n++) {
        struct str value = {0};
        str_printf(&value, "%02x", 2 * n);
        for (int i = 0; i < n; i++)
            for (int more = (i * 7 + n) % 10; more >= 0; more--)
                str_add(&value, more ? "ff" : "01");
        str_add(&value, "00 0a");
        whole(p, str_text(&value));
        is_long(0, 0, 5);
        str_done(&value);
    }
    broken(p, "10 01010101 ffffffff ffffffff", ERR_INVALID, "cut off");
    avro_plan_free(p);
}

enum { LIST, KEY, VALUE };

static void maps_of_both_kinds_are_read(void **state)
{
    (void)state;
    static const struct avro_plan_want wants[] = {
        [LIST] = {AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LIST},
        [KEY] = {LIST, 5, "key", AVRO_PLAN_SCALAR},
        [VALUE] = {LIST, 6, "value", AVRO_PLAN_SCALAR},
    };
    static const struct {
        const char *schema, *value;
        bool text_key, text_value;
    } cases[] = {
        {RECORD("R", FIELD("m", 1, MAP("\"long\""))), "04 0261 02 0262 80808001 00", true, false},
        {RECORD("R", FIELD("m", 1, MAP("\"string\""))), "03 0c 0261 0278 0262 0279 00", true, true},
        {RECORD("R", FIELD("m", 1, ARRAY(RECORD("P", FIELD("key", 5, "\"int\"") "," FIELD("value", 6, "\"long\""))))),
         "04 02 02 04 80808001 00", false, false},
        {RECORD("R", FIELD("m", 1, ARRAY(RECORD("P", FIELD("key", 5, "\"int\"") "," FIELD("value", 6, "\"bytes\""))))),
         "02 02 0278 02 04 0279 00", false, true},
        {RECORD("R", FIELD("m", 1, ARRAY(RECORD("P", FIELD("value", 6, "\"bytes\"") "," FIELD("key", 5, "\"int\""))))),
         "02 0278 02 02 0279 04 00", false, true},
        {RECORD("R", FIELD("m", 1, ARRAY(RECORD("P", FIELD("value", 6, "\"int\"") "," FIELD("key", 5, "\"int\""))))),
         "04 02 02 0e 04 00", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct avro_plan *p = plan_of(cases[i].schema, wants, 3);
        whole(p, cases[i].value);
        const struct avro_datum_cell *l = avro_datum_get(d, LIST, 0);
        assert_int_equal(l->n, 2);
        if (cases[i].text_key)
            is_bytes(KEY, l->first + 1, "62");
        else
            is_long(KEY, l->first + 1, 2);
        if (cases[i].text_value)
            is_bytes(VALUE, l->first + 1, "79");
        else
            is_long(VALUE, l->first + 1, i == 5 ? 7 : 1048576);
        assert_int_equal(avro_datum_get(d, VALUE, l->first)->is,
                         cases[i].text_value ? AVRO_DATUM_BYTES : AVRO_DATUM_LONG);
        for (const char *at = cases[i].value; *at; at++) { /* and cut off anywhere */
            char *cut = mem_memdup(cases[i].value, (size_t)(at - cases[i].value));
            assert_int_equal(read_hex(p, cut, NULL), ERR_INVALID);
            free(cut);
        }
        avro_plan_free(p);
    }
}

static void lists_in_lists_have_rows_of_their_own(void **state)
{
    (void)state;
    enum { FILES, PATH, STATS, STAT, COUNTED };
    static const struct avro_plan_want wants[] = {
        [FILES] = {AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LIST}, [PATH] = {FILES, 2, NULL, AVRO_PLAN_BYTES},
        [STATS] = {FILES, 3, NULL, AVRO_PLAN_LIST},         [STAT] = {STATS, 4, NULL, AVRO_PLAN_LONG},
        [COUNTED] = {FILES, 5, NULL, AVRO_PLAN_LIST},
    };
    struct avro_plan *p = plan_of(
        RECORD("R",
               FIELD("files", 1,
                     ARRAY(RECORD("F", FIELD("path", 2, "\"string\"") "," FIELD("stats", 3, ARRAY("\"int\"")) "," FIELD(
                                           "counted", 5, ARRAY("\"string\"")))))),
        wants, 5);
    whole(p, "06 0261 04 02 04 00 06 0278 0278 0278 00 | 0262 00 00 | 0263 02 06 02 08 00 02 00 03 04 0000 00 | 00");
    const struct avro_datum_cell *files = avro_datum_get(d, FILES, 0);
    assert_int_equal(files->n, 3);
    is_bytes(PATH, files->first + 2, "63");
    static const uint32_t stats[] = {2, 0, 2}, counted[] = {3, 0, 3};
    int64_t next = 1;
    for (size_t f = 0; f < 3; f++) {
        const struct avro_datum_cell *s = avro_datum_get(d, STATS, files->first + f);
        assert_int_equal(s->n, stats[f]);
        for (size_t i = s->first; i < s->first + s->n; i++)
            is_long(STAT, i, next++);
        assert_int_equal(avro_datum_get(d, COUNTED, files->first + f)->n, counted[f]);
    }
    avro_plan_free(p);
}

static void items_may_be_null(void **state)
{
    (void)state;
    static const struct avro_plan_want wants[] = {{AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LIST},
                                                  {0, 2, NULL, AVRO_PLAN_LONG},
                                                  {AVRO_PLAN_TOP, 3, NULL, AVRO_PLAN_LIST},
                                                  {2, -1, NULL, AVRO_PLAN_LONG}};
    struct avro_plan *p =
        plan_of(RECORD("R", FIELD("a", 1, ARRAY("[\"null\"," RECORD("I", FIELD("n", 2, "\"int\"")) "]")) "," FIELD(
                                "b", 3, ARRAY("[\"long\",\"null\"]"))),
                wants, 4);
    whole(p, "06 0202 00 0204 00 04 0006 02 00");
    size_t first = avro_datum_get(d, 0, 0)->first;
    is_long(1, first, 1);
    assert_int_equal(avro_datum_get(d, 1, first + 1)->is, AVRO_DATUM_ABSENT);
    is_long(1, first + 2, 2);
    first = avro_datum_get(d, 2, 0)->first;
    is_long(3, first, 3);
    assert_int_equal(avro_datum_get(d, 3, first + 1)->is, AVRO_DATUM_NULL);
    avro_plan_free(p);
}

static void recursion_ends(void **state)
{
    (void)state;
    static const struct avro_plan_want last = {AVRO_PLAN_TOP, 9, NULL, AVRO_PLAN_LONG, .required = true};
    struct avro_plan *p = plan_of(
        RECORD("R", FIELD("tree", 1,
                          RECORD("Node", FIELD("v", 2, "\"string\"") "," FIELD("below", 3, ARRAY("\"Node\"")) "," FIELD(
                                             "next", 4, "[\"null\",\"Node\"]"))) "," FIELD("n", 9, "\"int\"")),
        &last, 1);
    whole(p, "0261 04 0262 00 00 0263 02 0264 00 00 00 00 00 02 0265 00 00 | 08");
    is_long(0, 0, 4);
    struct str deep = {0};
    for (int i = 0; i < 100; i++)
        str_add(&deep, "00 00 02");
    str_add(&deep, "00 00 00 02");
    whole(p, str_text(&deep));
    str_clear(&deep);
    for (int i = 0; i < 200; i++)
        str_add(&deep, "00 00 02");
    broken(p, str_text(&deep), ERR_LIMIT, "deeper than 128");
    str_done(&deep);
    avro_plan_free(p);
    p = plan_of(RECORD("R", FIELD("r", 1, RECORD("A", FIELD("a", 2, "\"A\""))) "," FIELD("n", 9, "\"int\"")), &last, 1);
    broken(p, "0000", ERR_LIMIT, "deeper"); /* no value of it is finite */
    avro_plan_free(p);
}

static void what_takes_no_bytes_takes_no_time(void **state)
{
    (void)state;
    static const struct avro_plan_want list[] = {{AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LIST},
                                                 {0, -1, "x", AVRO_PLAN_LONG}};
    static const char nulls[] = RECORD("R", FIELD("l", 1, ARRAY("\"null\"")));
    struct avro_plan *p = plan_of(nulls, NULL, 0);
    whole(p, "feffffff1f 00"); /* 4,294,967,295 nulls */
    broken(p, "feffffffffffffffff01 00", ERR_LIMIT, "items");
    avro_plan_free(p);
    p = plan_of(nulls, list, 1);
    whole(p, "feffffff1f 00");
    assert_int_equal(avro_datum_get(d, 0, 0)->n, UINT32_MAX);
    broken(p, "feffffff1f 02 00", ERR_LIMIT, "a list of more");
    avro_plan_free(p);
    p = plan_of(nulls, list, 2);
    whole(p, "06 00");
    assert_int_equal(avro_datum_get(d, 0, 0)->n, 3);
    assert_int_equal(avro_datum_get(d, 1, 2)->is, AVRO_DATUM_NULL);
    broken(p, "feffffff1f 00", ERR_LIMIT, "of no bytes");
    avro_plan_free(p);
}

static void many_cells_are_too_many(void **state)
{
    (void)state;
    static const struct avro_plan_want list[] = {
        {AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LIST},
        {0, 2, NULL, AVRO_PLAN_LONG},
        {0, 3, NULL, AVRO_PLAN_LONG},
    };
    size_t n = AVRO_DATUM_CELLS / 2 + 1, used;
    unsigned char *bytes = mem_calloc(n + 16, 1);
    memcpy(bytes, "\x82\x80\x80\x04", 4); /* 4,194,305 items of one number each; each row has two cells */
    struct avro_plan *p = plan_of(RECORD("R", FIELD("l", 1, ARRAY(RECORD("I", FIELD("a", 2, "\"int\""))))), list, 3);
    assert_int_equal(avro_datum_read(d, p, bytes, n + 16, &used, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "cells"));
    bytes[0] -= 2;
    assert_int_equal(avro_datum_read(d, p, bytes, n + 16, &used, &err), 0);
    assert_int_equal(avro_datum_get(d, 0, 0)->n, AVRO_DATUM_CELLS / 2);
    whole(p, "02 06 00"); /* the memory is given back with the next value */
    is_long(1, 0, 3);
    avro_plan_free(p);
    free(bytes);
}

static void what_is_malformed_says_where(void **state)
{
    (void)state;
    static const struct avro_plan_want all[] = {
        {AVRO_PLAN_TOP, 1, NULL, AVRO_PLAN_LONG},  {AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_LONG},
        {AVRO_PLAN_TOP, 3, NULL, AVRO_PLAN_BYTES}, {AVRO_PLAN_TOP, 4, NULL, AVRO_PLAN_LONG},
        {AVRO_PLAN_TOP, 5, NULL, AVRO_PLAN_BYTES},
    };
    struct avro_plan *p = plan_of(
        RECORD("R",
               FIELD("b", 1, "\"boolean\"") "," FIELD("i", 2, "\"int\"") "," FIELD("s", 3, "\"string\"") "," FIELD(
                   "u", 4, "[\"null\",\"long\"]") "," FIELD("f", 5, "{\"type\":\"fixed\",\"name\":\"f\",\"size\":4}")),
        all, 5);
    whole(p, "01 02 00 00 01020304");
    broken(p, "", ERR_INVALID, "byte 0");
    broken(p, "02", ERR_INVALID, "boolean that is 2");
    broken(p, "01 8080808010", ERR_INVALID, "32 bits");
    broken(p, "01 ffffffffffffffffff02 0000000000", ERR_INVALID, "64 bits");
    broken(p, "01 ffffffffffffffffffff01", ERR_INVALID, "64 bits");
    broken(p, "01 ffff", ERR_INVALID, "byte 1: cut off");
    broken(p, "01 02 06 6162", ERR_INVALID, "a text of 3 bytes, 2 are left");
    broken(p, "01 02 05 6162", ERR_INVALID, "a text of -3 bytes");
    broken(p, "01 02 fdffffffffffffffff01 6162", ERR_INVALID, "a text of");
    broken(p, "01 02 00 04", ERR_INVALID, "branch 2 of a union of 2");
    broken(p, "01 02 00 01", ERR_INVALID, "branch -1");
    broken(p, "01 02 00 00 0102", ERR_INVALID, "byte 4: 4 bytes follow, 2 are left");
    avro_plan_free(p);
}

static void wants_that_contradict_are_refused(void **state)
{
    (void)state;
    static const char schema[] =
        RECORD("R", FIELD("data_file", 2, RECORD("F", FIELD("record_count", 103, "\"string\""))));
    static const struct {
        struct avro_plan_want wants[2];
        int code;
        const char *says;
    } cases[] = {
        {{{AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD}, {0, 103, "record_count", AVRO_PLAN_LONG}},
         ERR_INVALID,
         "data_file.record_count is of type string, not a whole number"},
        {{{AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_LIST}, {0, 103, "n", AVRO_PLAN_LONG}}, ERR_INVALID, "not an array"},
        {{{AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD}, {0, 7, NULL, AVRO_PLAN_LONG, true}},
         ERR_INVALID,
         "there is no data_file.field-id 7"},
        /* a field of that name has an id of its own, so it is another */
        {{{AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD}, {0, 7, "record_count", AVRO_PLAN_LONG, true}},
         ERR_INVALID,
         "there is no data_file.record_count"},
        {{{AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_RECORD}, {AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_RECORD}},
         ERR_INVALID,
         "twice"},
        {{{AVRO_PLAN_TOP, 2, NULL, AVRO_PLAN_RECORD}, {1, 2, NULL, AVRO_PLAN_LONG}}, ERR_INVALID, "want 1"},
    };
    struct avro_schema *s;
    struct avro_plan *p = NULL;
    assert_int_equal(avro_schema_parse(schema, strlen(schema), &s, &err), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(avro_plan_new(s, cases[i].wants, 2, &p, &err), cases[i].code);
        assert_null(p);
        if (!strstr(err.text, cases[i].says))
            fail_msg("\"%s\" does not say \"%s\"", err.text, cases[i].says);
    }
    avro_schema_free(s);
}

static void a_schema_that_would_blow_up_does_not(void **state)
{
    (void)state;
    struct str s = {0};
    str_add(&s, "{\"type\":\"record\",\"name\":\"Top\",\"fields\":[{\"name\":\"f\",\"type\":[\"null\","
                "{\"type\":\"record\",\"name\":\"R0\",\"fields\":[{\"name\":\"v\",\"type\":\"long\"}]}");
    for (int i = 1; i < 60; i++) /* each twice in the next: 2^60 numbers written out */
        str_printf(&s,
                   ",{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[{\"name\":\"a\",\"type\":\"R%d\"},"
                   "{\"name\":\"b\",\"type\":\"R%d\"}]}",
                   i, i - 1, i - 1);
    str_add(&s, "]}]}");
    struct avro_plan *p = plan_of(str_text(&s), NULL, 0);
    assert_true(p->nops < 1000);
    whole(p, "06 02 04 06 08");                               /* R2 */
    broken(p, "78 0202020202020202", ERR_INVALID, "cut off"); /* R59 */
    avro_plan_free(p);
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_that_starts),
        cmocka_unit_test(an_event_that_ends),
        cmocka_unit_test(an_event_with_answers),
        cmocka_unit_test(an_older_event_goes_by_names),
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(every_type_is_skipped),
        cmocka_unit_test(lists_are_skipped_by_their_bytes),
        cmocka_unit_test(long_runs_of_numbers_are_skipped),
        cmocka_unit_test(maps_of_both_kinds_are_read),
        cmocka_unit_test(lists_in_lists_have_rows_of_their_own),
        cmocka_unit_test(items_may_be_null),
        cmocka_unit_test(recursion_ends),
        cmocka_unit_test(what_takes_no_bytes_takes_no_time),
        cmocka_unit_test(many_cells_are_too_many),
        cmocka_unit_test(what_is_malformed_says_where),
        cmocka_unit_test(wants_that_contradict_are_refused),
        cmocka_unit_test(a_schema_that_would_blow_up_does_not),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
