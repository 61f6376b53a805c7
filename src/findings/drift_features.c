/* Features whose values are not those of the reference: of what holds of one, what tells most of its cause is said. */
#include "findings/drift_features.h"

#include "derive/cells.h"
#include "drift/tables.h"
#include "findings/drift_cells.h"

#include <math.h>
#include <string.h>

/* A feature whose state holds long enough. */
struct feature {
    struct findings_drift_cells cells;
    const char *name, *role;
    unsigned told;        /* marks that are said */
    enum drift_mark mark; /* of these, that at hand */
    double zeros, zeros_reference, nulls, nulls_reference, outside, unseen, conflicts;
};

/* From where on a change is of most rows: what a model gets is another thing then. */
static const double most = 0.5;
/* Of a prediction or a label: times its line, from where on it is critical; of others, below which it is an info. */
static const double grave_excess = 2, slight_excess = 1.2;

enum { MOST_OF = 3 }; /* features that are judged, at least, for "most of them" to mean anything */

static unsigned bit(enum drift_mark m)
{
    return 1U << m;
}

/* An explanation moves at least half of the rows by which both sides differ. */
static bool explains(double moved, double difference)
{
    return moved > 0 && (isnan(difference) || moved * 2 >= difference);
}

/* One cause is said once. */
static unsigned choose(const struct feature *f, unsigned marks)
{
    const struct row *r = f->cells.row;
    double difference = findings_drift_cells_real(r, FEATURES_TOTAL_VARIATION), zeroed = f->zeros - f->zeros_reference;
    bool zeros = findings_drift_cells_has(marks, DRIFT_MARK_ZEROS);
    if (findings_drift_cells_has(marks, DRIFT_MARK_EMPTY))
        return bit(DRIFT_MARK_EMPTY);
    if (zeros && f->zeros >= 1)
        marks &= ~bit(DRIFT_MARK_CONSTANT);
    if (zeros && explains(zeroed, f->outside))
        marks &= ~bit(DRIFT_MARK_RANGE);
    if (findings_drift_cells_has(marks, DRIFT_MARK_CONSTANT))
        marks &= ~(bit(DRIFT_MARK_DRIFT) | bit(DRIFT_MARK_RANGE) | bit(DRIFT_MARK_UNSEEN) | bit(DRIFT_MARK_VANISHED));
    if (zeros && explains(zeroed, difference))
        marks &= ~bit(DRIFT_MARK_DRIFT);
    if (findings_drift_cells_has(marks, DRIFT_MARK_UNSEEN) && explains(f->unseen, difference))
        marks &= ~bit(DRIFT_MARK_DRIFT);
    return marks;
}

static bool read_feature(const struct findings_world *world, const struct row *r, struct feature *f)
{
    if (!findings_drift_cells_read(world, r, FEATURES_HOLDS, &f->cells))
        return false;
    f->name = derive_cells_raw(r, FEATURES_FEATURE);
    f->role = derive_cells_raw(r, FEATURES_ROLE);
    f->zeros = findings_drift_cells_real(r, FEATURES_ZEROS);
    f->zeros_reference = findings_drift_cells_real(r, FEATURES_ZEROS_REFERENCE);
    f->nulls = findings_drift_cells_real(r, FEATURES_NULLS);
    f->nulls_reference = findings_drift_cells_real(r, FEATURES_NULLS_REFERENCE);
    f->outside = findings_drift_cells_real(r, FEATURES_OUTSIDE);
    f->unseen = findings_drift_cells_real(r, FEATURES_UNSEEN_SHARE);
    f->conflicts = findings_drift_cells_real(r, FEATURES_CONFLICTS);
    f->told = choose(f, f->cells.marks);
    return true;
}

/* What the model gives, or what it is judged by. */
static bool is_outcome(const struct feature *f)
{
    return f->role && (strcmp(f->role, "prediction") == 0 || strcmp(f->role, "label") == 0);
}

bool findings_drift_features_most(const struct findings_world *world, const struct row *dataset, int64_t *drifted,
                                  int64_t *judged)
{
    const struct table *t = store_find(world->store, drift_table_features.name);
    struct value name = row_get(dataset, DATASETS_DATASET);
    int64_t n = 0, of = derive_cells_number(dataset, DATASETS_FEATURES);
    if (!t || of == CONNECT_EVENT_UNKNOWN || of < MOST_OF)
        return false;
    for (const struct row *r = table_first(t); r; r = row_next(r)) {
        const char *state = derive_cells_raw(r, FEATURES_STATE);
        int64_t windows = derive_cells_number(r, FEATURES_WINDOWS);
        n += row_get(r, FEATURES_DATASET).s == name.s && state &&
             strcmp(state, drift_mark_names[DRIFT_MARK_DRIFT].word) == 0 && windows != CONNECT_EVENT_UNKNOWN &&
             windows >= FINDINGS_DRIFT_WINDOWS;
    }
    *drifted = n;
    *judged = of;
    return (double)n >= most * (double)of;
}

