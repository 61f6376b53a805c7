/* What drift tools tell in gauges: rows under their own names, and what goes when the gauges go. */
#include "tests/unit/unit.h"

#include "derive/gauges.h"
#include "drift/tables.h"
#include "tests/unit/derive/rows.h"

static struct store *store;
static struct derive_gauges *gauges;

static int begin(void **state)
{
    (void)state;
    store = rows_store();
    for (size_t i = 0; drift_tables[i]; i++)
        if (!store_find(store, drift_tables[i]->name))
            store_add(store, drift_tables[i], NULL, NULL, NULL);
    gauges = derive_gauges_new(store);
    return 0;
}

static int end(void **state)
{
    (void)state;
    derive_gauges_free(gauges);
    store_free(store);
    return 0;
}

static void metric(const char *name, const char *labels, const char *value)
{
    char key[512];
    snprintf(key, sizeof key, "ml h:8085 %s %s", name, labels);
    rows_set(store, "metrics", key, "value", value);
}

static void no_metric(const char *name, const char *labels)
{
    char key[512];
    snprintf(key, sizeof key, "ml h:8085 %s %s", name, labels);
    table_remove(store_find(store, "metrics"), rows_row(store, "metrics", key, NULL));
}

static size_t rows_in(const char *table)
{
    return table_nrows(store_find(store, table));
}

static void test_evidently(void **state)
{
    (void)state;
    metric("evidently:data_drift:p_value", "dataset_name=\"bike\",feature=\"temp\",feature_type=\"num\"", "0.25");
    metric("evidently:data_drift:p_value", "dataset_name=\"bike\",feature=\"season\",feature_type=\"cat\"", "0.5");
    metric("evidently:data_drift:p_value", "dataset_name=\"taxi\",feature=\"temp\",feature_type=\"num\"", "0.75");
    metric("evidently:data_drift:dataset_drift", "dataset_name=\"bike\"", "1");
    metric("evidently:data_drift:dataset_drift", "dataset_name=\"taxi\"", "0");
    metric("evidently:data_drift:n_drifted_features", "dataset_name=\"bike\"", "7");
    metric("evidently:data_drift:share_drifted_features", "dataset_name=\"bike\"", "0.7");
    metric("evidently:reference_dataset_hash", "hash=\"x\"", "1");
    store_commit(store);
    assert_int_equal(rows_in("datasets"), 2);
    assert_int_equal(rows_in("features"), 3);
    rows_check(store, "datasets", "ml/h:8085/bike", "kind", "evidently");
    rows_check(store, "datasets", "ml/h:8085/bike", "state", "DRIFT");
    rows_check(store, "datasets", "ml/h:8085/bike", "drifted", "7");
    rows_check(store, "datasets", "ml/h:8085/bike", "share", "0.7");
    rows_check(store, "datasets", "ml/h:8085/bike", "features", "-");
    rows_check(store, "datasets", "ml/h:8085/bike", "topic", "h:8085");
    rows_check(store, "datasets", "ml/h:8085/taxi", "state", "OK");
    rows_check(store, "features", "ml/h:8085/bike temp", "score", "0.2");
    rows_check(store, "features", "ml/h:8085/bike temp", "method", "p_value");
    rows_check(store, "features", "ml/h:8085/bike temp", "type", "number");
    rows_check(store, "features", "ml/h:8085/bike temp", "state", "-"); /* it does not say */
    rows_check(store, "features", "ml/h:8085/bike season", "type", "category");
    rows_check(store, "features", "ml/h:8085/taxi temp", "p", "0.8");
    metric("evidently:data_drift:p_value", "dataset_name=\"bike\",feature=\"temp\",feature_type=\"num\"", "0");
    no_metric("evidently:data_drift:p_value", "dataset_name=\"bike\",feature=\"season\",feature_type=\"cat\"");
    no_metric("evidently:data_drift:p_value", "dataset_name=\"taxi\",feature=\"temp\",feature_type=\"num\"");
    no_metric("evidently:data_drift:dataset_drift", "dataset_name=\"taxi\"");
    store_commit(store);
    assert_int_equal(rows_in("datasets"), 1);
    assert_int_equal(rows_in("features"), 1);
    rows_check(store, "features", "ml/h:8085/bike temp", "score", "0.0");
}

/* Of numbers with an index: one alone is the dataset's, several are the features'. */
static void test_seldon(void **state)
{
    (void)state;
    metric("seldon_metric_drift_is_drift", "index=\"0\",model_name=\"income\",namespace=\"prod\"", "1");
    metric("seldon_metric_drift_threshold", "index=\"0\",model_name=\"income\",namespace=\"prod\"", "0.5");
    metric("seldon_metric_drift_p_val", "index=\"0\",model_name=\"income\",namespace=\"prod\"", "0.25");
    store_commit(store);
    assert_int_equal(rows_in("features"), 0);
    rows_check(store, "datasets", "ml/h:8085/income{namespace=\"prod\"}", "state", "DRIFT");
    rows_check(store, "datasets", "ml/h:8085/income{namespace=\"prod\"}", "kind", "seldon");
    rows_check(store, "datasets", "ml/h:8085/income{namespace=\"prod\"}", "note", "gauges; p_val 0.25; line 0.5");
    metric("seldon_metric_drift_p_val", "index=\"1\",model_name=\"income\",namespace=\"prod\"", "0.75");
    metric("seldon_metric_drift_distance", "index=\"0\",model_name=\"income\",namespace=\"prod\"", "3");
    metric("seldon_metric_drift_distance", "index=\"1\",model_name=\"income\",namespace=\"prod\"", "4");
    store_commit(store);
    assert_int_equal(rows_in("features"), 2);
    rows_check(store, "features", "ml/h:8085/income{namespace=\"prod\"} 1", "score", "0.8");
    rows_check(store, "features", "ml/h:8085/income{namespace=\"prod\"} 1", "line", "0.5");
    rows_check(store, "features", "ml/h:8085/income{namespace=\"prod\"} 1", "note", "distance 4");
    rows_check(store, "features", "ml/h:8085/income{namespace=\"prod\"} 1", "method", "p_val");
    rows_check(store, "datasets", "ml/h:8085/income{namespace=\"prod\"}", "state", "DRIFT");
}

static void test_driftwatch(void **state)
{
    (void)state;
    metric("driftwatch_feature_drift_score", "feature=\"age\",metric=\"psi\"", "0.5");
    metric("driftwatch_feature_drift_score", "feature=\"age\",metric=\"ks\"", "0.25");
    metric("driftwatch_dataset_drift", "", "0");
    store_commit(store);
    rows_check(store, "datasets", "ml/h:8085", "state", "OK");
    rows_check(store, "features", "ml/h:8085 age", "method", "ks");
    assert_int_equal(rows_in("features"), 2); /* the other one is "age: psi" */
    store_drop(store, store_find(store, "metrics"));
    store_commit(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_evidently, begin, end),
        cmocka_unit_test_setup_teardown(test_seldon, begin, end),
        cmocka_unit_test_setup_teardown(test_driftwatch, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
