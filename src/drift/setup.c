/* From options to a schema and a dataset. */
#include "drift/setup.h"

#include "base/clock.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return text ? mem_strdup(text) : NULL;
}

static void copy_features(struct conf_dataset *to, const struct conf_dataset *from)
{
    struct conf_feature *features = mem_calloc(from->features.n + 1, sizeof *features);
    const struct conf_feature *f = from->features.items;
    for (size_t i = 0; i < from->features.n; i++)
        features[i] = (struct conf_feature){copy(f[i].path), copy(f[i].name), copy(f[i].type), copy(f[i].method),
                                            copy(f[i].threshold)};
    to->features = (struct conf_items){features, from->features.n};
}

static void copy_cohorts(struct conf_dataset *to, const struct conf_dataset *from)
{
    size_t n = 0;
    while (from->cohorts && from->cohorts[n])
        n++;
    to->cohorts = mem_calloc(n + 1, sizeof *to->cohorts);
    for (size_t i = 0; i < n; i++)
        to->cohorts[i] = mem_strdup(from->cohorts[i]);
}

struct drift_setup *drift_setup_new(const struct conf_dataset *conf)
{
    struct drift_setup *s = mem_new(struct drift_setup);
    struct conf_dataset *to = &s->conf;
    *to = *conf;
    to->origins = NULL;
    to->name = copy(conf->name);
    to->cluster = copy(conf->cluster);
    to->topic = copy(conf->topic);
    to->report = copy(conf->report);
    to->format = copy(conf->format);
    to->schema = copy(conf->schema);
    to->method = copy(conf->method);
    to->threshold = copy(conf->threshold);
    to->prediction = copy(conf->prediction);
    to->label = copy(conf->label);
    to->time = copy(conf->time);
    to->reference = copy(conf->reference);
    to->reference_file = copy(conf->reference_file);
    to->sample = copy(conf->sample);
    copy_features(to, conf);
    copy_cohorts(to, conf);
    s->inferred = conf->features.n == 0;
    s->holding = true;
    s->decoder = drift_decoder_new(drift_decoder_encoding_of(conf->format));
    drift_dataset_infer_init(&s->infer, s->decoder);
    return s;
}

void drift_setup_free(struct drift_setup *s)
{
    if (!s)
        return;
    struct conf_dataset *c = &s->conf;
    char *const texts[] = {c->name,   c->cluster,   c->topic,          c->report, c->format,
                           c->method, c->threshold, c->prediction,     c->label,  c->time,
                           c->sample, c->reference, c->reference_file, c->schema};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    struct conf_feature *f = c->features.items;
    for (size_t i = 0; i < c->features.n; i++) {
        free(f[i].path);
        free(f[i].name);
        free(f[i].type);
        free(f[i].method);
        free(f[i].threshold);
    }
    free(f);
    for (size_t i = 0; c->cohorts[i]; i++)
        free(c->cohorts[i]);
    free(c->cohorts);
    drift_dataset_infer_done(&s->infer);
    str_done(&s->note);
    drift_dataset_free(s->dataset);
    vec_done(&s->partitions);
    drift_decoder_free(s->decoder);
    drift_reference_unref(s->reference);
    free(s);
}

struct drift_window_settings drift_setup_window(const struct conf_dataset *c)
{
    if (c->window_rows)
        return (struct drift_window_settings){DRIFT_WINDOW_COUNT, c->window_rows,
                                              c->slide_rows ? c->slide_rows : c->window_rows, 0};
    return (struct drift_window_settings){DRIFT_WINDOW_TIME, c->window_ms, c->slide_ms ? c->slide_ms : c->window_ms,
                                          c->late_ms};
}

enum drift_reference_from drift_setup_from(const struct conf_dataset *c)
{
    if (c->reference_file)
        return DRIFT_REFERENCE_FILE;
    if (c->reference && strcmp(c->reference, "previous") == 0)
        return DRIFT_REFERENCE_PREVIOUS;
    return c->reference && strcmp(c->reference, "trailing") == 0 ? DRIFT_REFERENCE_TRAILING : DRIFT_REFERENCE_FIRST;
}

