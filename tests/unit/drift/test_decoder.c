/* Records as events: Avro as fastavro wrote it, tensors, JSON, and what is none of these. */
#include "tests/unit/data.h"

#include "drift/decoder.h"

enum { REGISTRY_ID = 258 };

static const char *const paths[] = {
    "ts",
    "features.age",
    "features.income",
    "features.ratio",
    "features.region",
    "features.plan",
    "features.vip",
    "vector[0]",
    "vector[2]",
    "extra[\"a.b\"]",
    "extra.none",
    "features.price",
    "code",
    "rows",
    "mix",
    "prediction",
    "label",
    "rows[0].x",
    "x",
    "x[0]",
    "x[1]",
    "instances[0]",
    "instances.a",
    "y",
};

enum { PATHS = sizeof paths / sizeof *paths, NESTED = 17 };

/* A plan with its reader, and the values of every event, a line each. */
struct bed {
    struct drift_event_plan *plan;
    struct drift_event *e;
    struct drift_decoder *d, *json;
    struct str lines;
    struct error err;
};

static void bed_init(struct bed *b, enum drift_decoder_encoding encoding)
{
    struct drift_event_want wants[PATHS] = {0};
    *b = (struct bed){.d = drift_decoder_new(encoding), .json = drift_decoder_new(DRIFT_DECODER_JSON)};
    for (size_t i = 0; i < PATHS; i++) /* what is in records of arrays cannot be wanted of Avro */
        wants[i].path = encoding == DRIFT_DECODER_AVRO && i == NESTED ? "nothing" : paths[i];
    assert_int_equal(drift_event_plan_new(wants, PATHS, &b->plan, &b->err), 0);
    b->e = drift_event_new(b->plan);
}

static void bed_done(struct bed *b)
{
    drift_decoder_free(b->d);
    drift_decoder_free(b->json);
    drift_event_free(b->e);
    drift_event_plan_free(b->plan);
    str_done(&b->lines);
}

static void on_event(void *arg)
{
    static const char *const kinds[] = {"-", "null", "", "nan", "", "other"};
    struct bed *b = arg;
    for (size_t i = 0; i < PATHS; i++) {
        const struct drift_event_value *v = drift_event_get(b->e, i);
        char buf[NUMBER_BYTES];
        size_t len = 0;
        const char *s = drift_event_category(v, buf, &len);
        str_printf(&b->lines, "%u ", v->kind);
        if (s)
            str_bytes(&b->lines, s, len);
        else
            str_add(&b->lines, kinds[v->kind]);
        str_char(&b->lines, '|');
    }
    str_char(&b->lines, '\n');
}

static int on_text(void *arg, const char *json, size_t len, struct error *err)
{
    struct bed *b = arg;
    return drift_decoder_read(b->json, json, len, b->e, on_event, b, err);
}

/* What a file holds as events; print: by way of JSON. Returns how many, and an error's negative code. */
static int lines_of(struct bed *b, const char *bytes, size_t len, bool print)
{
    const uint64_t good = b->e->good;
    str_clear(&b->lines);
    const int code = print ? drift_decoder_print(b->d, bytes, len, on_text, b, &b->err)
                           : drift_decoder_read(b->d, bytes, len, b->e, on_event, b, &b->err);
    return code ? code : (int)(b->e->good - good);
}

/* The events of events.ndjson, the first n, or (first not 0) one of them. */
static void expected(struct str *out, int first, int n)
{
    struct bed b;
    struct str bytes = data_load(data_path("drift/events/events.ndjson"));
    const char *at = str_text(&bytes);
    bed_init(&b, DRIFT_DECODER_AVRO);
    for (int i = 0; i < first + n; i++, at = strchr(at, '\n') + 1)
        if (i >= first)
            assert_int_equal(on_text(&b, at, strcspn(at, "\n"), &b.err), 0);
    str_add(out, str_text(&b.lines));
    bed_done(&b);
    str_done(&bytes);
}

static void give_schema(struct bed *b, int64_t id)
{
    struct avro_schema *schema;
    struct str text = data_load(data_path("drift/events/events.avsc"));
    assert_int_equal(avro_schema_parse(text.s, text.len, &schema, &b->err), 0);
    drift_decoder_schema(b->d, id, schema, NULL);
    str_done(&text);
}

static void check_file(const char *name, int64_t id, int first, int n)
{
    struct str want = {0};
    struct bed b;
    struct str bytes = data_load(data_path("drift/events/%s", name));
    bed_init(&b, DRIFT_DECODER_AVRO);
    if (id != INT64_MAX)
        give_schema(&b, id);
    expected(&want, first, n);
    for (int again = 0; again < 4; again++) {
        if (lines_of(&b, bytes.s, bytes.len, again % 2) != n)
            fail_msg("%s: %s", name, b.err.text);
        assert_string_equal(str_text(&b.lines), str_text(&want));
    }
    assert_int_equal(b.e->bad, 0);
    bed_done(&b);
    str_done(&want);
    str_done(&bytes);
}

static void test_avro(void **state)
{
    (void)state;
    check_file("plain.bin", DRIFT_DECODER_PLAIN, 1, 1);
    check_file("registry.bin", REGISTRY_ID, 1, 1);
    check_file("null.avro", INT64_MAX, 0, 20);
    check_file("deflate.avro", INT64_MAX, 0, 300);
}

