/* How often a stable stream alarms, and how soon a change is named: by simulation, the same numbers in every run. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "drift/score.h"
#include "random.h"

enum { FEATURES = 20, WINDOWS = 288 };

static const struct drift_score_settings defaults;

enum shape { NORMAL, LOG_NORMAL, UNIFORM, ZEROED, RATING, FLAG, HEAVY, REGION, TAIL, IDS };

/* What is done to the values. */
struct change {
    double shift, scale, nulls, zeros, fresh; /* fresh: share of a new category */
};
static const struct change none = {.scale = 1};

static double number(enum shape shape, uint64_t *random)
{
    double u = random_unit(random);
    switch (shape) {
    case LOG_NORMAL:
        return exp(random_normal(random));
    case UNIFORM:
        return u;
    case ZEROED:
        return u < 0.3 ? 0 : random_normal(random);
    case RATING:
        return floor(1 + 5 * u * u);
    case FLAG:
        return u < 0.03;
    case HEAVY:
        return tan(3.14159 * (u - 0.5));
    default:
        return random_normal(random);
    }
}

static void add_category(struct drift_profile *p, enum shape shape, double fresh, uint64_t *random)
{
    char name[24];
    double u = random_unit(random);
    unsigned long k = shape == REGION ? (unsigned long)(6 * u * u)
                      : shape == TAIL ? (unsigned long)(1 / (u + 1e-4))
                                      : random_next(random) >> 20;
    snprintf(name, sizeof name, "c%lu", k);
    if (fresh > 0 && random_unit(random) < fresh)
        snprintf(name, sizeof name, "new");
    struct drift_event_value v = drift_event_text(name, strlen(name));
    drift_profile_add(p, &v);
}

static void fill(struct drift_profile *p, enum shape shape, size_t rows, const struct change *change, uint64_t *random)
{
    for (size_t i = 0; i < rows; i++) {
        if (random_unit(random) < (shape == UNIFORM ? 0.02 : 0) + change->nulls) {
            drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NULL});
            continue;
        }
        if (p->type == DRIFT_TYPE_CATEGORY) {
            add_category(p, shape, change->fresh, random);
            continue;
        }
        double v = number(shape, random) * change->scale + change->shift;
        if (change->zeros > 0 && random_unit(random) < change->zeros)
            v = 0;
        drift_profile_add(p, &(struct drift_event_value){.kind = DRIFT_EVENT_NUMBER, .number = v});
    }
    drift_profile_settle(p);
}

/* Twenty features, two of each shape, with a method each of its own or all by default. */
static struct drift_reference *reference(size_t rows, const struct drift_reference_choice *choices, uint64_t *random)
{
    struct drift_schema schema = {0};
    struct drift_profile *p[FEATURES];
    for (size_t i = 0; i < FEATURES; i++) {
        enum shape shape = (enum shape)(i / 2);
        char name[8];
        snprintf(name, sizeof name, "f%zu", i);
        const struct drift_schema_field field = {name, name, DRIFT_EVENT_FEATURE,
                                                 shape >= REGION ? DRIFT_TYPE_CATEGORY : DRIFT_TYPE_NUMBER};
        assert_int_equal(drift_schema_add(&schema, &field, NULL), 0);
        p[i] = drift_profile_new(field.type, NULL);
        fill(p[i], shape, rows, &none, random);
    }
    struct drift_reference *r = drift_reference_new("calm", &schema, p, NULL, choices);
    drift_schema_done(&schema);
    return r;
}

struct alarms {
    size_t all, pairs, marks[DRIFT_MARKS];
};

static void count(struct drift_reference *r, size_t rows, size_t windows, uint64_t *random, struct alarms *alarms)
{
    bool before[FEATURES] = {false};
    for (size_t w = 0; w < windows; w++)
        for (size_t i = 0; i < FEATURES; i++) {
            const struct drift_reference_feature *f = &r->features[i];
            struct drift_profile *p = drift_profile_new(f->type, f->edges);
            struct drift_score s;
            fill(p, (enum shape)(i / 2), rows, &none, random);
            drift_score(f, p, &defaults, &s);
            bool alarm = s.mark > DRIFT_MARK_LOW_N;
            alarms->all += alarm;
            alarms->pairs += alarm && before[i];
            before[i] = alarm;
            for (int m = DRIFT_MARK_EMPTY; m < DRIFT_MARKS; m++)
                alarms->marks[m] += s.mark == (enum drift_mark)m || s.also & 1U << m;
            drift_profile_free(p);
        }
}

static void expect_calm(struct drift_reference *r, size_t rows, size_t windows, uint64_t *random)
{
    struct alarms a = {0};
    count(r, rows, windows, random, &a);
    if (a.all > windows * FEATURES / 1000 || a.pairs) {
        for (int m = 0; m < DRIFT_MARKS; m++)
            if (a.marks[m])
                print_message("%s: %zu\n", drift_mark_names[m].word, a.marks[m]);
        fail_msg("%zu rows: %zu alarms of %zu, %zu in a row", rows, a.all, windows * FEATURES, a.pairs);
    }
}

