/* Levels of cohorts beside the reference's: one row, a null level, a lost class, a level that drifts alone. */
#include "tests/unit/unit.h"

#include "drift/cohorts_judge.h"
#include "drift/json.h"

static const struct drift_score_settings defaults;

static struct drift_reference *reference(void)
{
    static const char text[] =
        "{\"icetop_drift_reference\": 1, \"features\": [{\"name\": \"region\", \"categories\":"
        "{\"eu\": 600, \"us\": 300, \"apac\": 96, \"mars\": 4}}], \"classes\": [\"no\", \"yes\"],"
        "\"cohorts\": [{\"key\": \"region\", \"levels\": ["
        "{\"level\": \"eu\", \"rows\": 600, \"classes\": [500, 100],"
        " \"profiles\": [{\"categories\": {\"x\": 300, \"y\": 300}}]},"
        "{\"level\": \"us\", \"rows\": 300, \"classes\": [200, 100]},"
        "{\"level\": \"apac\", \"rows\": 100, \"classes\": [90, 10]}]}]}";
    struct drift_reference *r = NULL;
    struct error err = {0};
    if (drift_reference_read(text, sizeof text - 1, &r, &err))
        fail_msg("%s", err.text);
    return r;
}

static struct drift_cohort *level(struct drift_cohorts *c, const char *name, uint64_t no, uint64_t yes)
{
    struct drift_cohort *l = drift_cohorts_level(c, 0, name, name ? strlen(name) : 0);
    l->rows = no + yes;
    l->classes[drift_cohorts_class(c, "yes", 3)] = yes;
    l->classes[drift_cohorts_class(c, "no", 2)] = no;
    return l;
}

static struct drift_cohorts *cohorts(void)
{
    static const char *const keys[] = {"region"};
    return drift_cohorts_new(keys, 1);
}

static const struct drift_cohorts_judge_level *find(const struct drift_cohorts_judge *j, const char *name)
{
    for (size_t i = 0; i < j->keys[0].n; i++) {
        const struct drift_cohorts_judge_level *l = &j->keys[0].levels[i];
        const struct drift_cohort *c = l->current ? l->current : l->reference;
        if (name && c->level ? strcmp(name, c->level) == 0 : !name && !c->level)
            return l;
    }
    fail_msg("no level %s", name ? name : "null");
    return NULL;
}

static struct drift_cohorts_judge *judge(const struct drift_cohorts *c, const struct drift_reference *r)
{
    const struct drift_cohorts_judge_feature whole = {.reference = &r->features[0]};
    return drift_cohorts_judge(c, r, &whole, 1, &defaults);
}

static void a_window_like_the_reference_says_nothing(void **state)
{
    (void)state;
    struct drift_reference *r = reference();
    struct drift_cohorts *c = cohorts();
    level(c, "us", 190, 110);
    level(c, "eu", 510, 90);
    level(c, "apac", 92, 8);
    struct drift_cohorts_judge *j = judge(c, r);
    assert_int_equal(j->mark, DRIFT_MARK_OK);
    assert_int_equal(j->keys[0].n, 3);
    assert_float_equal(find(j, "eu")->share, 0.6, 1e-12);
    assert_float_equal(find(j, "eu")->share_reference, 0.6, 1e-12);
    assert_string_equal(find(j, "us")->letters, "?");
    drift_cohorts_judge_free(j);
    drift_cohorts_free(c);
    drift_reference_unref(r);
}

static void small_new_and_lost_ones_are_named(void **state)
{
    (void)state;
    struct drift_reference *r = reference();
    struct drift_cohorts *c = cohorts();
    level(c, "us", 0, 300); /* lost "no" */
    level(c, "eu", 590, 110);
    level(c, NULL, 1, 0);   /* one row without a region */
    level(c, "moon", 5, 4); /* new */
    struct drift_cohorts_judge *j = judge(c, r);
    assert_int_equal(find(j, "us")->mark, DRIFT_MARK_LOST);
    assert_int_equal(find(j, "us")->lost, 1);
    assert_int_equal(find(j, NULL)->mark, DRIFT_MARK_ONE);
    assert_int_equal(find(j, "moon")->mark, DRIFT_MARK_UNSEEN);
    assert_int_equal(find(j, "apac")->mark, DRIFT_MARK_VANISHED);
    assert_int_equal(find(j, "apac")->rows, 0);
    assert_int_equal(find(j, "eu")->mark, DRIFT_MARK_OK);
    drift_cohorts_judge_free(j);
    /* In a small window none of it is news but the row without a region. */
    struct drift_cohorts *few = cohorts();
    level(few, "us", 5, 0);
    level(few, "eu", 9, 1);
    level(few, NULL, 1, 0);
    j = judge(few, r);
    assert_int_equal(find(j, "us")->mark, DRIFT_MARK_OK);
    assert_int_equal(find(j, "apac")->mark, DRIFT_MARK_OK);
    assert_int_equal(find(j, NULL)->mark, DRIFT_MARK_ONE);
    assert_int_equal(j->mark, DRIFT_MARK_ONE);
    drift_cohorts_judge_free(j);
    drift_cohorts_free(few);
    drift_cohorts_free(c);
    drift_reference_unref(r);
}

static void a_level_drifts_alone(void **state)
{
    (void)state;
    struct drift_reference *r = reference();
    struct drift_cohorts *c = cohorts();
    struct drift_cohort *eu = level(c, "eu", 500, 100);
    c->nprofiles = 1;
    eu->profiles = calloc(1, sizeof(struct drift_profile *));
    eu->profiles[0] = drift_profile_new(DRIFT_TYPE_CATEGORY, NULL);
    drift_frequent_add(eu->profiles[0]->items, "x", 1, 550);
    drift_frequent_add(eu->profiles[0]->items, "y", 1, 50);
    eu->profiles[0]->rows = 600;
    struct drift_cohorts_judge_feature whole = {.reference = &r->features[0]};
    struct drift_cohorts_judge *j = drift_cohorts_judge(c, r, &whole, 1, &defaults);
    assert_int_equal(find(j, "eu")->mark, DRIFT_MARK_DRIFT);
    assert_string_equal(find(j, "eu")->letters, "D");
    assert_int_equal(find(j, "eu")->worst, 0);
    assert_true(find(j, "eu")->worst_excess > 2);
    drift_cohorts_judge_free(j);
    whole.mark = DRIFT_MARK_DRIFT; /* then it is no news of the level */
    j = drift_cohorts_judge(c, r, &whole, 1, &defaults);
    assert_int_equal(find(j, "eu")->mark, DRIFT_MARK_OK);
    assert_string_equal(find(j, "eu")->letters, "D");
    drift_cohorts_judge_free(j);
    j = drift_cohorts_judge(c, NULL, NULL, 0, &defaults);
    assert_int_equal(find(j, "eu")->mark, DRIFT_MARK_NO_REFERENCE);
    drift_cohorts_judge_free(j);
    drift_cohorts_free(c);
    drift_reference_unref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_like_the_reference_says_nothing),
        cmocka_unit_test(small_new_and_lost_ones_are_named),
        cmocka_unit_test(a_level_drifts_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
