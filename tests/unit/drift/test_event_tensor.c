/* Inference payloads, row by row. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "drift/event_json.h"
#include "drift/event_tensor.h"

enum { MOST = 8 };

/* The rows of a payload: values with blanks between them, a bar behind each row; or the error. */
static char *rows_of(const char *const *paths, const char *payload)
{
    struct drift_event_want wants[MOST] = {0};
    struct drift_event_plan *plan = NULL;
    struct error err = {0};
    struct str out = {0};
    size_t n = 0, rows = 0;
    for (; paths[n]; n++)
        wants[n].path = paths[n];
    assert_int_equal(drift_event_plan_new(wants, n, &plan, &err), 0);
    struct drift_event *e = drift_event_new(plan);
    struct drift_event_tensors *t = drift_event_tensors_new();
    if (drift_event_tensors_read(t, payload, strlen(payload), &rows, &err))
        str_add(&out, err.text);
    for (size_t row = 0; row < rows; row++) {
        assert_int_equal(drift_event_tensors_row(t, row, e, &err), 0);
        for (size_t i = 0; i < n; i++) {
            static const char *const names[] = {"-", "null", "", "nan", "", "other"};
            const struct drift_event_value *v = drift_event_get(e, i);
            char buf[NUMBER_BYTES];
            size_t len = 0;
            const char *s = drift_event_category(v, buf, &len);
            str_printf(&out, "%s%.*s", i ? " " : "", s ? (int)len : 10, s ? s : names[v->kind]);
        }
        str_char(&out, '|');
    }
    assert_int_equal(e->good, rows);
    drift_event_tensors_free(t);
    drift_event_free(e);
    drift_event_plan_free(plan);
    return str_take(&out);
}

static void check(const char *const *paths, const char *payload, const char *want)
{
    char *got = rows_of(paths, payload);
    if (strcmp(got, want))
        fail_msg("%s: %s, not %s", payload, got, want);
    free(got);
}

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_v1(void **state)
{
    (void)state;
    check(PATHS("instances[0]", "instances[1]", "instances[2]", "instances"), "{\"instances\":[[39,7],[52,1]]}",
          "39 7 - other|52 1 - other|");
    check(PATHS("instances.age", "instances.x[1]"), "{\"instances\":[{\"age\":39,\"x\":[1,2]},{\"x\":\"a\\\"b\"}]}",
          "39 2|- -|");
    check(PATHS("instances", "instances[0]", "instances[1]"), "{\"instances\":[1.5,\"x\\n\",null,true]}",
          "1.5 1.5 -|x\n x\n -|null null -|true true -|");
    check(PATHS("predictions", "predictions[1]"), "{\"predictions\":[[0.1,0.9],[0.8,0.2]]}", "other 0.9|other 0.2|");
    check(PATHS("instances[0]", "predictions"), "{\"predictions\":[1],\"instances\":[[5],[6]]}", "5 1|6 -|");
    check(PATHS("instances[0]", "instances[1]"), "{\"signature_name\":\"s\",\"instances\":[[NaN,1],[2,NaN]]}",
          "nan 1|2 nan|");
    check(PATHS("instances[0]"), "{\"instances\":[[1]],\"instances\":[[2],[3]]}", "2|3|");
    check(PATHS("instances[0]"), "{\"instances\":[]}", "");
    check(PATHS("x"), "{\"instances\":[[1],[2]]}", "-|-|");
    check(PATHS("instances[1][0]"), "{\"instances\":[[[1,2],[3,4]]]}", "3|");
}