/* Cut anywhere but between two blocks, a container is one bad event behind the good ones. */
static void test_cut(void **state)
{
    (void)state;
    struct bed b;
    struct str bytes = data_load(data_path("drift/events/null.avro"));
    int whole = 0;
    bed_init(&b, DRIFT_DECODER_AVRO);
    for (size_t n = 1; n < bytes.len; n++) {
        const uint64_t bad = b.e->bad;
        char *copy = mem_memdup(bytes.s, n);
        const int found = lines_of(&b, copy, n, false);
        whole += found >= 0;
        assert_int_equal(b.e->bad, bad + (found < 0));
        assert_int_equal(lines_of(&b, copy, n, true), found);
        free(copy);
    }
    assert_int_equal(whole, 1); /* behind the header: its records are one block */
    bed_done(&b);
    str_done(&bytes);
}

static void refused(enum drift_decoder_encoding encoding, const char *bytes, size_t len, int code, const char *text)
{
    struct bed b;
    bed_init(&b, encoding);
    assert_int_equal(lines_of(&b, bytes, len, false), code);
    assert_int_equal(b.e->bad, 1);
    if (!strstr(b.err.text, text))
        fail_msg("%s: no %s", b.err.text, text);
    assert_int_equal(lines_of(&b, bytes, len, true), code);
    bed_done(&b);
}

#define REFUSED(encoding, bytes, code, text) refused(encoding, bytes, sizeof(bytes) - 1, code, text)

static void test_other_encodings(void **state)
{
    (void)state;
    REFUSED(DRIFT_DECODER_JSON, "\x0a\x04test\x10\x07", ERR_INVALID,
            "no JSON: it begins with 0a 04 74 65 73 74 10 07, as protobuf");
    REFUSED(DRIFT_DECODER_JSON,
            "\x82\xa1"
            "a\x01\xa1"
            "b\x02",
            ERR_INVALID, "as MessagePack does");
    REFUSED(DRIFT_DECODER_JSON, "\0\0\0\1\2\x08\x02", ERR_INVALID,
            "the id of a schema registry before Avro or protobuf");
    REFUSED(DRIFT_DECODER_JSON, "Obj\1\4", ERR_INVALID, "as an object container of Avro");
    REFUSED(DRIFT_DECODER_JSON, "\x1f\x8b\x08 and more", ERR_INVALID, "1f 8b 08 20 61 6e 64 20 ..., as gzip does");
    REFUSED(DRIFT_DECODER_JSON, "hello, world", ERR_INVALID, "it begins with \"hello, w\" ...");
    REFUSED(DRIFT_DECODER_JSON, "", ERR_INVALID, "it is empty");
    REFUSED(DRIFT_DECODER_JSON, "{\"a\":", ERR_INVALID, "it ends in the middle");
    REFUSED(DRIFT_DECODER_TENSORS, "\x0a\x04test\x10\x07", ERR_INVALID, "as protobuf does");
    REFUSED(DRIFT_DECODER_TENSORS, "{}", ERR_INVALID, "neither instances nor predictions");
    REFUSED(DRIFT_DECODER_AVRO, "{\"a\": 1}", ERR_INVALID,
            "no Avro with its schema or the id of one: it begins with \"{\"a\": 1}\"");
    REFUSED(DRIFT_DECODER_AVRO, "\0\0\0\1\2\x08\x02", ERR_UNAVAILABLE, "the schema of id 258 is not known");
    REFUSED(DRIFT_DECODER_AVRO,
            "Obj\1\0"
            "0123456789abcdef",
            ERR_INVALID, "without a schema");
}

/* JSON behind a registry's id; a row of tensors is an event, and of V1 a row as it is. */
static void test_rows(void **state)
{
    (void)state;
    static const char json[] = "\0\0\0\0\7 {\"x\": 7, \"y\": \"z\"}";
    static const char v2[] =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[2,2],\"datatype\":\"FP64\",\"data\":[1,2.5,null,true]},"
        "{\"name\":\"y\",\"shape\":[2],\"data\":[\"a\\\"\",4]}]}";
    static const char v1[] = "{\"instances\":[[5,6],{\"a\":\"b\"}],\"predictions\":[1]}";
    struct bed b;
    bed_init(&b, DRIFT_DECODER_JSON);
    assert_int_equal(lines_of(&b, json, sizeof json - 1, false), 1);
    assert_string_equal(str_text(&b.lines) + strlen(str_text(&b.lines)) - strlen("3 7|0 -|0 -|0 -|0 -|4 z|\n"),
                        "3 7|0 -|0 -|0 -|0 -|4 z|\n");
    bed_done(&b);
    bed_init(&b, DRIFT_DECODER_TENSORS);
    for (int print = 0; print < 2; print++) {
        assert_int_equal(lines_of(&b, v2, sizeof v2 - 1, print), 2);
        assert_non_null(strstr(str_text(&b.lines), "|5 other|3 1|3 2.5|0 -|0 -|4 a\"|\n"));
        assert_non_null(strstr(str_text(&b.lines), "|5 other|1 null|2 true|0 -|0 -|3 4|\n"));
        assert_int_equal(lines_of(&b, v1, sizeof v1 - 1, print), 2);
        assert_non_null(strstr(str_text(&b.lines), "|0 -|0 -|0 -|3 5|0 -|0 -|\n"));
        assert_non_null(strstr(str_text(&b.lines), "|0 -|0 -|0 -|0 -|4 b|0 -|\n"));
    }
    bed_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_avro),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_other_encodings),
        cmocka_unit_test(test_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