double drift_setup_sample(const struct conf_dataset *c)
{
    double part = 1;
    if (c->sample && number_read(c->sample, strlen(c->sample), &part))
        part = 1;
    return part;
}

/* ---- the schema ---- */

static const struct drift_schema_field *find_path(const struct drift_schema *s, const char *path)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->fields[i].path, path) == 0 && s->fields[i].role <= DRIFT_EVENT_LABEL)
            return &s->fields[i];
    return NULL;
}

static int add_field(struct drift_schema *to, const struct drift_schema *seen, enum drift_event_role role, char *path,
                     char *name, const char *type, struct error *err)
{
    const struct drift_schema_field *found = find_path(seen, path);
    struct drift_schema_field f = {.name = name ? name : path, .path = path, .role = role};
    f.type = found ? found->type : DRIFT_TYPE_NUMBER;
    if (type && strcmp(type, "auto") != 0)
        f.type = strcmp(type, drift_type_names[DRIFT_TYPE_CATEGORY]) == 0 ? DRIFT_TYPE_CATEGORY : DRIFT_TYPE_NUMBER;
    return drift_schema_add(to, &f, err);
}

static bool is_named(const struct conf_dataset *c, const char *path)
{
    return (c->prediction && strcmp(c->prediction, path) == 0) || (c->label && strcmp(c->label, path) == 0);
}

/* Features as they are named; else those that were seen. */
static int add_features(const struct drift_setup *s, const struct drift_schema *seen, struct drift_schema *to,
                        struct error *err)
{
    const struct conf_feature *f = s->conf.features.items;
    int rc = 0;
    for (size_t i = 0; i < s->conf.features.n && rc == 0; i++)
        rc = add_field(to, seen, DRIFT_EVENT_FEATURE, f[i].path, f[i].name, f[i].type, err);
    for (size_t i = 0; s->inferred && i < seen->n && rc == 0; i++) {
        struct drift_schema_field field = seen->fields[i];
        if (field.role > DRIFT_EVENT_LABEL || is_named(&s->conf, field.path))
            continue;
        if ((field.role == DRIFT_EVENT_PREDICTION && s->conf.prediction) ||
            (field.role == DRIFT_EVENT_LABEL && s->conf.label))
            field.role = DRIFT_EVENT_FEATURE;
        rc = drift_schema_add(to, &field, err);
    }
    return rc;
}

/* Keys of cohorts, and the time where it is named. */
static int add_keys(const struct conf_dataset *c, struct drift_schema *to, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; c->cohorts[i] && rc == 0; i++)
        rc = drift_schema_add(
            to, &(struct drift_schema_field){c->cohorts[i], c->cohorts[i], DRIFT_EVENT_COHORT, DRIFT_TYPE_CATEGORY},
            err);
    if (rc == 0 && c->time)
        rc = drift_schema_add(to, &(struct drift_schema_field){c->time, c->time, DRIFT_EVENT_TIME, DRIFT_TYPE_NUMBER},
                              err);
    return rc;
}

static int make_schema(struct drift_setup *s, struct drift_schema *to, struct error *err)
{
    struct drift_schema given = {0}, seen = {0};
    struct conf_dataset *c = &s->conf;
    int rc = add_keys(c, &given, err);
    str_clear(&s->note);
    if (rc == 0)
        rc = drift_dataset_infer_schema(&s->infer, &given, s->reference, DRIFT_DATASET_FEATURES, &seen, &s->note, err);
    if (!s->inferred)
        str_clear(&s->note);                   /* of paths that nobody asked for */
    if (rc == ERR_NOT_FOUND && !s->inferred) { /* those that are named may come yet */
        drift_schema_copy(&given, &seen);
        rc = 0;
    }
    if (rc == 0 && c->prediction)
        rc = add_field(to, &seen, DRIFT_EVENT_PREDICTION, c->prediction, NULL, NULL, err);
    if (rc == 0 && c->label)
        rc = add_field(to, &seen, DRIFT_EVENT_LABEL, c->label, NULL, NULL, err);
    if (rc == 0)
        rc = add_features(s, &seen, to, err);
    for (size_t i = 0; i < seen.n && rc == 0; i++) /* the keys, and a time that was found */
        if (seen.fields[i].role > DRIFT_EVENT_LABEL)
            rc = drift_schema_add(to, &seen.fields[i], err);
    drift_schema_done(&given);
    drift_schema_done(&seen);
    return rc;
}

