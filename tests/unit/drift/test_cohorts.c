/* Levels of keys, classes of the label, merged in any order. */
#include "tests/unit/unit.h"

#include "base/error.h"
#include "base/mem.h"
#include "drift/cohorts.h"
#include "random.h"

struct bed {
    struct drift_schema schema;
    struct drift_event_plan *plan;
    struct drift_event *event;
    struct drift_layout layout;
};

static void bed_init(struct bed *b, enum drift_type label)
{
    static char churned[] = "churned", age[] = "age", region[] = "region", device[] = "device";
    const struct drift_schema_field fields[] = {
        {.path = churned, .role = DRIFT_EVENT_LABEL, .type = label},
        {.path = age, .role = DRIFT_EVENT_FEATURE, .type = DRIFT_TYPE_NUMBER},
        {.path = region, .role = DRIFT_EVENT_COHORT},
        {.path = device, .role = DRIFT_EVENT_COHORT},
    };
    *b = (struct bed){0};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        assert_int_equal(drift_schema_add(&b->schema, &fields[i], NULL), 0);
    assert_int_equal(drift_schema_plan(&b->schema, &b->plan, NULL), 0);
    b->event = drift_event_new(b->plan);
    drift_layout_init(&b->layout, &b->schema);
    b->layout.levels = 2;
}

static void bed_done(struct bed *b)
{
    drift_layout_done(&b->layout);
    drift_event_free(b->event);
    drift_event_plan_free(b->plan);
    drift_schema_done(&b->schema);
}

static void add(struct bed *b, struct drift_cohorts *c, const char *json)
{
    struct error err;
    assert_int_equal(drift_event_read(b->event, json, strlen(json), &err), 0);
    drift_cohorts_add(c, &b->layout, b->event);
}

static const struct drift_cohort *find(const struct drift_cohorts *c, size_t key, const char *level)
{
    return drift_cohorts_find(&c->keys[key], level, level ? strlen(level) : 0);
}

static void levels_have_rows_and_classes(void **state)
{
    struct bed b;
    (void)state;
    bed_init(&b, DRIFT_TYPE_CATEGORY);
    struct drift_cohorts *c = drift_cohorts_of(&b.layout);
    add(&b, c, "{\"region\": \"eu\", \"device\": 1, \"churned\": \"no\", \"age\": 30}");
    add(&b, c, "{\"region\": \"eu\", \"device\": \"1\", \"churned\": \"yes\", \"age\": 40}");
    add(&b, c, "{\"region\": null, \"device\": [], \"churned\": \"no\"}");
    add(&b, c, "{\"region\": \"null\", \"churned\": null}");
    add(&b, c, "{\"region\": \"us\"}");
    assert_int_equal(c->nkeys, 2);
    assert_string_equal(c->keys[0].name, "region");
    assert_int_equal(c->keys[0].n, 4);
    assert_int_equal(find(c, 0, "eu")->rows, 2);
    assert_int_equal(find(c, 0, NULL)->rows, 1);
    assert_int_equal(find(c, 0, "null")->rows, 1); /* a text is not the null */
    assert_null(find(c, 0, NULL)->level);
    assert_null(find(c, 0, "apac"));
    assert_int_equal(find(c, 1, "1")->rows, 2);
    assert_int_equal(find(c, 1, NULL)->rows, 3); /* a list and two that are missing */
    assert_int_equal(c->nclasses, 2);
    assert_string_equal(c->classes[0], "no");
    assert_int_equal(find(c, 0, "eu")->classes[0], 1);
    assert_int_equal(find(c, 0, "eu")->classes[1], 1);
    assert_int_equal(find(c, 0, "null")->classes[0] + find(c, 0, "null")->classes[1], 0);
    drift_cohorts_settle(c);
    assert_non_null(find(c, 0, NULL)->profiles); /* the second that came */
    assert_null(find(c, 0, "us")->profiles);
    assert_int_equal(find(c, 0, "eu")->profiles[1]->moments.count, 2);
    assert_true(find(c, 0, "eu")->profiles[1]->moments.mean == 35);
    drift_cohorts_free(c);
    bed_done(&b);
}

static void more_levels_than_are_held_are_counted_together(void **state)
{
    struct bed b;
    char json[100];
    (void)state;
    bed_init(&b, DRIFT_TYPE_CATEGORY);
    struct drift_cohorts *c = drift_cohorts_of(&b.layout);
    for (int i = 0; i < 1000; i++) {
        snprintf(json, sizeof json, "{\"region\": \"r%d\", \"churned\": \"c%d\"}", i, i % 40);
        add(&b, c, json);
    }
    assert_int_equal(c->keys[0].n, DRIFT_COHORTS_LEVELS);
    assert_int_equal(c->keys[0].others, 1000 - DRIFT_COHORTS_LEVELS);
    assert_int_equal(c->nclasses, DRIFT_COHORTS_CLASSES);
    assert_int_equal(find(c, 0, "r3")->classes[3], 1);
    assert_true(drift_cohorts_bytes(c) < 1000000);
    drift_cohorts_free(c);
    bed_done(&b);
}

