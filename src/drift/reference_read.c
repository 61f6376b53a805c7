/* A reference from text. */
#include "drift/reference.h"

#include "base/mem.h"
#include "drift/json.h"
#include "drift/reference_profile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Names are texts without NUL. */
static int read_name(const json_t *v, const char *what, char **ret, struct error *err)
{
    struct str s = {0};
    int code = drift_reference_profile_text(v, what, &s, err);
    if (code == 0 && s.len && memchr(s.s, 0, s.len))
        code = error_set(err, ERR_INVALID, "\"%s\" holds a NUL", what);
    if (code == 0)
        *ret = str_take(&s);
    str_done(&s);
    return code;
}

static int read_time(const json_t *o, const char *key, int64_t *ret, struct error *err)
{
    uint64_t ms;
    if (!json_object_get(o, key))
        return 0;
    int code = drift_reference_profile_count(o, key, 0, &ms, err);
    if (code == 0)
        *ret = (int64_t)ms;
    return code;
}

/* ---- features ---- */

static int read_type(const json_t *o, enum drift_type *ret, struct error *err)
{
    const json_t *type = json_object_get(o, "type");
    const char *name = json_string_value(type);
    if (!type) { /* told by what there is */
        bool category = json_object_get(o, "categories") || json_object_get(o, "frequent");
        *ret = category ? DRIFT_TYPE_CATEGORY : DRIFT_TYPE_NUMBER;
        return 0;
    }
    for (int i = DRIFT_TYPE_NUMBER; i <= DRIFT_TYPE_CATEGORY; i++)
        if (name && strcmp(name, drift_type_names[i]) == 0) {
            *ret = (enum drift_type)i;
            return 0;
        }
    return error_set(err, ERR_INVALID, "\"type\" is neither \"number\" nor \"category\"");
}

static int read_method(const json_t *o, struct drift_reference_feature *f, struct error *err)
{
    const json_t *name = json_object_get(o, "method"), *threshold = json_object_get(o, "threshold");
    f->method = name ? NULL : drift_reference_method(f);
    if (json_is_string(name))
        f->method = drift_method_find(json_string_value(name));
    if (!f->method)
        return error_set(err, ERR_INVALID, "\"method\" is none that is known");
    if (f->type == DRIFT_TYPE_NUMBER ? !f->method->numbers : !f->method->categories)
        return error_set(err, ERR_INVALID, "method %s is not one of a %s", f->method->name, drift_type_names[f->type]);
    f->threshold = f->method->threshold;
    if (!threshold)
        return 0;
    f->threshold = json_number_value(threshold);
    if (!(f->threshold > 0) || !isfinite(f->threshold))
        return error_set(err, ERR_INVALID, "\"threshold\" is no number above 0");
    return 0;
}

static int read_edges(const json_t *o, struct drift_edges **ret, struct error *err)
{
    const json_t *list = json_object_get(o, "edges"), *open = json_object_get(o, "open"), *v;
    size_t n = json_array_size(list), i;
    if (!list)
        return 0;
    if (!json_is_array(list) || n < 2)
        return error_set(err, ERR_INVALID, "\"edges\" is no list of at least two numbers");
    if (n > DRIFT_EDGES_BINS + 1)
        return error_set(err, ERR_LIMIT, "%zu \"edges\", more than %d", n, DRIFT_EDGES_BINS + 1);
    double *edges = mem_calloc(n, sizeof *edges);
    int code = 0;
    json_array_foreach(list, i, v) if (!drift_json_number(v, &edges[i])) edges[i] = NAN; /* refused there */
    code = drift_edges_new(ret, edges, n - 1, !json_is_false(open), err);
    free(edges);
    return code;
}

