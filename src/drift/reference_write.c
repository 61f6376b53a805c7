/* A reference as text, a feature a few lines. */
#include "drift/reference.h"

#include "base/base64.h"
#include "base/number.h"
#include "base/text.h"
#include "drift/frequent_image.h"
#include "drift/hll_image.h"
#include "drift/kll_image.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_json(struct str *out, json_t *v)
{
    char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
    str_add(out, text);
    free(text);
    json_decref(v);
}

static bool is_text(const char *bytes, size_t len)
{
    return text_is_utf8(bytes, len) && !memchr(bytes, 0, len);
}

/* A string, or {"base64": …} of bytes that are none. */
static void add_text(struct str *out, const char *bytes, size_t len)
{
    if (is_text(bytes, len)) {
        add_json(out, json_stringn_nocheck(bytes, len));
        return;
    }
    str_add(out, "{\"base64\":\"");
    base64_write(out, bytes, len);
    str_add(out, "\"}");
}

static void add_number(struct str *out, double v)
{
    char buf[NUMBER_BYTES];
    if (isfinite(v))
        str_bytes(out, buf, number_shortest(v, buf));
    else
        str_add(out, "null");
}

static void add_numbers(struct str *out, const char *key, const double *values, size_t n)
{
    str_printf(out, ",\n  \"%s\": [", key);
    for (size_t i = 0; i < n; i++) {
        str_add(out, i ? "," : "");
        add_number(out, values[i]);
    }
    str_char(out, ']');
}

static void add_counts(struct str *out, const char *key, const uint64_t *counts, size_t n)
{
    str_printf(out, "\"%s\": [", key);
    for (size_t i = 0; i < n; i++)
        str_printf(out, "%s%" PRIu64, i ? "," : "", counts[i]);
    str_char(out, ']');
}

static void add_image(struct str *out, const char *key, struct str *image)
{
    str_printf(out, ",\n  \"%s\": \"", key);
    base64_write(out, image->s, image->len);
    str_char(out, '"');
    str_done(image);
}

/* ---- profiles ---- */

static void add_moments(struct str *out, const struct drift_moments *m)
{
    static const char *const keys[] = {"min", "max", "mean", "m2"};
    const double values[] = {m->min, m->max, m->mean, m->m2};
    str_printf(out, ",\n  \"zeros\": %" PRIu64, m->zeros);
    for (size_t i = 0; i < 4; i++) {
        str_printf(out, ", \"%s\": ", keys[i]);
        add_number(out, values[i]);
    }
}

static void add_values(struct str *out, const struct drift_profile *p)
{
    struct str image = {0};
    if (p->moments.count)
        add_moments(out, &p->moments);
    if (p->counts) {
        str_add(out, ",\n  ");
        add_counts(out, "counts", p->counts->counts, p->counts->edges->bins);
        str_printf(out, ", \"below\": %" PRIu64 ", \"above\": %" PRIu64, p->counts->below, p->counts->above);
    }
    if (p->whole && p->samples.n) {
        add_numbers(out, "values", p->samples.items, p->samples.n);
        return;
    }
    if (p->quantiles->n) {
        drift_kll_image_write(p->quantiles, &image);
        add_image(out, "kll", &image);
    }
}

static bool is_plain(const struct drift_frequent *s, const struct drift_frequent_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!is_text(items[i].bytes, items[i].len))
            return false;
    return s->error == 0;
}

/* As they are counted where that is exact and they are texts, else as the sketch. */
static void add_categories(struct str *out, const struct drift_frequent *s)
{
    struct drift_frequent_item *items;
    struct str image = {0};
    size_t n = drift_frequent_list(s, DRIFT_FREQUENT_POSSIBLE, s->error, &items);
    if (is_plain(s, items, n)) {
        str_add(out, ",\n  \"categories\": {");
        for (size_t i = 0; i < n; i++) {
            str_add(out, i ? ", " : "");
            add_text(out, items[i].bytes, items[i].len);
            str_printf(out, ": %" PRIu64, items[i].lower);
        }
        str_char(out, '}');
    } else {
        drift_frequent_image_write(s, &image);
        add_image(out, "frequent", &image);
    }
    if (s->cut)
        str_printf(out, ", \"cut\": %" PRIu64, s->cut);
    free(items);
}

static void add_profile(struct str *out, const struct drift_profile *p)
{
    struct str image = {0};
    str_printf(out, "\"rows\": %" PRIu64 ", \"missing\": %" PRIu64 ", \"null\": %" PRIu64 ", \"conflicts\": %" PRIu64,
               p->rows, p->missing, p->null, p->conflicts);
    if (p->type == DRIFT_TYPE_NUMBER) {
        str_printf(out, ", \"nan\": %" PRIu64 ", \"positive_infinity\": %" PRIu64 ", \"negative_infinity\": %" PRIu64,
                   p->moments.nan, p->moments.pos_inf, p->moments.neg_inf);
        add_values(out, p);
    } else {
        add_categories(out, p->items);
    }
    if (p->whole || drift_hll_estimate(p->distinct) <= 0)
        return;
    drift_hll_image_write(p->distinct, &image);
    add_image(out, "distinct", &image);
}

