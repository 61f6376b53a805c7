/* Tests of the table of methods, and of which one is taken. */
#include "drift/method.h"

#include "tests/unit/unit.h"

#include <ctype.h>

/* Each has all that help, man page and validation are made of, under a name of its own. */
static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < DRIFT_METHODS; i++) {
        const struct drift_method *m = &drift_methods[i];
        assert_int_equal(m->id, i);
        assert_true(m->name && m->display && m->help && (m->numbers || m->categories));
        assert_true(m->threshold > 0 && m->threshold < 1);
        assert_true(islower((unsigned char)m->name[0]) && !strchr(m->name, ' '));
        assert_ptr_equal(drift_method_find(m->name), m);
        size_t len = strlen(m->name);
        assert_int_equal(m->small, len > 2 && strcmp(m->name + len - 2, "-p") == 0);
    }
    assert_null(drift_method_find("psI"));
    assert_null(drift_method_find(""));
}

static void by_default(void **state)
{
    (void)state;
    static const struct {
        enum drift_type type;
        uint64_t rows, distinct;
        enum drift_method_id id;
        double threshold;
    } rules[] = {
        {DRIFT_TYPE_NUMBER, 1000, 6, DRIFT_METHOD_KS_P, 0.05},
        {DRIFT_TYPE_NUMBER, 1001, 6, DRIFT_METHOD_WASSERSTEIN_NORMED, 0.1},
        {DRIFT_TYPE_NUMBER, 1000, 5, DRIFT_METHOD_CHI_SQUARE_P, 0.05},
        {DRIFT_TYPE_NUMBER, 1000, 3, DRIFT_METHOD_CHI_SQUARE_P, 0.05},
        {DRIFT_TYPE_NUMBER, 1001, 5, DRIFT_METHOD_JS, 0.1},
        {DRIFT_TYPE_NUMBER, 1000, 2, DRIFT_METHOD_Z_P, 0.05},
        {DRIFT_TYPE_NUMBER, 0, 0, DRIFT_METHOD_Z_P, 0.05},
        {DRIFT_TYPE_NUMBER, 1001, 2, DRIFT_METHOD_JS, 0.1},
        {DRIFT_TYPE_CATEGORY, 1000, 100, DRIFT_METHOD_CHI_SQUARE_P, 0.05},
        {DRIFT_TYPE_CATEGORY, 1000, 3, DRIFT_METHOD_CHI_SQUARE_P, 0.05},
        {DRIFT_TYPE_CATEGORY, 1001, 100, DRIFT_METHOD_JS, 0.1},
        {DRIFT_TYPE_CATEGORY, 1000, 1, DRIFT_METHOD_Z_P, 0.05},
        {DRIFT_TYPE_CATEGORY, 1001, 2, DRIFT_METHOD_JS, 0.1},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct drift_method *m = drift_method_default(rules[i].type, rules[i].rows, rules[i].distinct);
        assert_int_equal(m->id, rules[i].id);
        assert_true(m->threshold == rules[i].threshold);
        assert_true(rules[i].type == DRIFT_TYPE_NUMBER ? m->numbers : m->categories);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(by_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
