/* Customers by chance, and the model's score by a formula. */
#include "demo/churn_event.h"

#include <math.h>
#include <stddef.h>

const struct demo_churn_field_plan demo_churn_fields[DEMO_CHURN_FIELDS] = {
    [DEMO_CHURN_AGE] = {"age", false, 0},
    [DEMO_CHURN_TENURE] = {"tenure_months", false, 0},
    [DEMO_CHURN_REGION] = {"region", true, 0},
    [DEMO_CHURN_PLAN] = {"plan", true, 0},
    [DEMO_CHURN_PAYMENT] = {"payment", true, 0},
    [DEMO_CHURN_SPEND] = {"monthly_spend", false, 2},
    [DEMO_CHURN_CALLS] = {"support_calls", false, 0},
    [DEMO_CHURN_LOGINS] = {"logins_30d", false, 0},
    [DEMO_CHURN_DISCOUNT] = {"discount", false, 2},
    [DEMO_CHURN_SCORE] = {"score", false, 4},
    [DEMO_CHURN_LABEL] = {"churned", true, 0},
};
const char *const demo_churn_classes[2] = {"no", "yes"};

/* Choices, each with its part of all. */
struct choice {
    const char *name;
    double part;
    double spend; /* of a plan: what it costs on average */
};

static const struct choice regions[] = {{"emea", 0.42, 0}, {"amer", 0.30, 0}, {"apac", 0.18, 0}, {"latam", 0.10, 0}};
static const struct choice plans[] = {{"basic", 0.52, 12}, {"plus", 0.33, 29}, {"pro", 0.15, 65}};
static const struct choice payments[] = {{"card", 0.6, 0}, {"sepa", 0.25, 0}, {"invoice", 0.15, 0}};
static const struct choice discounts[] = {{"", 0.62, 0}, {"", 0.2, 0.05}, {"", 0.12, 0.1}, {"", 0.06, 0.25}};
static const struct choice new_plan = {"family", 0.18, 27};

static const double no_discount = 0.12; /* the part of events that do not say it */

/* ---- chance ---- */

/* The next of a row of numbers, 0 <= it < 1 (Steele, Lea and Flood's SplitMix64). */
static double next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Nearly a standard normal one: the sum of twelve, less its mean. */
static double normal(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += next(state);
    return sum;
}

static double exponential(uint64_t *state, double mean)
{
    return -mean * log(1 - next(state));
}

static const struct choice *choose(uint64_t *state, const struct choice *c, size_t n)
{
    double at = next(state);
    for (; n > 1 && at >= c->part; n--)
        at -= (c++)->part;
    return c;
}
#define CHOOSE(state, choices) choose(state, choices, sizeof(choices) / sizeof *(choices))

static double within(double v, double least, double most)
{
    return fmin(fmax(v, least), most);
}

/* ---- the story ---- */

static bool is_between(double second, int from, int to)
{
    double at = second < 0 ? -1 : fmod(second, DEMO_CHURN_CYCLE_S);
    return at >= from && at < to;
}

/* What a model makes of it: the older, the longer a customer and the more at home, the less likely to leave. */
static double chance_to_leave(const struct demo_churn_event *e)
{
    const struct demo_churn_value *v = e->values;
    double z = 0.9 - 0.035 * v[DEMO_CHURN_AGE].number - 0.025 * v[DEMO_CHURN_TENURE].number +
               0.5 * v[DEMO_CHURN_CALLS].number - 0.03 * v[DEMO_CHURN_LOGINS].number;
    return 1 / (1 + exp(-z));
}

void demo_churn_event(uint64_t draw, double second, struct demo_churn_event *e)
{
    uint64_t state = draw;
    struct demo_churn_value *v = e->values;
    for (int i = 0; i < DEMO_CHURN_FIELDS; i++)
        v[i] = (struct demo_churn_value){NAN, NULL};
    e->customer = 100000 + (int64_t)(next(&state) * 900000);
    const struct choice *plan = CHOOSE(&state, plans);
    bool is_new = next(&state) < new_plan.part; /* drawn always: nothing else changes with it */
    if (is_new && is_between(second, DEMO_CHURN_PLAN_FROM_S, DEMO_CHURN_PLAN_TO_S))
        plan = &new_plan;
    v[DEMO_CHURN_REGION].text = CHOOSE(&state, regions)->name;
    v[DEMO_CHURN_PLAN].text = plan->name;
    v[DEMO_CHURN_PAYMENT].text = CHOOSE(&state, payments)->name;
    v[DEMO_CHURN_AGE].number = floor(within(44 + 14 * normal(&state), 18, 92));
    v[DEMO_CHURN_TENURE].number = floor(within(exponential(&state, 26), 0, 144));
    v[DEMO_CHURN_SPEND].number = plan->spend * exp(0.25 * normal(&state));
    v[DEMO_CHURN_CALLS].number = floor(within(exponential(&state, 1.3), 0, 9));
    v[DEMO_CHURN_LOGINS].number = floor(within(14 + 7 * normal(&state), 0, 45));
    double discount = CHOOSE(&state, discounts)->spend;
    if (next(&state) >= no_discount)
        v[DEMO_CHURN_DISCOUNT].number = discount;
    v[DEMO_CHURN_LABEL].text = demo_churn_classes[next(&state) < chance_to_leave(e)];
    if (is_between(second, DEMO_CHURN_AGE_FROM_S, DEMO_CHURN_AGE_TO_S))
        v[DEMO_CHURN_AGE].number = 0;
    v[DEMO_CHURN_SCORE].number = within(chance_to_leave(e) + 0.03 * normal(&state), 0.0001, 0.9999);
}