static int read_feature(const json_t *o, struct drift_reference *r, struct drift_reference_feature *f,
                        struct error *err)
{
    int code;
    if ((code = read_type(o, &f->type, err)))
        return code;
    if (f->type == DRIFT_TYPE_NUMBER && (code = read_edges(o, &f->edges, err)))
        return code;
    if ((code = drift_reference_profile_read(o, f->type, f->edges, &f->profile, err)))
        return code;
    drift_reference_freeze(r, f);
    if ((code = read_method(o, f, err)) || (code = drift_reference_check(f, err)))
        return code;
    r->rows = f->profile->rows > r->rows ? f->profile->rows : r->rows;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_names(const struct drift_reference *r, struct error *err)
{
    const char **names = mem_calloc(r->nfeatures + 1, sizeof *names);
    int code = 0;
    for (size_t i = 0; i < r->nfeatures; i++)
        names[i] = r->features[i].name;
    qsort(names, r->nfeatures, sizeof *names, by_name);
    for (size_t i = 1; i < r->nfeatures && code == 0; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            code = error_set(err, ERR_INVALID, "two features are named %.100s", names[i]);
    free(names);
    return code;
}

static int read_features(const json_t *list, struct drift_reference *r, struct error *err)
{
    size_t i;
    const json_t *o;
    json_array_foreach(list, i, o)
    {
        struct drift_reference_feature *f = &r->features[i];
        int code = read_name(json_object_get(o, "name"), "name", &f->name, err);
        if (code) {
            f->name = mem_strdup("");
            return error_prefix(err, "features[%zu]", i);
        }
        if (read_feature(o, r, f, err))
            return error_prefix(err, "feature %.100s", f->name);
    }
    return check_names(r, err);
}

/* ---- cohorts ---- */

static int read_classes(const json_t *list, struct drift_cohorts *c, struct error *err)
{
    size_t i;
    const json_t *v;
    json_array_foreach(list, i, v)
    {
        char *name;
        int code = read_name(v, "classes", &name, err);
        if (code)
            return code;
        size_t at = drift_cohorts_class(c, name, strlen(name));
        free(name);
        if (at != i)
            return error_set(err, ERR_INVALID, "\"classes\"[%zu] is one too many, or there twice", i);
    }
    return 0;
}

static int read_level_profiles(const json_t *list, const struct drift_reference *r, struct drift_cohort *level,
                               size_t *profiles, struct error *err)
{
    if (!list)
        return 0;
    if (json_array_size(list) != r->nfeatures)
        return error_set(err, ERR_INVALID, "%zu \"profiles\" for %zu features", json_array_size(list), r->nfeatures);
    *profiles += r->nfeatures;
    if (*profiles > DRIFT_REFERENCE_PROFILES)
        return error_set(err, ERR_LIMIT, "more than %d profiles of levels", DRIFT_REFERENCE_PROFILES);
    level->profiles = mem_calloc(r->nfeatures + 1, sizeof(struct drift_profile *));
    for (size_t i = 0; i < r->nfeatures; i++) {
        const struct drift_reference_feature *f = &r->features[i];
        const json_t *o = json_array_get(list, i);
        bool counted = json_object_get(o, "counts") || json_object_get(o, "values");
        if (drift_reference_profile_read(o, f->type, counted ? f->edges : NULL, &level->profiles[i], err))
            return error_prefix(err, "profile of %.100s", f->name);
    }
    return 0;
}

static int read_level(const json_t *o, const struct drift_reference *r, size_t key, size_t *profiles, struct error *err)
{
    struct drift_cohorts *c = r->cohorts;
    const json_t *name = json_object_get(o, "level"), *classes = json_object_get(o, "classes");
    struct str text = {0};
    int code = 0;
    if (!json_is_null(name) && (code = drift_reference_profile_text(name, "level", &text, err)))
        goto out;
    size_t before = c->keys[key].n;
    struct drift_cohort *level = drift_cohorts_level(c, key, json_is_null(name) ? NULL : str_text(&text), text.len);
    if (c->keys[key].n == before) {
        code = error_set(err, level ? ERR_INVALID : ERR_LIMIT, "a level that is there twice, or more than %d of them",
                         DRIFT_COHORTS_LEVELS);
        goto out;
    }
    if ((code = drift_reference_profile_count(o, "rows", 0, &level->rows, err)))
        goto out;
    if (json_array_size(classes) > c->nclasses) {
        code = error_set(err, ERR_INVALID, "counts of more classes than there are");
        goto out;
    }
    for (size_t i = 0; i < json_array_size(classes); i++) {
        double n = json_number_value(json_array_get(classes, i));
        if (!(n >= 0 && n <= (double)level->rows)) {
            code = error_set(err, ERR_INVALID, "\"classes\"[%zu] is no number of the level's rows", i);
            goto out;
        }
        level->classes[i] = (uint64_t)n;
    }
    code = read_level_profiles(json_object_get(o, "profiles"), r, level, profiles, err);
out:
    str_done(&text);
    return code;
}

static int read_keys(const json_t *list, const json_t *classes, struct drift_reference *r, struct error *err)
{
    size_t n = json_array_size(list), profiles = 0, i, j;
    char **names = mem_calloc(n + 1, sizeof *names);
    const json_t *o, *level;
    int code = 0;
    for (i = 0; i < n && code == 0; i++)
        code = read_name(json_object_get(json_array_get(list, i), "key"), "key", &names[i], err);
    if (code == 0) {
        r->cohorts = drift_cohorts_new((const char *const *)names, n);
        r->cohorts->nprofiles = r->nfeatures;
        code = read_classes(classes, r->cohorts, err);
    }
    for (i = 0; i < n; i++)
        free(names[i]);
    free(names);
    json_array_foreach(list, i, o)
    {
        if (code)
            return code;
        code = drift_reference_profile_count(o, "others", 0, &r->cohorts->keys[i].others, err);
        json_array_foreach(json_object_get(o, "levels"), j,
                           level) if (code == 0 && read_level(level, r, i, &profiles, err)) code =
            error_prefix(err, "key %.100s: levels[%zu]", r->cohorts->keys[i].name, j);
    }
    return code;
}

static int read_cohorts(const json_t *o, struct drift_reference *r, struct error *err)
{
    const json_t *list = json_object_get(o, "cohorts");
    enum { KEYS = 64 };
    if (!list)
        return 0;
    if (!json_is_array(list) || json_array_size(list) > KEYS)
        return error_set(err, ERR_INVALID, "\"cohorts\" is no list of at most %d keys", KEYS);
    int code = read_keys(list, json_object_get(o, "classes"), r, err);
    const struct drift_edges **edges = mem_calloc(r->nfeatures + 1, sizeof *edges);
    for (size_t i = 0; i < r->nfeatures; i++)
        edges[i] = r->features[i].edges;
    if (code == 0)
        drift_cohorts_over(r->cohorts, edges);
    free(edges);
    return code;
}

/* ---- where it comes from ---- */

static int read_offsets(const json_t *list, struct drift_reference_origin *to, struct error *err)
{
    static const char *const keys[] = {"partition", "first", "next"};
    size_t i;
    const json_t *o;
    if (!list)
        return 0;
    if (!json_is_array(list) || json_array_size(list) > DRIFT_PART_PARTITIONS)
        return error_set(err, ERR_INVALID, "\"offsets\" is no list of at most %d partitions", DRIFT_PART_PARTITIONS);
    to->offsets = mem_calloc(json_array_size(list) + 1, sizeof *to->offsets);
    json_array_foreach(list, i, o)
    {
        uint64_t n[3];
        for (size_t k = 0; k < 3; k++)
            if (drift_reference_profile_count(o, keys[k], 0, &n[k], err))
                return error_prefix(err, "offsets[%zu]", i);
        if (n[0] > INT32_MAX)
            return error_set(err, ERR_INVALID, "offsets[%zu]: \"partition\" is none", i);
        to->offsets[to->noffsets++] = (struct drift_part_offsets){(int32_t)n[0], (int64_t)n[1], (int64_t)n[2]};
    }
    return 0;
}

static int read_origin(const json_t *o, struct drift_reference_origin *to, struct error *err)
{
    static const char *const keys[] = {"icetop", "cluster", "topic", "file"};
    char **const texts[] = {&to->icetop, &to->cluster, &to->topic, &to->file};
    int code = 0;
    for (size_t i = 0; i < 4 && code == 0; i++)
        if (json_object_get(o, keys[i]))
            code = read_name(json_object_get(o, keys[i]), keys[i], texts[i], err);
    return code ? code : read_offsets(json_object_get(o, "offsets"), to, err);
}

/* ---- all ---- */

static int read_all(const json_t *o, struct drift_reference **ret, struct error *err)
{
    const json_t *features = json_object_get(o, "features");
    double version = json_number_value(json_object_get(o, "icetop_drift_reference"));
    char *name = NULL;
    if (!json_is_number(json_object_get(o, "icetop_drift_reference")))
        return error_set(err, ERR_INVALID, "no \"icetop_drift_reference\": is this a reference?");
    if (version < DRIFT_REFERENCE_VERSION || version > DRIFT_REFERENCE_VERSION)
        return error_set(err, ERR_INVALID, "version %g, and %d is read here", version, DRIFT_REFERENCE_VERSION);
    if (!json_is_array(features))
        return error_set(err, ERR_INVALID, "\"features\" is no list");
    if (json_array_size(features) > DRIFT_REFERENCE_FEATURES)
        return error_set(err, ERR_LIMIT, "%zu features, more than %d", json_array_size(features),
                         DRIFT_REFERENCE_FEATURES);
    int code = 0;
    if (json_object_get(o, "dataset") && (code = read_name(json_object_get(o, "dataset"), "dataset", &name, err)))
        return code;
    struct drift_reference *r = drift_reference_empty(name ? name : "", json_array_size(features));
    free(name);
    if ((code = read_time(o, "made_ms", &r->made_ms, err)) || (code = read_time(o, "from_ms", &r->from_ms, err)) ||
        (code = read_time(o, "to_ms", &r->to_ms, err)) || (code = read_origin(o, &r->origin, err)) ||
        (code = read_features(features, r, err)) || (code = read_cohorts(o, r, err)) ||
        (code = drift_reference_profile_count(o, "rows", r->rows, &r->rows, err)))
        drift_reference_unref(r);
    else
        *ret = r;
    return code;
}

int drift_reference_read(const char *text, size_t len, struct drift_reference **ret, struct error *err)
{
    json_t *o;
    int code = drift_json_load("reference", text, len, DRIFT_REFERENCE_BYTES, &o, err);
    if (code)
        return code;
    code = read_all(o, ret, err);
    json_decref(o);
    return code;
}
