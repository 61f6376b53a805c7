/* A whylogs profile, recorded, against what whylogs says of it; and broken ones. */
#include "../unit.h"

#include "answers.h"
#include "drift/foreign.h"

#include <math.h>

static const char *const profile = "whylogs-1.6.4.bin";

static void check_number(struct drift_verdict_number got, const json_t *summary, const char *key, double rel)
{
    answers_number(got, json_object_get(summary, key), rel, key);
}

static void check_counts(const struct drift_verdict_column *c, const json_t *summary)
{
    check_number(c->n, summary, "counts/n", 0);
    check_number(c->nulls, summary, "counts/null", 0);
    check_number(c->nans, summary, "counts/nan", 0);
    check_number(c->infinities, summary, "counts/inf", 0);
    check_number(c->trues, summary, "counts/true", 0);
    for (size_t i = 0; i < DRIFT_VERDICT_TYPES; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "types/%s", drift_verdict_types[i]);
        check_number(c->types[i], summary, key, 0);
    }
}

/* whylogs calls the mean, the deviation and NaN as the extremes of no values what is not known here. */
static void check_distribution(const struct drift_verdict_column *c, const json_t *summary)
{
    static const char *const ranks[] = {"q_01", "q_05", "q_10", "q_25", "median", "q_75", "q_90", "q_95", "q_99"};
    check_number(c->numbers, summary, "distribution/n", 0);
    if (!c->numbers.known || c->numbers.v == 0) {
        assert_false(c->mean.known || c->deviation.known || c->min.known || c->max.known || c->quantiles[4].known);
        return;
    }
    bool exact = c->numbers.v <= 1024; /* the sketches' k: else whylogs' own build gives the next value that it holds */
    check_number(c->mean, summary, "distribution/mean", 0);
    check_number(c->deviation, summary, "distribution/stddev", 1e-15);
    check_number(c->min, summary, "distribution/min", 0);
    check_number(c->max, summary, "distribution/max", 0);
    for (size_t i = 0; i < DRIFT_VERDICT_QUANTILES; i++) {
        char key[32];
        (void)snprintf(key, sizeof key, "distribution/%s", ranks[i]);
        check_number(c->quantiles[i], summary, key, exact ? 0 : 0.04);
    }
}

static void check_distinct(const struct drift_verdict_column *c, const json_t *summary)
{
    check_number(c->distinct, summary, "cardinality/est", 1e-9);
    check_number(c->distinct_lower, summary, "cardinality/lower_1", 0.005);
    check_number(c->distinct_upper, summary, "cardinality/upper_1", 0.005);
}

static void check_items(const struct drift_verdict_column *c, const json_t *summary)
{
    json_t *items = json_object_get(summary, "frequent_items/frequent_strings"), *item;
    size_t i, k;
    json_array_foreach(items, i, item)
    {
        const char *text = json_string_value(json_array_get(item, 0));
        for (k = 0; k < c->nitems && strcmp(c->items[k].text, text) != 0; k++)
            ;
        assert_true(k < c->nitems);
        assert_int_equal(c->items[k].estimate, json_integer_value(json_array_get(item, 1)));
        assert_int_equal(c->items[k].upper, json_integer_value(json_array_get(item, 2)));
        assert_int_equal(c->items[k].lower, json_integer_value(json_array_get(item, 3)));
    }
    for (k = 1; k < c->nitems; k++)
        assert_true(c->items[k - 1].estimate >= c->items[k].estimate);
}

static void recorded(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_read(profile);
    json_t *expected = answers_expected("whylogs-1.6.4.expected.json"), *summary;
    assert_int_equal(v->tool, DRIFT_VERDICT_WHYLOGS);
    assert_int_equal(v->time_ms, json_integer_value(json_object_get(expected, "time_ms")));
    assert_int_equal(v->bad, 0);
    assert_int_equal(v->verdicts.n, 0);
    assert_null(v->dataset);
    const char *name;
    assert_int_equal(v->columns.n, json_object_size(json_object_get(expected, "columns")));
    json_object_foreach(json_object_get(expected, "columns"), name, summary)
    {
        const struct drift_verdict_column *c = answers_column(v, name);
        if (c->note)
            fail_msg("%s: %s", name, c->note);
        check_counts(c, summary);
        check_distribution(c, summary);
        check_distinct(c, summary);
        check_items(c, summary);
    }
    for (size_t i = 1; i < v->columns.n; i++)
        assert_true(strcmp(v->columns.items[i - 1].feature, v->columns.items[i].feature) < 0);
    drift_verdict_free(v);
    json_decref(expected);
}

static void segment(void **state)
{
    (void)state;
    struct drift_verdicts *v = answers_read("whylogs-1.6.4-segment.bin");
    assert_string_equal(v->dataset, "region=moon");
    assert_true(answers_column(v, "age")->n.v == 60);
    drift_verdict_free(v);
}

/* Every cut and every changed byte is an error or a whole answer, and costs no memory that stays. (Behind the columns of a segment
 * whylogs leaves some bytes that are nothing.) */
static void cut_and_changed(void **state)
{
    (void)state;
    size_t len, whole = 0;
    char *bytes = answers_bytes("whylogs-1.6.4-segment.bin", &len);
    struct drift_verdicts *v;
    struct error err;
    for (size_t n = 0; n < len; n++) {
        char *part = mem_memdup(bytes, n); /* of its own, so that reading behind it is seen */
        int rc = drift_foreign_read("it", part, n, &v, &err);
        if (n + 64 < len || rc != 0)
            assert_int_equal(rc, ERR_INVALID);
        else
            drift_verdict_free(v);
        free(part);
    }
    for (size_t i = 0; i < len; i++) {
        bytes[i] ^= 0x55;
        if (drift_foreign_read("it", bytes, len, &v, &err) == 0) {
            drift_verdict_free(v);
            whole++;
        }
        bytes[i] ^= 0x55;
    }
    assert_true(whole > 0); /* a byte of a value */
    free(bytes);
}

static void refused(void **state)
{
    (void)state;
    answers_refused("WHY2\1", ERR_UNAVAILABLE, "WHY2");
    answers_refused("WHY1", ERR_INVALID, "byte 4");
    answers_refused("WHY1\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", ERR_INVALID, "length");
    answers_refused("WHY1\x7f", ERR_INVALID, "longer");
    answers_refused("WHY1\1\xff", ERR_INVALID, "broken");
    static const char two[] = "WHY1\x06\x08\x01\"\0\"\0\2";
    struct drift_verdicts *v;
    struct error err;
    assert_int_equal(drift_foreign_read("it", two, sizeof two - 1, &v, &err), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "2 segments"));
}

/* Two bytes each that want fifty of memory: a message that is not worth it is refused, not unpacked. */
static void greedy(void **state)
{
    (void)state;
    size_t n = 3 * 1000 * 1000, at = 0;
    char *bytes = mem_alloc(n + 16);
    memcpy(bytes, "WHY1\0", 5);
    for (at = 5, n &= ~(size_t)1; at < 9; at++) /* its length in four bytes */
        bytes[at] = (char)(((n >> (7 * (at - 5))) & 0x7f) | (at < 8 ? 0x80 : 0));
    for (size_t i = 0; i < n; i += 2) {
        bytes[at + i] = 0x12;
        bytes[at + i + 1] = 0;
    }
    struct drift_verdicts *v;
    struct error err = {0};
    assert_int_equal(drift_foreign_read("it", bytes, at + n, &v, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "memory"));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded), cmocka_unit_test(segment), cmocka_unit_test(cut_and_changed),
        cmocka_unit_test(refused),  cmocka_unit_test(greedy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