static void a_stable_day_does_not_alarm(void **state)
{
    (void)state;
    static const struct {
        size_t reference, window;
    } cases[] = {{2000, 500}, {900, 60}, {400, 400}, {10000, 150}, {1500, 60}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t random = i + 1;
        struct drift_reference *r = reference(cases[i].reference, NULL, &random);
        expect_calm(r, cases[i].window, WINDOWS, &random);
        drift_reference_unref(r);
    }
}

static void nor_does_it_by_any_other_distance(void **state)
{
    (void)state;
    static const char *const names[] = {"psi",  "ks",     "wasserstein", "js",         "hellinger", "tv",
                                        "linf", "cramer", "js2",         "psi-moving", "chi2-fit-p"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct drift_reference_choice choices[FEATURES];
        uint64_t random = i + 1;
        const struct drift_method *method = drift_method_find(names[i]);
        for (size_t f = 0; f < FEATURES; f++) /* all is the law's */
            choices[f] = (struct drift_reference_choice){.method = method, .threshold = method->small ? NAN : 1e-6};
        if (strcmp(names[i], "wasserstein") == 0) /* whose law wants a mean */
            choices[2 * HEAVY] = choices[2 * HEAVY + 1] = (struct drift_reference_choice){.threshold = NAN};
        struct drift_reference *r = reference(1000, choices, &random);
        struct alarms a = {0};
        count(r, 300, 60, &random, &a);
        if (a.marks[DRIFT_MARK_DRIFT] > 3)
            fail_msg("%s: %zu alarms of %d", names[i], a.marks[DRIFT_MARK_DRIFT], 60 * FEATURES);
        drift_reference_unref(r);
    }
}

static void a_change_is_named_in_one_window(void **state)
{
    (void)state;
    static const struct {
        size_t feature;
        struct change change;
        enum drift_mark mark;
        size_t reference; /* rows */
    } cases[] = {{2 * NORMAL, {.scale = 1, .shift = 0.5}, DRIFT_MARK_DRIFT, 5000},
                 {2 * NORMAL, {.scale = 1.5}, DRIFT_MARK_DRIFT, 5000},
                 {2 * REGION, {.scale = 1, .fresh = 0.2}, DRIFT_MARK_DRIFT, 5000},
                 {2 * NORMAL, {.scale = 1, .shift = 0.5}, DRIFT_MARK_DRIFT, 900},
                 {2 * NORMAL, {.scale = 2}, DRIFT_MARK_DRIFT, 900},
                 {2 * REGION, {.scale = 1, .fresh = 0.2}, DRIFT_MARK_DRIFT, 900},
                 {2 * FLAG, {.scale = 1, .shift = 0.5}, DRIFT_MARK_DRIFT, 900},
                 {2 * NORMAL, {.scale = 1, .nulls = 0.05}, DRIFT_MARK_NULLS, 5000},
                 {2 * REGION, {.scale = 1, .nulls = 0.05}, DRIFT_MARK_NULLS, 5000},
                 {2 * REGION, {.scale = 1, .fresh = 0.01}, DRIFT_MARK_UNSEEN, 5000},
                 {2 * REGION, {.scale = 1, .fresh = 0.01}, DRIFT_MARK_UNSEEN, 2000},
                 {2 * TAIL, {.scale = 1, .fresh = 0.02}, DRIFT_MARK_UNSEEN, 2000},
                 {2 * NORMAL, {.scale = 1, .zeros = 0.1}, DRIFT_MARK_ZEROS, 5000},
                 {2 * UNIFORM, {.scale = 1, .zeros = 0.1}, DRIFT_MARK_ZEROS, 5000}};
    uint64_t random = 9;
    struct drift_reference *r = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (i == 0 || cases[i].reference != cases[i - 1].reference) {
            drift_reference_unref(r);
            r = reference(cases[i].reference, NULL, &random);
        }
        for (int k = 0; k < 50; k++) {
            const struct drift_reference_feature *f = &r->features[cases[i].feature];
            struct drift_profile *p = drift_profile_new(f->type, f->edges);
            struct drift_score s;
            fill(p, (enum shape)(cases[i].feature / 2), 2000, &cases[i].change, &random);
            drift_score(f, p, &defaults, &s);
            if (s.mark != cases[i].mark && !(s.also & 1U << cases[i].mark))
                fail_msg("change %zu, window %d: %s, %g of %g", i, k, drift_mark_names[s.mark].word, s.value, s.line);
            drift_profile_free(p);
        }
    }
    drift_reference_unref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stable_day_does_not_alarm),
        cmocka_unit_test(nor_does_it_by_any_other_distance),
        cmocka_unit_test(a_change_is_named_in_one_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