static void a_number_with_many_values_has_no_classes(void **state)
{
    struct bed b;
    char json[100];
    (void)state;
    bed_init(&b, DRIFT_TYPE_NUMBER);
    struct drift_cohorts *c = drift_cohorts_of(&b.layout), *merged = drift_cohorts_of(&b.layout);
    for (int i = 0; i < DRIFT_COHORTS_CLASSES; i++) {
        snprintf(json, sizeof json, "{\"region\": \"eu\", \"churned\": %d.5}", i);
        add(&b, c, json);
        add(&b, merged, json);
    }
    assert_int_equal(find(c, 0, "eu")->classes[7], 1);
    add(&b, c, "{\"region\": \"eu\", \"churned\": 99}");
    assert_true(c->classless);
    assert_int_equal(c->nclasses, 0);
    assert_int_equal(find(c, 0, "eu")->classes[7], 0);
    drift_cohorts_settle(c);
    drift_cohorts_settle(merged);
    drift_cohorts_merge(merged, &b.layout, c);
    assert_true(merged->classless);
    assert_int_equal(find(merged, 0, "eu")->classes[7], 0);
    assert_int_equal(find(merged, 0, "eu")->rows, 2 * DRIFT_COHORTS_CLASSES + 1);
    drift_cohorts_free(c);
    drift_cohorts_free(merged);
    bed_done(&b);
}

/* Classes by their names, since each may have them in another order. */
static uint64_t rows_of_class(const struct drift_cohorts *c, const struct drift_cohort *level, const char *class)
{
    for (size_t i = 0; i < c->nclasses; i++)
        if (strcmp(c->classes[i], class) == 0)
            return level->classes[i];
    return 0;
}

static void merged_is_as_the_whole(void **state)
{
    enum { PARTS = 4 };
    static const char *const regions[] = {"\"eu\"", "\"us\"", "null", "\"apac\"", "7"};
    struct bed b;
    uint64_t seed = 11;
    (void)state;
    bed_init(&b, DRIFT_TYPE_CATEGORY);
    b.layout.levels = 32;
    struct drift_cohorts *whole = drift_cohorts_of(&b.layout), *merged = drift_cohorts_of(&b.layout), *parts[PARTS];
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = drift_cohorts_of(&b.layout);
    for (size_t i = 0; i < 3000; i++) {
        char json[200];
        snprintf(json, sizeof json, "{\"region\": %s, \"churned\": \"%c\", \"age\": %d}",
                 regions[random_next(&seed) % 5], (char)('a' + random_next(&seed) % 3), (int)(random_next(&seed) % 90));
        add(&b, whole, json);
        add(&b, parts[random_next(&seed) % PARTS], json);
    }
    drift_cohorts_settle(whole);
    for (size_t i = PARTS; i-- > 0;) {
        drift_cohorts_settle(parts[i]);
        drift_cohorts_merge(merged, &b.layout, parts[i]);
        drift_cohorts_free(parts[i]);
    }
    assert_int_equal(merged->keys[0].n, 5);
    for (size_t i = 0; i < 5; i++) {
        const struct drift_cohort *w = &whole->keys[0].levels[i],
                                  *m = drift_cohorts_find(&merged->keys[0], w->level, w->len);
        assert_int_equal(m->rows, w->rows);
        for (size_t k = 0; k < whole->nclasses; k++)
            assert_int_equal(rows_of_class(merged, m, whole->classes[k]), w->classes[k]);
        assert_int_equal(m->profiles[1]->moments.count, w->profiles[1]->moments.count);
        assert_true(m->profiles[1]->moments.min == w->profiles[1]->moments.min);
        assert_int_equal(m->profiles[0]->items->total, w->profiles[0]->items->total);
    }
    drift_cohorts_free(whole);
    drift_cohorts_free(merged);
    bed_done(&b);
}

/* As a reader of files makes them. */
static void levels_are_made_by_name(void **state)
{
    static const char *const keys[] = {"region"};
    (void)state;
    struct drift_cohorts *c = drift_cohorts_new(keys, 1);
    char longer[DRIFT_EVENT_TEXT_BYTES + 20];
    memset(longer, 'x', sizeof longer);
    drift_cohorts_level(c, 0, "eu", 2)->rows = 3;
    drift_cohorts_level(c, 0, NULL, 0)->rows = 1;
    drift_cohorts_level(c, 0, "", 0)->rows = 2;
    drift_cohorts_level(c, 0, longer, sizeof longer)->rows = 4;
    assert_int_equal(c->keys[0].n, 4);
    assert_int_equal(drift_cohorts_level(c, 0, "eu", 2)->rows, 3);
    assert_int_equal(drift_cohorts_find(&c->keys[0], "", 0)->rows, 2);
    assert_int_equal(drift_cohorts_find(&c->keys[0], NULL, 0)->rows, 1);
    assert_int_equal(drift_cohorts_find(&c->keys[0], longer, sizeof longer)->len, DRIFT_EVENT_TEXT_BYTES);
    assert_int_equal(drift_cohorts_class(c, "a", 1), 0);
    assert_int_equal(drift_cohorts_class(c, "b", 1), 1);
    assert_int_equal(drift_cohorts_class(c, "a\0b", 3), 0);
    drift_cohorts_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_have_rows_and_classes),
        cmocka_unit_test(more_levels_than_are_held_are_counted_together),
        cmocka_unit_test(a_number_with_many_values_has_no_classes),
        cmocka_unit_test(merged_is_as_the_whole),
        cmocka_unit_test(levels_are_made_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
