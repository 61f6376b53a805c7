/* What a drift detector answered. */
#include "drift/detector.h"
#include "base/number.h"
#include "drift/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum part { IS_DRIFT, DISTANCE, P_VAL, THRESHOLD, PARTS };

static const char *const part_names[PARTS] = {"is_drift", "distance", "p_val", "threshold"};

struct numbers {
    double *items;
    size_t n, room;
};

/* The answer's numbers, of either form; n is 0 for what it does not have. */
struct answer {
    struct numbers parts[PARTS];
};

/* Numbers beyond int32 are texts in protobuf's JSON. */
static bool number_of(const json_t *value, double *ret)
{
    const char *text = json_string_value(value);
    if (json_is_boolean(value))
        *ret = json_is_true(value);
    else if (!drift_json_number(value, ret) && (!text || number_read(text, strlen(text), ret) != 0))
        return false;
    return true;
}

/* A number, a list, or lists in lists: a tensor's numbers may be nested by its shape. The parser bounds their depth. */
static bool take(struct numbers *to, const json_t *value)
{
    double number;
    size_t i;
    json_t *item;
    if (json_is_null(value))
        return true;
    if (!json_is_array(value)) {
        if (!number_of(value, &number))
            return false;
        vec_push(to, number);
        return true;
    }
    json_array_foreach(value, i, item)
    {
        if (!take(to, item))
            return false;
    }
    return true;
}

static int take_part(struct answer *a, enum part part, const json_t *value, struct error *err)
{
    if (value && !take(&a->parts[part], value))
        return error_set(err, ERR_INVALID, "%s: not all of it are numbers", part_names[part]);
    return 0;
}

static int take_prediction(struct answer *a, const json_t *root, struct error *err)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < PARTS; i++)
        rc = take_part(a, i, json_object_get(json_object_get(root, "data"), part_names[i]), err);
    return rc;
}

/* The numbers of an output tensor: "data", or the one list of "contents" that its datatype has. */
static const json_t *tensor(const json_t *output)
{
    static const char *const lists[] = {"int64Contents", "intContents",     "uint64Contents", "uintContents",
                                        "boolContents",  "fp32Contents",    "fp64Contents",   "int64_contents",
                                        "int_contents",  "uint64_contents", "uint_contents",  "bool_contents",
                                        "fp32_contents", "fp64_contents"};
    const json_t *contents = json_object_get(output, "contents"), *found = json_object_get(output, "data");
    for (size_t i = 0; !found && i < sizeof lists / sizeof *lists; i++)
        found = json_object_get(contents, lists[i]);
    return found;
}

static int take_tensors(struct answer *a, const json_t *root, struct error *err)
{
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(root, "outputs"), i, output)
    {
        const char *name = drift_json_text(output, "name");
        for (size_t k = 0; name && k < PARTS; k++) {
            int rc = 0;
            if (strcmp(name, part_names[k]) == 0 && a->parts[k].n == 0)
                rc = take_part(a, k, tensor(output), err);
            if (rc != 0)
                return rc;
        }
    }
    if (a->parts[IS_DRIFT].n == 0 &&
        (json_object_get(root, "rawOutputContents") || json_object_get(root, "raw_output_contents")))
        return error_set(err, ERR_UNAVAILABLE, "is_drift is there as raw bytes, which are not read here");
    return 0;
}

static enum drift_verdict_answer answer_of(double is_drift)
{
    return is_drift == 0 ? DRIFT_VERDICT_STABLE : is_drift == 1 ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_UNSAID;
}

static struct drift_verdict_number at(const struct numbers *numbers, size_t i)
{
    return i < numbers->n ? drift_verdict_known(numbers->items[i]) : (struct drift_verdict_number){0};
}

/* The i-th numbers of the answer as a verdict: a p-value where there is one, else the distance. */
static void add(struct drift_verdicts *v, const struct answer *a, const char *feature, size_t i, const char *method)
{
    struct drift_verdict *one = drift_verdict_add(v, feature);
    if (!one)
        return;
    bool p = a->parts[P_VAL].n > 0;
    one->method = method ? mem_strdup(method) : NULL;
    one->value = at(&a->parts[p ? P_VAL : DISTANCE], i);
    if (one->value.known)
        one->direction = p ? DRIFT_VERDICT_SMALLER : DRIFT_VERDICT_LARGER;
    if (p)
        one->distance = at(&a->parts[DISTANCE], i);
    one->threshold = at(&a->parts[THRESHOLD], a->parts[THRESHOLD].n > 1 ? i : 0);
    if (!feature || a->parts[IS_DRIFT].n > 1)
        one->drifted = answer_of(a->parts[IS_DRIFT].items[i]);
}

/* Parts are one number, which is the dataset's, or one a feature. */
static int add_all(struct drift_verdicts *v, const struct answer *a, const char *method, struct error *err)
{
    size_t features = 1;
    for (size_t i = 0; i < PARTS; i++)
        features = a->parts[i].n > features ? a->parts[i].n : features;
    for (size_t i = 0; i < PARTS; i++)
        if (a->parts[i].n > 1 && a->parts[i].n != features)
            return error_set(err, ERR_INVALID, "%s: %zu numbers, and %zu features", part_names[i], a->parts[i].n,
                             features);
    if (a->parts[IS_DRIFT].n == 0)
        return error_set(err, ERR_INVALID, "is_drift holds no number");
    if (a->parts[IS_DRIFT].n == 1) {
        struct answer whole = *a;
        for (size_t i = 0; i < PARTS; i++)
            if (whole.parts[i].n > 1)
                whole.parts[i] = (struct numbers){0};
        add(v, &whole, NULL, 0, method);
    }
    for (size_t i = 0; features > 1 && i < features && v->verdicts.n < DRIFT_VERDICT_FEATURES; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "%zu", i);
        add(v, a, name, i, method);
    }
    return 0;
}

static const char *either(const json_t *root, const char *key, const char *other)
{
    const char *text = drift_json_text(root, key);
    return text ? text : drift_json_text(root, other);
}

static bool is_prediction(const json_t *root)
{
    return json_object_get(json_object_get(root, "data"), "is_drift") != NULL;
}

bool drift_detector_is(const json_t *root)
{
    size_t i;
    json_t *output;
    json_array_foreach(json_object_get(root, "outputs"), i, output)
    {
        const char *name = drift_json_text(output, "name");
        if (name && strcmp(name, "is_drift") == 0)
            return true;
    }
    return is_prediction(root);
}

int drift_detector_read(const json_t *root, struct drift_verdicts **ret, struct error *err)
{
    bool prediction = is_prediction(root);
    const json_t *meta = json_object_get(root, "meta");
    struct drift_verdicts *v = prediction ? drift_verdict_new(DRIFT_VERDICT_ALIBI, "prediction")
                                          : drift_verdict_new(DRIFT_VERDICT_SELDON, "tensors");
    const char *version = prediction ? drift_json_text(meta, "version") : either(root, "model_version", "modelVersion");
    const char *model = prediction ? NULL : either(root, "model_name", "modelName");
    struct answer a = {0};
    int rc = prediction ? take_prediction(&a, root, err) : take_tensors(&a, root, err);
    if (rc == 0)
        rc = add_all(v, &a, prediction ? drift_json_text(meta, "name") : NULL, err);
    for (size_t i = 0; i < PARTS; i++)
        vec_done(&a.parts[i]);
    if (rc != 0) {
        drift_verdict_free(v);
        return rc;
    }
    v->version = version ? mem_strdup(version) : NULL;
    v->dataset = model ? mem_strdup(model) : NULL;
    *ret = v;
    return 0;
}
