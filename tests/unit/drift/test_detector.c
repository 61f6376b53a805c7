/* Answers of drift detectors: two that alibi-detect gave, and tensors of model servers. */
#include "../unit.h"

#include "answers.h"

static void predictions(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_read("alibi-0.12.0-batch.json");
    json_t *said = answers_expected("alibi-0.12.0-batch.json"), *data = json_object_get(said, "data");
    assert_int_equal(v->tool, DRIFT_VERDICT_ALIBI);
    assert_string_equal(v->version, "0.12.0");
    assert_int_equal(v->verdicts.n, 4);
    const struct drift_verdict *whole = answers_verdict(v, NULL, "KSDrift");
    assert_int_equal(whole->drifted, DRIFT_VERDICT_DRIFTED);
    assert_false(whole->value.known);
    answers_number(whole->threshold, json_object_get(data, "threshold"), 0, "threshold");
    static const char *const names[] = {"0", "1", "2"};
    for (size_t i = 0; i < 3; i++) {
        const struct drift_verdict *one = answers_verdict(v, names[i], "KSDrift");
        answers_number(one->value, json_array_get(json_object_get(data, "p_val"), i), 0, names[i]);
        answers_number(one->distance, json_array_get(json_object_get(data, "distance"), i), 0, names[i]);
        assert_int_equal(one->direction, DRIFT_VERDICT_SMALLER);
        assert_int_equal(one->drifted, DRIFT_VERDICT_UNSAID);
    }
    drift_verdict_free(v);
    json_decref(said);
}

static void predictions_by_feature(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_read("alibi-0.12.0-feature.json");
    assert_int_equal(v->verdicts.n, 3);
    assert_int_equal(answers_verdict(v, "0", NULL)->drifted, DRIFT_VERDICT_DRIFTED); /* age */
    assert_int_equal(answers_verdict(v, "1", NULL)->drifted, DRIFT_VERDICT_STABLE);  /* income */
    assert_int_equal(answers_verdict(v, "2", NULL)->drifted, DRIFT_VERDICT_DRIFTED); /* shifted */
    assert_true(answers_verdict(v, "2", NULL)->threshold.v == 0.05);
    drift_verdict_free(v);
}

/* A detector of all features at once: numbers, no lists. */
static void one_number(void **state)
{
    (void)state;
    struct drift_verdicts *v =
        answers_of("{\"data\":{\"is_drift\":0,\"distance\":0.25,\"threshold\":0.5},\"meta\":{}}");
    const struct drift_verdict *whole = answers_verdict(v, NULL, NULL);
    assert_int_equal(v->verdicts.n, 1);
    assert_null(whole->method);
    assert_true(whole->value.v == 0.25 && whole->threshold.v == 0.5 && !whole->distance.known);
    assert_int_equal(whole->direction, DRIFT_VERDICT_LARGER);
    assert_int_equal(whole->drifted, DRIFT_VERDICT_STABLE);
    drift_verdict_free(v);
}

/* As Seldon Core 2 writes them on a model's topic of outputs. */
static void tensors_on_a_topic(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_of(
        "{\"modelName\":\"income-drift_1\",\"modelVersion\":\"1\",\"outputs\":[{\"name\":\"is_drift\",\"datatype\":"
        "\"INT64\",\"shape\":[\"1\",\"1\"],\"parameters\":{},\"contents\":{\"int64Contents\":[\"1\"]}}]}");
    assert_int_equal(v->tool, DRIFT_VERDICT_SELDON);
    assert_string_equal(v->dataset, "income-drift_1");
    assert_string_equal(v->version, "1");
    assert_int_equal(v->verdicts.n, 1);
    const struct drift_verdict *whole = answers_verdict(v, NULL, NULL);
    assert_int_equal(whole->drifted, DRIFT_VERDICT_DRIFTED);
    assert_int_equal(whole->direction, DRIFT_VERDICT_NO_DIRECTION);
    assert_false(whole->value.known || whole->threshold.known);
    drift_verdict_free(v);
}

static void tensors_over_http(void **state)
{
    (void)state;
    struct drift_verdicts *v =
        answers_of("{\"model_name\":\"m\",\"outputs\":[{\"name\":\"other\",\"data\":[7]},{\"name\":\"is_drift\","
                   "\"shape\":[1],\"datatype\":"
                   "\"INT64\",\"data\":[0]},{\"name\":\"p_val\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[[0.5,"
                   "NaN]]},{\"name\":"
                   "\"distance\",\"data\":[0.1,0.2]},{\"name\":\"threshold\",\"data\":[0.025]}]}");
    assert_int_equal(v->verdicts.n, 3);
    assert_int_equal(answers_verdict(v, NULL, NULL)->drifted, DRIFT_VERDICT_STABLE);
    const struct drift_verdict *one = answers_verdict(v, "1", NULL);
    assert_true(one->value.known && one->value.v != one->value.v && one->distance.v == 0.2 &&
                one->threshold.v == 0.025);
    drift_verdict_free(v);
}

static void refused(void **state)
{
    (void)state;
    answers_refused("{\"data\":{\"is_outlier\":1},\"meta\":{}}", ERR_INVALID, "no tool");
    answers_refused("{\"data\":{\"is_drift\":\"yes\"},\"meta\":{}}", ERR_INVALID, "is_drift");
    answers_refused("{\"data\":{\"is_drift\":[]},\"meta\":{}}", ERR_INVALID, "is_drift holds no number");
    answers_refused("{\"data\":{\"is_drift\":[1,0],\"p_val\":[1,2,3]}}", ERR_INVALID, "2 numbers, and 3 features");
    answers_refused("{\"outputs\":[{\"name\":\"is_drift\",\"shape\":[1]}],\"rawOutputContents\":[\"AA==\"]}",
                    ERR_UNAVAILABLE, "raw bytes");
    answers_refused("{\"outputs\":{\"name\":\"is_drift\"}}", ERR_INVALID, "no tool");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(predictions),        cmocka_unit_test(predictions_by_feature), cmocka_unit_test(one_number),
        cmocka_unit_test(tensors_on_a_topic), cmocka_unit_test(tensors_over_http),      cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
