/* The fields of a schema by what is counted of them. */
#include "drift/layout.h"

#include "base/mem.h"

#include <stdlib.h>

static bool profiled(enum drift_event_role role)
{
    return role == DRIFT_EVENT_FEATURE || role == DRIFT_EVENT_PREDICTION || role == DRIFT_EVENT_LABEL;
}

void drift_layout_init(struct drift_layout *l, const struct drift_schema *schema)
{
    *l = (struct drift_layout){.schema = schema,
                               .features = mem_calloc(schema->n + 1, sizeof *l->features),
                               .keys = mem_calloc(schema->n + 1, sizeof *l->keys),
                               .label = SIZE_MAX};
    for (size_t i = 0; i < schema->n; i++) {
        const struct drift_schema_field *f = &schema->fields[i];
        if (profiled(f->role))
            l->features[l->nfeatures++] = i;
        else if (f->role == DRIFT_EVENT_COHORT)
            l->keys[l->nkeys++] = i;
        if (f->role != DRIFT_EVENT_LABEL)
            continue;
        if (l->label == SIZE_MAX || (f->type == DRIFT_TYPE_CATEGORY && schema->fields[l->label].type != f->type))
            l->label = i;
    }
    l->edges = mem_calloc(l->nfeatures + 1, sizeof *l->edges);
}

void drift_layout_done(struct drift_layout *l)
{
    free(l->features);
    free(l->keys);
    free(l->edges);
    *l = (struct drift_layout){0};
}

struct drift_profile **drift_layout_profiles(const struct drift_layout *l)
{
    struct drift_profile **profiles = mem_calloc(l->nfeatures + 1, sizeof(struct drift_profile *));
    for (size_t i = 0; i < l->nfeatures; i++)
        profiles[i] = drift_profile_new(l->schema->fields[l->features[i]].type, l->edges[i]);
    return profiles;
}

void drift_layout_profiles_free(const struct drift_layout *l, struct drift_profile **profiles)
{
    if (!profiles)
        return;
    for (size_t i = 0; i < l->nfeatures; i++)
        drift_profile_free(profiles[i]);
    free(profiles);
}
