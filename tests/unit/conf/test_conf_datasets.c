/* Datasets: what their options become, and what is refused. */
#include "tests/unit/unit.h"

#include "conf/options.h"
#include "conf/same.h"
#include "drift/method.h"
#include "tests/unit/conf/files.h"

#define CLUSTER "clusters: {c: {bootstrap: k}}\n"

static void datasets_are_read(void **state)
{
    (void)state;
    struct conf *c =
        files_loaded(CLUSTER "datasets:\n"
                             "  churn:\n"
                             "    topic: t\n"
                             "    features: [{path: a.b, threshold: 0.25}, {path: r, name: region, type: category}]\n"
                             "    cohorts: [r, s]\n"
                             "    window: 10m\n"
                             "    slide: 1m\n"
                             "    sample: 0.5\n"
                             "  told: {report: out.json}\n",
                     (struct conf_args){0});
    assert_int_equal(c->ndatasets, 2);
    const struct conf_dataset *d = c->datasets;
    assert_string_equal(d->name, "churn");
    assert_string_equal(d->cluster, "c");
    assert_int_equal(d->features.n, 2);
    const struct conf_feature *f = d->features.items;
    assert_string_equal(f[0].path, "a.b");
    assert_string_equal(f[0].threshold, "0.25");
    assert_null(f[0].name);
    assert_string_equal(f[0].type, "auto");
    assert_string_equal(f[1].name, "region");
    assert_string_equal(f[1].type, "category");
    assert_string_equal(d->cohorts[1], "s");
    assert_int_equal(d->window_ms, 600000);
    assert_int_equal(d->slide_ms, 60000);
    assert_int_equal(d->window_rows, 0);
    assert_int_equal(d->late_ms, 10000);
    assert_int_equal(d->min_rows, 50);
    assert_string_equal(d->reference, "first");
    assert_non_null(strstr(d[1].report, "/out.json"));
    assert_null(d[1].topic);
    assert_true(conf_same_dataset(&d[0], &d[0]));
    assert_false(conf_same_dataset(&d[0], &d[1]));
    conf_free(c);
}

static void what_makes_no_dataset_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {CLUSTER "datasets: {d: {}}",
         "DIR/icetop.yaml:2:12: datasets.d: neither topic nor report; allowed: one of them"},
        {CLUSTER "datasets: {d: {topic: t, report: r}}",
         "DIR/icetop.yaml:2:34: datasets.d.report: there is a topic already; allowed: one of topic and report"},
        {"datasets: {d: {topic: t}}",
         "DIR/icetop.yaml:1:12: datasets.d: no cluster for the topic; allowed: cluster: NAME, one of clusters"},
        {CLUSTER "datasets: {d: {topic: t, cluster: b}}",
         "DIR/icetop.yaml:2:35: datasets.d.cluster: \"b\" is no cluster; allowed: c"},
        {CLUSTER "datasets: {d: {topic: t, slide: 7s}}",
         "DIR/icetop.yaml:2:33: datasets.d.slide: the window is no whole number, up to 60, of these"},
        {CLUSTER "datasets: {d: {topic: t, window: 2m, slide: 1s}}",
         "DIR/icetop.yaml:2:45: datasets.d.slide: the window is no whole number, up to 60, of these"},
        {CLUSTER "datasets: {d: {topic: t, slide_rows: 50}}",
         "DIR/icetop.yaml:2:38: datasets.d.slide_rows: windows go by time; allowed: with window_rows, or slide"},
        {CLUSTER "datasets: {d: {topic: t, sample: 0}}",
         "DIR/icetop.yaml:2:34: datasets.d.sample: \"0\" is no part; allowed: a number above 0, at most 1"},
        {CLUSTER "datasets: {d: {topic: t, sample: nan}}",
         "DIR/icetop.yaml:2:34: datasets.d.sample: \"nan\" is no part; allowed: a number above 0, at most 1"},
        {CLUSTER "datasets: {d: {topic: t, features: [{path: a}, {path: b, threshold: -1}]}}",
         "DIR/icetop.yaml:2:69: datasets.d.features[1].threshold: no threshold; allowed: a number above 0"},
        {CLUSTER "datasets: {d: {topic: t, method: psi-moving}}",
         "DIR/icetop.yaml:2:34: datasets.d.method: psi-moving is of files alone; allowed: with icetop drift --method"},
        {CLUSTER "datasets: {d: {topic: t, features: {path: a, method: mmd}}}",
         "DIR/icetop.yaml:2:54: datasets.d.features[0].method: \"mmd\" is not known; allowed: psi, ks, ks-p, "
         "wasserstein, js, hellinger, tv, linf, chi2-p, cramer, z-p, chi2-fit-p, js2, psi-moving, evidently"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        files_error(cases[i].text, (struct conf_args){0}, cases[i].error);
}

static const struct conf_option *option(const struct conf_section *s, const char *name)
{
    size_t at;
    const struct conf_option *o = conf_options_find(s, name, &at);
    assert_non_null(o);
    return o;
}

/* What the file may name are the methods that there are. */
static void methods_are_those_of_drift(void **state)
{
    (void)state;
    const struct conf_section *feature = option(&conf_options[CONF_DATASETS], "features")->item;
    const char *const *names = option(feature, "method")->choices;
    for (size_t i = 0; i < DRIFT_METHODS; i++)
        assert_string_equal(names[i], drift_methods[i].name);
    assert_string_equal(names[DRIFT_METHODS], DRIFT_METHOD_DEFAULT);
    assert_null(names[DRIFT_METHODS + 1]);
    assert_ptr_equal(option(&conf_options[CONF_DATASETS], "method")->choices, names);
    const char *const *types = option(feature, "type")->choices;
    assert_string_equal(types[1], drift_type_names[DRIFT_TYPE_NUMBER]);
    assert_string_equal(types[2], drift_type_names[DRIFT_TYPE_CATEGORY]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datasets_are_read),
        cmocka_unit_test(what_makes_no_dataset_is_refused),
        cmocka_unit_test(methods_are_those_of_drift),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
