/* Events in Avro: every type by path, unions, maps, what is not there, and bad bytes. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "drift/event_avro.h"

enum { MOST = 16 };

static const char schema_text[] =
    "{\"type\":\"record\",\"name\":\"Event\",\"fields\":["
    "{\"name\":\"ts\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"
    "{\"name\":\"features\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"F\",\"fields\":["
    "{\"name\":\"age\",\"type\":\"int\",\"aliases\":[\"years\"]},{\"name\":\"income\",\"type\":[\"null\",\"double\"]},"
    "{\"name\":\"region\",\"type\":\"string\"},{\"name\":\"vip\",\"type\":\"boolean\"},"
    "{\"name\":\"size\",\"type\":{\"type\":\"enum\",\"name\":\"S\",\"symbols\":[\"S\",\"M\",\"L\"]}},"
    "{\"name\":\"price\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
    "{\"name\":\"mix\",\"type\":[\"null\",\"long\",\"string\"]}]}]},"
    "{\"name\":\"extra\",\"type\":{\"type\":\"map\",\"values\":[\"null\",\"float\"]}},"
    "{\"name\":\"vec\",\"type\":{\"type\":\"array\",\"items\":\"double\"}},"
    "{\"name\":\"rows\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"R\",\"fields\":["
    "{\"name\":\"x\",\"type\":\"int\"}]}}}]}";

/* ---- a small writer ---- */