static void add_feature(struct str *out, const struct drift_reference_feature *f)
{
    str_add(out, "\n {\"name\": ");
    add_text(out, f->name, strlen(f->name));
    str_printf(out, ", \"type\": \"%s\", \"method\": \"%s\", \"threshold\": ", drift_type_names[f->type],
               f->method->name);
    add_number(out, f->threshold);
    str_add(out, ",\n  ");
    add_profile(out, f->profile);
    if (f->edges) {
        add_numbers(out, "edges", f->edges->edges, f->edges->bins + 1);
        str_printf(out, ", \"open\": %s", f->edges->open ? "true" : "false");
    }
    str_char(out, '}');
}

/* ---- cohorts ---- */

static void add_level(struct str *out, const struct drift_reference *r, const struct drift_cohort *level)
{
    const struct drift_cohorts *c = r->cohorts;
    str_add(out, "\n  {\"level\": ");
    if (level->level)
        add_text(out, level->level, level->len);
    else
        str_add(out, "null");
    str_printf(out, ", \"rows\": %" PRIu64 ", ", level->rows);
    add_counts(out, "classes", level->classes, c->nclasses);
    if (level->profiles && c->nprofiles == r->nfeatures) {
        str_add(out, ", \"profiles\": [");
        for (size_t i = 0; i < r->nfeatures; i++) {
            str_add(out, i ? ",\n  {" : "\n  {");
            add_profile(out, level->profiles[i]);
            str_char(out, '}');
        }
        str_char(out, ']');
    }
    str_char(out, '}');
}

static void add_cohorts(struct str *out, const struct drift_reference *r)
{
    const struct drift_cohorts *c = r->cohorts;
    str_add(out, ",\n\"classes\": [");
    for (size_t i = 0; i < c->nclasses; i++) {
        str_add(out, i ? ", " : "");
        add_text(out, c->classes[i], strlen(c->classes[i]));
    }
    str_add(out, "],\n\"cohorts\": [");
    for (size_t i = 0; i < c->nkeys; i++) {
        const struct drift_cohorts_key *k = &c->keys[i];
        str_add(out, i ? ",\n {\"key\": " : "\n {\"key\": ");
        add_text(out, k->name, strlen(k->name));
        str_printf(out, ", \"others\": %" PRIu64 ", \"levels\": [", k->others);
        for (size_t j = 0; j < k->n; j++) {
            str_add(out, j ? "," : "");
            add_level(out, r, &k->levels[j]);
        }
        str_add(out, "]}");
    }
    str_char(out, ']');
}

/* ---- where it comes from ---- */

static void add_origin(struct str *out, const struct drift_reference_origin *o)
{
    static const char *const keys[] = {"icetop", "cluster", "topic", "file"};
    const char *const texts[] = {o->icetop, o->cluster, o->topic, o->file};
    for (size_t i = 0; i < 4; i++)
        if (texts[i]) {
            str_printf(out, ",\n\"%s\": ", keys[i]);
            add_text(out, texts[i], strlen(texts[i]));
        }
    if (o->noffsets)
        str_add(out, ",\n\"offsets\": [");
    for (size_t i = 0; i < o->noffsets; i++)
        str_printf(out, "%s{\"partition\": %" PRId32 ", \"first\": %" PRId64 ", \"next\": %" PRId64 "}", i ? ", " : "",
                   o->offsets[i].partition, o->offsets[i].first, o->offsets[i].next);
    str_add(out, o->noffsets ? "]" : "");
}

void drift_reference_write(const struct drift_reference *r, struct str *out)
{
    str_printf(out, "{\"icetop_drift_reference\": %d,\n\"dataset\": ", DRIFT_REFERENCE_VERSION);
    add_text(out, r->dataset, strlen(r->dataset));
    str_printf(out, ", \"rows\": %" PRIu64, r->rows);
    const int64_t times[] = {r->made_ms, r->from_ms, r->to_ms};
    static const char *const keys[] = {"made_ms", "from_ms", "to_ms"};
    for (size_t i = 0; i < 3; i++)
        if (times[i] >= 0)
            str_printf(out, ", \"%s\": %" PRId64, keys[i], times[i]);
    add_origin(out, &r->origin);
    str_add(out, ",\n\"features\": [");
    for (size_t i = 0; i < r->nfeatures; i++) {
        str_add(out, i ? "," : "");
        add_feature(out, &r->features[i]);
    }
    str_char(out, ']');
    if (r->cohorts)
        add_cohorts(out, r);
    str_add(out, "}\n");
}