/* The row's severity: by its page, but graver where it is. */
static void saw(struct findings_look *look, const struct feature *f, enum findings_severity severity, const char *text)
{
    struct str subject = {0};
    str_printf(&subject, "feature %s > %s", f->cells.dataset, f->name);
    findings_saw(look,
                 &(struct findings_saw){.cluster = f->cells.cluster ? f->cells.cluster : "",
                                        .subject = str_text(&subject),
                                        .severity = severity,
                                        .own_severity = true,
                                        .since_ms = f->cells.held[f->mark].since_ms,
                                        .place = {FINDINGS_NOWHERE, .topic = f->cells.topic}},
                 "%s of %s %s, for %s", f->name, f->cells.dataset, text,
                 findings_words_count(f->cells.held[f->mark].windows, "window").s);
    findings_evidence(look, "the last window beside the reference", f->cells.held[f->mark].since_ms, "features",
                      "dataset = %s and feature = %s", f->cells.dataset, f->name);
    if (f->cells.held[f->mark].since_ms == derive_cells_number(f->cells.row, FEATURES_SINCE))
        findings_drift_cells_brought(look, f->cells.row); /* what the row tells is of its state */
    str_done(&subject);
}

static void evidence_of_values(struct findings_look *look, const struct feature *f)
{
    const char *type = derive_cells_raw(f->cells.row, FEATURES_TYPE);
    bool categories = type && strcmp(type, "category") == 0;
    findings_evidence(look, categories ? "its categories" : "its bins", CONNECT_EVENT_UNKNOWN,
                      categories ? "feature_categories" : "feature_bins", "dataset = %s and feature = %s",
                      f->cells.dataset, f->name);
}

/* Of what moved so large a part of the rows. */
static enum findings_severity by_part(const struct feature *f, double part)
{
    return part >= most || is_outcome(f) ? FINDINGS_CRITICAL : FINDINGS_WARNING;
}

static void each(struct findings_look *look, const struct findings_world *world, enum drift_mark mark,
                 void (*say)(struct findings_look *look, const struct feature *f, struct str *text))
{
    const struct table *t = store_find(world->store, drift_table_features.name);
    struct str text = {0};
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct feature f;
        if (!read_feature(world, r, &f) || !findings_drift_cells_has(f.told, mark))
            continue;
        f.mark = mark;
        say(look, &f, &text);
        str_clear(&text);
    }
    str_done(&text);
}

/* ---- one by one ---- */

static enum findings_severity of_drift(const struct feature *f, double score, double line)
{
    double excess = findings_drift_cells_real(f->cells.row, FEATURES_EXCESS);
    bool chance = score < line; /* a p-value: it tells how certain it is, and not how far */
    if (is_outcome(f))
        return !chance && excess >= grave_excess ? FINDINGS_CRITICAL : FINDINGS_WARNING;
    return !chance && excess < slight_excess ? FINDINGS_INFO : FINDINGS_WARNING;
}

static void say_drift(struct findings_look *look, const struct feature *f, struct str *text)
{
    double score = findings_drift_cells_real(f->cells.row, FEATURES_SCORE),
           line = findings_drift_cells_real(f->cells.row, FEATURES_LINE);
    const char *method = derive_cells_raw(f->cells.row, FEATURES_METHOD);
    str_printf(text, "drifted: %s is %.3g, its line %.3g", method ? method : "its score", score, line);
    saw(look, f, of_drift(f, score, line), str_text(text));
    evidence_of_values(look, f);
}

void findings_drift_features_drift(struct findings_look *look, const struct findings_world *world)
{
    const struct table *t = store_find(world->store, drift_table_features.name);
    const struct row *asked = NULL;
    bool many = false;
    struct str text = {0};
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct feature f;
        int64_t drifted, judged;
        if (!read_feature(world, r, &f) || !findings_drift_cells_has(f.told, DRIFT_MARK_DRIFT))
            continue;
        f.mark = DRIFT_MARK_DRIFT;
        const struct row *dataset = findings_drift_cells_dataset(world, row_get(r, FEATURES_DATASET));
        if (dataset && dataset != asked)
            many = findings_drift_features_most(world, dataset, &drifted, &judged);
        asked = dataset;
        if (!dataset || !many || is_outcome(&f))
            say_drift(look, &f, &text);
        str_clear(&text);
    }
    str_done(&text);
}

static void say_zeros(struct findings_look *look, const struct feature *f, struct str *text)
{
    str_printf(text, "is 0 in %s of its values, in the reference in %s", findings_drift_cells_share(f->zeros).s,
               findings_drift_cells_share(f->zeros_reference).s);
    saw(look, f, by_part(f, f->zeros - f->zeros_reference), str_text(text));
    evidence_of_values(look, f);
}

