/* Fields of a dataset: names, what is refused, and the plan that they make. */
#include "tests/unit/unit.h"

#include "drift/event.h"
#include "drift/schema.h"

static int add(struct drift_schema *s, const char *name, const char *path, enum drift_event_role role,
               enum drift_type type, struct error *err)
{
    const struct drift_schema_field f = {(char *)(uintptr_t)name, (char *)(uintptr_t)path, role, type};
    return drift_schema_add(s, &f, err);
}

static void fields_become_a_plan(void **state)
{
    (void)state;
    struct drift_schema s = {0}, copy;
    struct error err;
    assert_int_equal(add(&s, "age", "features.age", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER, &err), 0);
    assert_int_equal(add(&s, NULL, "region", DRIFT_EVENT_FEATURE, DRIFT_TYPE_CATEGORY, &err), 0);
    assert_int_equal(add(&s, NULL, "region", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY, &err), 0);
    drift_schema_copy(&s, &copy);
    drift_schema_done(&s);
    assert_int_equal(copy.n, 3);
    assert_string_equal(copy.fields[0].name, "age");
    assert_string_equal(copy.fields[1].name, "region");
    struct drift_event_plan *plan;
    assert_int_equal(drift_schema_plan(&copy, &plan, &err), 0);
    struct drift_event *e = drift_event_new(plan);
    static const char text[] = "{\"features\": {\"age\": 41}, \"region\": 3}";
    assert_int_equal(drift_event_read(e, text, sizeof text - 1, &err), 0);
    assert_true(drift_event_get(e, 0)->number == 41);
    assert_int_equal(drift_event_tally(e, 1)->conflicts, 0); /* a number may be a category */
    assert_int_equal(drift_event_get(e, 2)->kind, DRIFT_EVENT_NUMBER);
    drift_event_free(e);
    drift_event_plan_free(plan);
    drift_schema_done(&copy);
}

static void what_is_no_schema_is_refused(void **state)
{
    (void)state;
    struct drift_schema s = {0};
    struct error err;
    assert_int_equal(add(&s, "x", "a..b", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER, &err), ERR_INVALID);
    assert_int_equal(add(&s, "x", "a", DRIFT_EVENT_FEATURE, DRIFT_TYPE_NUMBER, &err), 0);
    assert_int_equal(add(&s, "x", "b", DRIFT_EVENT_LABEL, DRIFT_TYPE_NUMBER, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "x: there are two of this name"));
    assert_int_equal(add(&s, "x", "b", DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY, &err), 0);
    assert_int_equal(add(&s, NULL, "ts", DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER, &err), 0);
    assert_int_equal(add(&s, NULL, "at", DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER, &err), ERR_INVALID);
    assert_int_equal(s.n, 3);
    drift_schema_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_become_a_plan),
        cmocka_unit_test(what_is_no_schema_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