/* ---- beginning ---- */

static void set_choice(struct drift_reference_choice *choice, const char *method, const char *threshold)
{
    if (method) {
        choice->by_default = strcmp(method, DRIFT_METHOD_DEFAULT) == 0;
        choice->method = drift_method_find(method);
    }
    if (threshold)
        number_read(threshold, strlen(threshold), &choice->threshold);
}

static bool is_of_file(const struct drift_setup *s)
{
    return drift_setup_from(&s->conf) == DRIFT_REFERENCE_FILE;
}

/* What is said for a field: by its name, or else for all of them. One that was kept is judged as if it were made now. */
static struct drift_reference_choice choice_of(const struct drift_setup *s, const struct drift_schema_field *field)
{
    const struct conf_feature *f = s->conf.features.items;
    struct drift_reference_choice choice = {.threshold = NAN};
    set_choice(&choice, s->conf.method, s->conf.threshold);
    for (size_t k = 0; field->role == DRIFT_EVENT_FEATURE && k < s->conf.features.n; k++)
        if (strcmp(f[k].name ? f[k].name : f[k].path, field->name) == 0) {
            if (f[k].method && !f[k].threshold)
                choice.threshold = NAN; /* that of the whole is none of another method */
            set_choice(&choice, f[k].method, f[k].threshold);
        }
    if (!is_of_file(s) && !choice.method)
        choice.by_default = true;
    return choice;
}

/* One a prediction, label and feature of the schema; the caller's. A reference that is there is told. */
static int make_choices(const struct drift_setup *s, const struct drift_schema *schema,
                        struct drift_reference_choice **ret, struct error *err)
{
    struct drift_reference_choice *choices = mem_calloc(schema->n + 1, sizeof *choices);
    size_t n = 0;
    int rc = 0;
    for (size_t i = 0; i < schema->n && rc == 0; i++) {
        const struct drift_schema_field *field = &schema->fields[i];
        if (field->role > DRIFT_EVENT_LABEL)
            continue;
        choices[n] = choice_of(s, field);
        if (s->reference && drift_reference_find(s->reference, field->name))
            rc = drift_reference_choose(s->reference, field->name, &choices[n], err);
        n++;
    }
    if (rc)
        free(choices);
    else
        *ret = choices;
    return rc;
}

/* The first feature or key of the schema that the reference which was kept has not, or has as another type; NULL: none. Where features
 * are found out, one that is new may well be. */
static const char *find_misfit(const struct drift_setup *s, const struct drift_schema *schema)
{
    const struct drift_cohorts *c = s->reference->cohorts;
    size_t keys = 0;
    for (size_t i = 0; i < schema->n; i++) {
        const struct drift_schema_field *field = &schema->fields[i];
        const struct drift_reference_feature *f = drift_reference_find(s->reference, field->name);
        if (field->role == DRIFT_EVENT_COHORT) {
            if (!c || keys >= c->nkeys || strcmp(c->keys[keys++].name, field->name) != 0)
                return field->name;
        } else if (field->role <= DRIFT_EVENT_LABEL && (f ? f->type != field->type : !s->inferred)) {
            return field->name;
        }
    }
    return NULL;
}

/* The schema; without the reference that was kept, where that does not go with it. */
static int make_fitting_schema(struct drift_setup *s, struct drift_schema *schema, struct error *err)
{
    int rc = make_schema(s, schema, err);
    const char *misfit = rc == 0 && s->reference && !is_of_file(s) ? find_misfit(s, schema) : NULL;
    if (!misfit)
        return rc;
    struct str why = {0};
    str_printf(&why, "the reference that was kept has not %s as it is now, and is made anew", misfit);
    drift_reference_unref(s->reference);
    s->reference = NULL;
    drift_schema_done(schema);
    *schema = (struct drift_schema){0};
    rc = make_schema(s, schema, err);
    str_printf(&s->note, "%s%s", s->note.len ? "; " : "", str_text(&why));
    str_done(&why);
    return rc;
}

