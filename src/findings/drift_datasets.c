/* Datasets of which most features drifted, and those that cannot be judged. */
#include "findings/drift_datasets.h"

#include "derive/cells.h"
#include "drift/tables.h"
#include "findings/drift_cells.h"
#include "findings/drift_features.h"

#include <string.h>

enum {
    EMPTY_MS = 60000,  /* for as long as a window has no row, before it is said */
    LOW_MS = 600000,   /* likewise, too few rows */
    RECENT_MS = 300000 /* for as long bad or late events are spoken of after the last one */
};

__attribute__((format(printf, 4, 5))) static void saw(struct findings_look *look, const struct row *r, int64_t hold_ms,
                                                      const char *text, ...)
{
    struct str subject = {0}, s = {0};
    const char *name = derive_cells_raw(r, DATASETS_DATASET), *cluster = derive_cells_raw(r, DATASETS_CLUSTER);
    va_list ap;
    va_start(ap, text);
    str_vprintf(&s, text, ap);
    va_end(ap);
    str_printf(&subject, "dataset %s", name);
    findings_saw(look,
                 &(struct findings_saw){.cluster = cluster ? cluster : "",
                                        .subject = str_text(&subject),
                                        .since_ms = CONNECT_EVENT_UNKNOWN,
                                        .hold_ms = hold_ms,
                                        .place = {FINDINGS_NOWHERE, .topic = derive_cells_raw(r, DATASETS_TOPIC)}},
                 "%s", str_text(&s));
    findings_evidence(look, "the dataset", derive_cells_number(r, DATASETS_WINDOW_END), "datasets", "dataset = %s",
                      name);
    str_done(&subject);
    str_done(&s);
}

/* Those whose events are read here: reports of other tools have no windows. */
static const struct row *first_of(const struct findings_world *world)
{
    const struct table *t = store_find(world->store, drift_table_datasets.name);
    return t ? table_first(t) : NULL;
}

static bool is_read(const struct row *r)
{
    const char *kind = derive_cells_raw(r, DATASETS_KIND);
    return kind && strcmp(kind, "events") == 0;
}

static bool has_state(const struct row *r, enum drift_mark mark)
{
    const char *state = derive_cells_raw(r, DATASETS_STATE);
    return is_read(r) && state && strcmp(state, drift_mark_names[mark].word) == 0;
}

void findings_drift_datasets_most(struct findings_look *look, const struct findings_world *world)
{
    for (const struct row *r = first_of(world); r; r = row_next(r)) {
        int64_t drifted, judged;
        if (!is_read(r) || !findings_drift_features_most(world, r, &drifted, &judged))
            continue;
        const char *name = derive_cells_raw(r, DATASETS_DATASET), *worst = derive_cells_raw(r, DATASETS_WORST);
        saw(look, r, 0, "%lld of %s of %s drifted%s%s", (long long)drifted, findings_words_count(judged, "feature").s,
            name, worst ? ", most of all " : "", worst ? worst : "");
        findings_evidence(look, "the features that drifted", CONNECT_EVENT_UNKNOWN, "features",
                          "dataset = %s and state = %s", name, drift_mark_names[DRIFT_MARK_DRIFT].word);
        findings_drift_cells_brought(look, r);
    }
}

void findings_drift_datasets_empty(struct findings_look *look, const struct findings_world *world)
{
    for (const struct row *r = first_of(world); r; r = row_next(r))
        if (has_state(r, DRIFT_MARK_EMPTY))
            saw(look, r, EMPTY_MS, "%s has no event in its last window", derive_cells_raw(r, DATASETS_DATASET));
}

void findings_drift_datasets_low(struct findings_look *look, const struct findings_world *world)
{
    for (const struct row *r = first_of(world); r; r = row_next(r)) {
        int64_t rows = derive_cells_number(r, DATASETS_ROWS);
        if (has_state(r, DRIFT_MARK_LOW_N))
            saw(look, r, LOW_MS, "%s has too few events in a window to be judged: %s",
                derive_cells_raw(r, DATASETS_DATASET),
                findings_words_number(rows == CONNECT_EVENT_UNKNOWN ? 0 : rows).s);
    }
}

static bool is_recent(const struct findings_look *look, int64_t since_ms)
{
    return since_ms != CONNECT_EVENT_UNKNOWN && findings_now(look) - since_ms < RECENT_MS;
}

void findings_drift_datasets_bad(struct findings_look *look, const struct findings_world *world)
{
    for (size_t i = 0; i < world->ndatasets; i++) {
        const struct findings_dataset *d = &world->datasets[i];
        if (d->bad > 0 && is_recent(look, d->bad_since_ms))
            saw(look, d->row, 0, "%s of %s could not be read", findings_words_count(d->bad, "event").s,
                derive_cells_raw(d->row, DATASETS_DATASET));
    }
}

/* A few stragglers are in every stream. */
void findings_drift_datasets_late(struct findings_look *look, const struct findings_world *world)
{
    enum { PART = 100, LEAST = 10 };
    for (size_t i = 0; i < world->ndatasets; i++) {
        const struct findings_dataset *d = &world->datasets[i];
        int64_t rows = derive_cells_number(d->row, DATASETS_ROWS);
        if (d->late >= LEAST && (rows == CONNECT_EVENT_UNKNOWN || d->late >= rows / PART) &&
            is_recent(look, d->late_since_ms))
            saw(look, d->row, 0, "%s of %s came after their window was closed",
                findings_words_count(d->late, "event").s, derive_cells_raw(d->row, DATASETS_DATASET));
    }
}
