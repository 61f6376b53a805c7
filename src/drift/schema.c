/* A dataset's fields, copied and checked. */
#include "drift/schema.h"

#include "base/mem.h"
#include "drift/event_path.h"

#include <string.h>

const char *const drift_type_names[] = {[DRIFT_TYPE_NUMBER] = "number", [DRIFT_TYPE_CATEGORY] = "category"};

int drift_schema_add(struct drift_schema *s, const struct drift_schema_field *field, struct error *err)
{
    const char *name = field->name ? field->name : field->path;
    struct drift_event_path path;
    int code = drift_event_path_read(field->path, strlen(field->path), &path, err);
    if (code)
        return code;
    for (size_t i = 0; i < s->n; i++) {
        const struct drift_schema_field *f = &s->fields[i];
        if (field->role == DRIFT_EVENT_TIME && f->role == DRIFT_EVENT_TIME)
            return error_set(err, ERR_INVALID, "%s: the time is %s already", field->path, f->path);
        bool shared = (f->role == DRIFT_EVENT_COHORT) == (field->role == DRIFT_EVENT_COHORT);
        if (shared && strcmp(f->name, name) == 0)
            return error_set(err, ERR_INVALID, "%s: there are two of this name", name);
    }
    s->fields = mem_realloc(s->fields, s->n + 1, sizeof *s->fields);
    s->fields[s->n++] = (struct drift_schema_field){
        .name = mem_strdup(name), .path = mem_strdup(field->path), .role = field->role, .type = field->type};
    return 0;
}

void drift_schema_copy(const struct drift_schema *from, struct drift_schema *to)
{
    *to = (struct drift_schema){.fields = mem_calloc(from->n ? from->n : 1, sizeof *to->fields), .n = from->n};
    for (size_t i = 0; i < from->n; i++) {
        to->fields[i] = from->fields[i];
        to->fields[i].name = mem_strdup(from->fields[i].name);
        to->fields[i].path = mem_strdup(from->fields[i].path);
    }
}

void drift_schema_done(struct drift_schema *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->fields[i].name);
        free(s->fields[i].path);
    }
    free(s->fields);
    *s = (struct drift_schema){0};
}

/* Categories may be of any kind but lists and maps: "1" and 1 and true are levels as they are printed. */
static unsigned expected(const struct drift_schema_field *f)
{
    if (f->role == DRIFT_EVENT_TIME || f->role == DRIFT_EVENT_COHORT)
        return DRIFT_EVENT_ANY;
    return f->type == DRIFT_TYPE_NUMBER ? DRIFT_EVENT_NUMBERS
                                        : DRIFT_EVENT_TEXTS | DRIFT_EVENT_BOOLS | DRIFT_EVENT_NUMBERS;
}

int drift_schema_plan(const struct drift_schema *s, struct drift_event_plan **ret, struct error *err)
{
    struct drift_event_want *wants = mem_calloc(s->n ? s->n : 1, sizeof *wants);
    for (size_t i = 0; i < s->n; i++)
        wants[i] = (struct drift_event_want){s->fields[i].path, s->fields[i].role, expected(&s->fields[i])};
    int code = drift_event_plan_new(wants, s->n, ret, err);
    free(wants);
    return code;
}