/* Types are known by now: begins with the events that were held. */
static int begin(struct drift_setup *s, struct error *err)
{
    struct drift_schema schema = {0};
    struct drift_reference_choice *choices;
    int rc = make_fitting_schema(s, &schema, err);
    if (rc == 0)
        rc = make_choices(s, &schema, &choices, err);
    if (rc == 0) {
        const struct drift_dataset_settings settings = {.name = s->conf.name,
                                                        .schema = &schema,
                                                        .window = drift_setup_window(&s->conf),
                                                        .from = drift_setup_from(&s->conf),
                                                        .reference = s->reference,
                                                        .cluster = s->conf.cluster,
                                                        .topic = s->conf.topic,
                                                        .trailing_ms = s->conf.trailing_ms,
                                                        .choices = choices,
                                                        .decoder = s->decoder,
                                                        .score = {.min_rows = (uint64_t)s->conf.min_rows},
                                                        .sample = drift_setup_sample(&s->conf)};
        s->dataset = drift_dataset_new(&settings, err);
        rc = s->dataset ? 0 : err->code;
        free(choices);
    }
    for (size_t i = 0; rc == 0 && i < s->partitions.n; i++)
        drift_dataset_tell(s->dataset, s->partitions.items[i].partition, s->partitions.items[i].behind);
    drift_schema_done(&schema);
    return rc;
}

/* With what is held, which others may follow where it has no feature. */
static void begin_with_held(struct drift_setup *s)
{
    s->holding = false;
    int code = begin(s, &s->error);
    for (size_t i = 0; code == 0 && i < s->infer.events.n; i++) {
        const struct drift_dataset_infer_event *e = &s->infer.events.items[i];
        drift_dataset_feed(s->dataset, e->partition, e->offset, e->time_ms, e->bytes, e->len);
    }
    s->holding = code == ERR_NOT_FOUND;
    if (s->holding)
        s->unread += s->infer.events.n;
    drift_dataset_infer_done(&s->infer);
    drift_dataset_infer_init(&s->infer, s->decoder);
}

void drift_setup_tell(struct drift_setup *s, int32_t partition, bool behind)
{
    if (s->dataset) {
        drift_dataset_tell(s->dataset, partition, behind);
        return;
    }
    const size_t at = (size_t)partition; /* they are told of in order, as a rule */
    for (size_t i = at < s->partitions.n && s->partitions.items[at].partition == partition ? at : 0;
         i < s->partitions.n; i++)
        if (s->partitions.items[i].partition == partition) {
            s->partitions.items[i].behind = behind;
            return;
        }
    vec_push(&s->partitions, (struct drift_setup_partition){partition, behind});
}

void drift_setup_feed(struct drift_setup *s, int32_t partition, int64_t offset, int64_t time_ms, const char *bytes,
                      size_t len)
{
    if (s->dataset) {
        drift_dataset_feed(s->dataset, partition, offset, time_ms, bytes, len);
        return;
    }
    if (!s->holding)
        return;
    int code = 0;
    /* The struct is read only. */
    const struct drift_dataset_infer_event event = {partition, offset, time_ms, (char *)(uintptr_t)bytes, len};
    bool enough = drift_dataset_infer_add(&s->infer, &event, &code, &s->error);
    s->held_us = 0;
    if (code) {
        s->unread++;
        s->unread_partition = partition;
        s->unread_offset = offset;
    }
    if (enough)
        begin_with_held(s);
}

void drift_setup_pause(struct drift_setup *s, const struct clock *clock)
{
    const int64_t now_us = clock_mono_us(clock);
    s->held_us = s->held_us ? s->held_us : now_us;
    if (!s->dataset && s->holding && s->infer.seen >= DRIFT_DATASET_INFER_FEW &&
        now_us - s->held_us >= DRIFT_DATASET_INFER_MS * INT64_C(1000))
        begin_with_held(s);
    if (s->dataset)
        drift_dataset_close(s->dataset, false);
}

void drift_setup_close(struct drift_setup *s)
{
    if (!s->dataset && s->holding && s->infer.events.n)
        begin_with_held(s);
    if (s->dataset)
        drift_dataset_close(s->dataset, true);
}
