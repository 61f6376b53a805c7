/* What a dataset's events hold: its features with their types and paths, the keys of its cohorts, its time. */
#ifndef DRIFT_SCHEMA_H
#define DRIFT_SCHEMA_H

#include "drift/event_plan.h"

enum drift_type { DRIFT_TYPE_NUMBER, DRIFT_TYPE_CATEGORY };
extern const char *const drift_type_names[]; /* "number" "category" */

struct drift_schema_field {
    char *name; /* unique among the fields of its role; the path where none was given */
    char *path;
    enum drift_event_role role;
    enum drift_type type; /* of FEATURE, PREDICTION and LABEL */
};

/* Fields in the order in which they are shown: predictions, labels, features, cohort keys, the time. */
struct drift_schema {
    struct drift_schema_field *fields;
    size_t n;
};

/* Copies a field in. ERR_INVALID for a path that is none, a name that is taken, a second time. */
int drift_schema_add(struct drift_schema *s, const struct drift_schema_field *field, struct error *err);
void drift_schema_copy(const struct drift_schema *from, struct drift_schema *to);
void drift_schema_done(struct drift_schema *s);
/* The fields of a schema as a plan; want i is field i. */
int drift_schema_plan(const struct drift_schema *s, struct drift_event_plan **ret, struct error *err);

#endif