static void test_v2(void **state)
{
    (void)state;
    static const char matrix[] =
        "{\"id\":\"1\",\"inputs\":[{\"name\":\"x\",\"shape\":[2,3],\"datatype\":\"FP32\",\"data\":[1,2,3,4,5,6]}]}";
    check(PATHS("x[0]", "x[2]", "x[3]", "x"), matrix, "1 3 - other|4 6 - other|");
    check(PATHS("x[0]", "x[1]"), "{\"inputs\":[{\"data\":[[1,2],[3,4]],\"shape\":[2,2],\"name\":\"x\"}]}", "1 2|3 4|");
    check(PATHS("age", "region", "age[0]"),
          "{\"inputs\":[{\"name\":\"age\",\"shape\":[2,1],\"datatype\":\"INT64\",\"data\":[39,52]},"
          "{\"name\":\"region\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"n\\u00f6rd\",\"s\"]}]}",
          "39 n\xc3\xb6rd 39|52 s 52|");
    check(PATHS("x", "y"),
          "{\"outputs\":[{\"name\":\"x\",\"shape\":[2],\"data\":[true,NaN]},"
          "{\"name\":\"y\",\"shape\":[1],\"data\":[null]}]}",
          "true null|nan -|");
    check(PATHS("x[3]"), "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2,2],\"data\":[[[1,2],[3,4]]]}]}", "4|");
    check(PATHS("x"), "{\"inputs\":[{\"name\":\"x\",\"data\":[1,2]}]}", "1|2|");
    check(PATHS("x"), "{\"inputs\":[{\"name\":\"x\",\"shape\":[0,5],\"data\":[]}]}", "");
    check(PATHS("x"), "{\"outputs\":null,\"inputs\":[{\"name\":\"x\",\"shape\":[],\"data\":[7]}]}", "7|");
    check(PATHS("x"), "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"parameters\":{\"data\":[9,9]},\"data\":[7]}]}",
          "7|");
}

/* As Seldon Core 2 writes a drift detector's answer. */
static void test_contents(void **state)
{
    (void)state;
    check(PATHS("is_drift"),
          "{\"modelName\":\"income-drift\",\"outputs\":[{\"name\":\"is_drift\",\"datatype\":\"INT64\",\"shape\":[\"1\","
          "\"1\"],"
          "\"contents\":{\"int64Contents\":[\"1\"]}}]}",
          "1|");
    check(PATHS("x[0]", "x[1]"),
          "{\"inputs\":[{\"name\":\"x\",\"shape\":[\"2\",\"2\"],\"contents\":{\"fp32Contents\":[1.5,2,3,\"NaN\"]}}]}",
          "1.5 2|3 NaN|");
    check(PATHS("x"),
          "{\"inputs\":[{\"name\":\"x\",\"shape\":[2],\"contents\":{\"bytesContents\":[\"MTI=\",\"12\"]}}]}",
          "MTI=|12|");
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *payload, *error;
    } cases[] = {
        {"{\"a\":1}", "neither instances nor predictions, inputs nor outputs are in it"},
        {"[1]", "byte 1: a map is expected"},
        {"{\"inputs\":{\"x\":[1]}}", "byte 11: a list of tensors is expected"},
        {"{\"instances\":{\"x\":[1]}}", "byte 14: a list of rows is expected"},
        {"{\"inputs\":[[1]]}", "byte 12: a tensor is expected"},
        {"{\"inputs\":[1]}", "byte 12: a tensor is expected"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[2,2],\"data\":[1,2,3]}]}",
         "tensor 1: a shape of 4 values, 3 are there"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[2]}]}", "tensor 1: its data cannot be read"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[-1],\"data\":[]}]}", "tensor 1: no shape"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[1.5],\"data\":[]}]}", "tensor 1: no shape"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[1e300],\"data\":[1]}]}", "tensor 1: no shape"},
        {"{\"inputs\":[{\"name\":\"x\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data\":[1]}]}", "tensor 1: a rank above 8"},
        {"{\"inputs\":[{\"name\":\"x\",\"data\":{\"a\":1}}]}", "tensor 1: its data is no list"},
        {"{\"inputs\":[{\"name\":\"x\",\"data\":[1,2", "it ends in the middle"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = rows_of(PATHS("x"), cases[i].payload);
        if (!strstr(got, cases[i].error))
            fail_msg("%s: %s", cases[i].payload, got);
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v1),
        cmocka_unit_test(test_v2),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