static void put_long(struct str *out, int64_t value)
{
    uint64_t v = (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
    for (; v >= 0x80; v >>= 7)
        str_char(out, (char)(v | 0x80));
    str_char(out, (char)v);
}

static void put_text(struct str *out, const char *text)
{
    put_long(out, (int64_t)strlen(text));
    str_add(out, text);
}

static void put_double(struct str *out, double d)
{
    str_bytes(out, &d, sizeof d); /* the machine is little-endian, as all that it runs on */
}

static void put_float(struct str *out, float f)
{
    str_bytes(out, &f, sizeof f);
}

static void put_event(struct str *out, bool features, int mix)
{
    put_long(out, 1795239700000);
    put_long(out, features);
    if (features) {
        put_long(out, 41);
        put_long(out, 1);
        put_double(out, -0.0);
        put_text(out, "n\xc3\xb6rd");
        str_char(out, 1);
        put_long(out, 2);
        put_long(out, 2);
        str_bytes(out, "\xff\x85", 2); /* -1.23 */
        put_long(out, mix);
        if (mix == 1)
            put_long(out, 7);
        else if (mix == 2)
            put_text(out, "seven");
    }
    put_long(out, 3);
    put_text(out, "a.b");
    put_long(out, 1);
    put_float(out, 1.5F);
    put_text(out, "n");
    put_long(out, 0);
    put_text(out, "other");
    put_long(out, 1);
    put_float(out, 2);
    put_long(out, 0);
    put_long(out, 2);
    put_double(out, 0.25);
    put_double(out, 4);
    put_long(out, 0);
    put_long(out, 1);
    put_long(out, 9);
    put_long(out, 0);
}

static struct avro_schema *schema;

static struct drift_event_avro *meet(const char *const *paths, struct drift_event_plan **plan, struct error *err)
{
    struct drift_event_want wants[MOST] = {0};
    struct drift_event_avro *a = NULL;
    size_t n = 0;
    for (; paths[n]; n++)
        wants[n].path = paths[n];
    assert_int_equal(drift_event_plan_new(wants, n, plan, err), 0);
    drift_event_avro_new(*plan, schema, &a, err);
    return a;
}

static void check(const char *const *paths, const struct str *bytes, const char *want)
{
    static const char *const names[] = {"-", "null", "", "nan", "", "other"};
    struct error err = {0};
    struct str got = {0};
    struct drift_event_plan *plan;
    struct drift_event_avro *a = meet(paths, &plan, &err);
    if (!a)
        fail_msg("%s", err.text);
    struct drift_event *e = drift_event_new(plan);
    if (drift_event_avro_read(a, bytes->s, bytes->len, NULL, e, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; paths[i]; i++) {
        const struct drift_event_value *v = drift_event_get(e, i);
        char buf[NUMBER_BYTES];
        size_t len = 0;
        const char *s = drift_event_category(v, buf, &len);
        str_printf(&got, "%s%.*s", i ? " " : "", s ? (int)len : 10, s ? s : names[v->kind]);
    }
    if (strcmp(str_text(&got), want))
        fail_msg("%s, not %s", str_text(&got), want);
    assert_int_equal(e->good, 1);
    str_done(&got);
    drift_event_free(e);
    drift_event_avro_free(a);
    drift_event_plan_free(plan);
}

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_values(void **state)
{
    (void)state;
    struct str bytes = {0};
    put_event(&bytes, true, 1);
    check(PATHS("ts", "features.age", "features.income", "features.region", "features.vip", "features.size",
                "features.price", "features.mix"),
          &bytes, "1795239700000 41 0 n\xc3\xb6rd true L -1.23 7");
    check(PATHS("features.years", "features", "features.age.x", "nope", "ts.x", "features.nope", "[0]", "ts[0]"),
          &bytes, "41 other - - - - - -");
    check(PATHS("extra[\"a.b\"]", "extra.n", "extra.nope", "extra", "extra[0]"), &bytes, "1.5 null - other -");
    check(PATHS("vec[0]", "vec[1]", "vec[2]", "vec", "vec.x", "rows"), &bytes, "0.25 4 - other - other");
    str_clear(&bytes);
    put_event(&bytes, true, 2);
    check(PATHS("features.mix", "vec[1]"), &bytes, "seven 4");
    str_clear(&bytes);
    put_event(&bytes, true, 0);
    check(PATHS("features.mix"), &bytes, "null");
    str_clear(&bytes);
    put_event(&bytes, false, 0);
    check(PATHS("features.age", "features", "ts", "extra.other"), &bytes, "- null 1795239700000 2");
    str_done(&bytes);
}

/* An event cut at every byte is bad, and so is one with a byte too many. */
static void test_bad(void **state)
{
    (void)state;
    struct str bytes = {0};
    struct error err = {0};
    struct drift_event_plan *plan;
    struct drift_event_avro *a = meet(PATHS("features.age", "extra.n", "vec[0]"), &plan, &err);
    struct drift_event *e = drift_event_new(plan);
    put_event(&bytes, true, 2);
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(drift_event_avro_read(a, bytes.s, len, NULL, e, &err), ERR_INVALID);
    assert_int_equal(e->bad, bytes.len);
    assert_int_equal(drift_event_avro_read(a, bytes.s, bytes.len, NULL, e, &err), 0);
    str_char(&bytes, 0);
    assert_int_equal(drift_event_avro_read(a, bytes.s, bytes.len, NULL, e, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "1 bytes follow"));
    drift_event_free(e);
    drift_event_avro_free(a);
    drift_event_plan_free(plan);
    str_done(&bytes);
}

static void test_refused(void **state)
{
    (void)state;
    struct error err = {0};
    struct drift_event_plan *plan;
    assert_null(meet(PATHS("ts", "rows[0].x"), &plan, &err));
    assert_string_equal(err.text, "rows[0]: in arrays and maps of Avro only scalars are read");
    drift_event_plan_free(plan);
    struct avro_schema *text = NULL;
    struct drift_event_avro *a = NULL;
    const struct drift_event_want want = {"x"};
    assert_int_equal(drift_event_plan_new(&want, 1, &plan, &err), 0);
    assert_int_equal(avro_schema_parse("\"string\"", 8, &text, &err), 0);
    assert_int_equal(drift_event_avro_new(plan, text, &a, &err), ERR_INVALID);
    assert_string_equal(err.text, "Avro schema: an event is a record, not of type string");
    avro_schema_free(text);
    drift_event_plan_free(plan);
}

int main(void)
{
    if (avro_schema_parse(schema_text, strlen(schema_text), &schema, NULL))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    avro_schema_free(schema);
    return failed;
}
