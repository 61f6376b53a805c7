/* Events of the demo's model: customers with their features, what the model said of them, and what became of them. What befalls
 * them is a story of DEMO_CHURN_CYCLE_S seconds that is told over and over: all is well; age is 0 for everybody, and the score
 * moves with it; a plan appears that was never sold; and every ten seconds one customer has no region. */
#ifndef DEMO_CHURN_EVENT_H
#define DEMO_CHURN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    DEMO_CHURN_CYCLE_S = 360,
    DEMO_CHURN_AGE_FROM_S = 40, /* within a cycle */
    DEMO_CHURN_AGE_TO_S = 180,
    DEMO_CHURN_PLAN_FROM_S = 70,
    DEMO_CHURN_PLAN_TO_S = 220,
    DEMO_CHURN_REGION_FROM_S = 100,
    DEMO_CHURN_REGION_TO_S = 240,
};

/* Fields in the order in which they stand in an event: features, then what the model said and the truth. */
enum demo_churn_field {
    DEMO_CHURN_AGE,
    DEMO_CHURN_TENURE,
    DEMO_CHURN_REGION,
    DEMO_CHURN_PLAN,
    DEMO_CHURN_PAYMENT,
    DEMO_CHURN_SPEND,
    DEMO_CHURN_CALLS,
    DEMO_CHURN_LOGINS,
    DEMO_CHURN_DISCOUNT,
    DEMO_CHURN_SCORE,
    DEMO_CHURN_LABEL,
    DEMO_CHURN_FIELDS,
};

struct demo_churn_field_plan {
    const char *name;
    bool text;    /* a category; else a number */
    int decimals; /* of a number */
};
extern const struct demo_churn_field_plan demo_churn_fields[DEMO_CHURN_FIELDS];
extern const char *const demo_churn_classes[2]; /* of the label: stayed, left */

struct demo_churn_event {
    int64_t customer;
    struct demo_churn_value {
        double number;    /* NaN: null */
        const char *text; /* static; NULL: null */
    } values[DEMO_CHURN_FIELDS];
};

/* The event of a draw at a second of the story, which is negative before it begins and has all well then. */
void demo_churn_event(uint64_t draw, double second, struct demo_churn_event *e);

#endif