void findings_drift_features_zeros(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_ZEROS, say_zeros);
}

static void say_constant(struct findings_look *look, const struct feature *f, struct str *text)
{
    double value = findings_drift_cells_real(f->cells.row, FEATURES_MIN);
    const char *unseen = derive_cells_raw(f->cells.row, FEATURES_UNSEEN_TOP);
    str_add(text, "has one value alone");
    if (!isnan(value))
        str_printf(text, ", %.6g", value);
    else if (unseen)
        str_printf(text, ", %s, which the reference has not", unseen);
    saw(look, f, FINDINGS_CRITICAL, str_text(text));
    evidence_of_values(look, f);
}

void findings_drift_features_constant(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_CONSTANT, say_constant);
}

static void say_nulls(struct findings_look *look, const struct feature *f, struct str *text)
{
    static const double least = 0.01;
    double nan = findings_drift_cells_real(f->cells.row, FEATURES_NAN), more = f->nulls - f->nulls_reference;
    bool not_numbers = fabs(more) < least && nan > fabs(more);
    if (not_numbers)
        str_printf(text, "is NaN or infinite in %s of its events", findings_drift_cells_share(nan).s);
    else
        str_printf(text, "is null or missing in %s of the events, in the reference in %s",
                   findings_drift_cells_share(f->nulls).s, findings_drift_cells_share(f->nulls_reference).s);
    bool fewer = !not_numbers && more < 0;
    saw(look, f, fewer ? FINDINGS_INFO : by_part(f, not_numbers ? nan : more), str_text(text));
}

void findings_drift_features_nulls(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_NULLS, say_nulls);
}

static void say_empty(struct findings_look *look, const struct feature *f, struct str *text)
{
    str_printf(text, "has no value in any event, in the reference it is null or missing in %s",
               findings_drift_cells_share(f->nulls_reference).s);
    saw(look, f, FINDINGS_CRITICAL, str_text(text));
}

void findings_drift_features_empty(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_EMPTY, say_empty);
}

static void say_type(struct findings_look *look, const struct feature *f, struct str *text)
{
    const char *type = derive_cells_raw(f->cells.row, FEATURES_TYPE);
    str_printf(text, "is of another type than %s in %s of its values", type ? type : "its own",
               findings_drift_cells_share(f->conflicts).s);
    saw(look, f, by_part(f, f->conflicts), str_text(text));
}

void findings_drift_features_type(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_TYPE, say_type);
}

static void say_range(struct findings_look *look, const struct feature *f, struct str *text)
{
    str_printf(text, "lies outside of the reference's range in %s of its values: it is %.6g to %.6g",
               findings_drift_cells_share(f->outside).s, findings_drift_cells_real(f->cells.row, FEATURES_MIN),
               findings_drift_cells_real(f->cells.row, FEATURES_MAX));
    saw(look, f, by_part(f, f->outside), str_text(text));
    evidence_of_values(look, f);
}

void findings_drift_features_range(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_RANGE, say_range);
}

static void say_unseen(struct findings_look *look, const struct feature *f, struct str *text)
{
    const char *top = derive_cells_raw(f->cells.row, FEATURES_UNSEEN_TOP);
    int64_t n = derive_cells_number(f->cells.row, FEATURES_UNSEEN);
    str_printf(text, "has %lld %s that the reference has not, in %s of its values",
               (long long)(n == CONNECT_EVENT_UNKNOWN ? 1 : n), n == 1 ? "category" : "categories",
               findings_drift_cells_share(f->unseen).s);
    if (top)
        str_printf(text, ", most of them %s", top);
    saw(look, f, by_part(f, f->unseen), str_text(text));
    findings_evidence(look, "the new ones", CONNECT_EVENT_UNKNOWN, "feature_categories",
                      "dataset = %s and feature = %s and state = %s", f->cells.dataset, f->name, "new");
}

void findings_drift_features_unseen(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_UNSEEN, say_unseen);
}

static void say_vanished(struct findings_look *look, const struct feature *f, struct str *text)
{
    int64_t n = derive_cells_number(f->cells.row, FEATURES_VANISHED);
    str_printf(text, "has lost %lld %s of the reference", (long long)(n == CONNECT_EVENT_UNKNOWN ? 1 : n),
               n == 1 ? "category" : "categories");
    saw(look, f, is_outcome(f) ? FINDINGS_CRITICAL : FINDINGS_WARNING, str_text(text));
    findings_evidence(look, "the ones that are gone", CONNECT_EVENT_UNKNOWN, "feature_categories",
                      "dataset = %s and feature = %s and state = %s", f->cells.dataset, f->name, "vanished");
}

void findings_drift_features_vanished(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_VANISHED, say_vanished);
}
