/* Cohorts of which something is to be said that the whole does not show. */
#include "findings/drift_cohorts.h"

#include "derive/cells.h"
#include "drift/tables.h"
#include "findings/drift_cells.h"

#include <math.h>
#include <string.h>

struct cohort {
    struct findings_drift_cells cells;
    enum drift_mark mark; /* that at hand */
    const char *key, *level;
    bool null;
};

static bool read_cohort(const struct findings_world *world, const struct row *r, enum drift_mark mark, struct cohort *c)
{
    if (!findings_drift_cells_read(world, r, COHORTS_HOLDS, &c->cells) ||
        !findings_drift_cells_has(c->cells.marks, mark))
        return false;
    c->mark = mark;
    struct value null = row_get(r, COHORTS_NULL);
    c->key = derive_cells_raw(r, COHORTS_KEY);
    c->level = derive_cells_raw(r, COHORTS_LEVEL);
    c->null = null.quality != QUALITY_UNKNOWN && null.i;
    return true;
}

static void saw(struct findings_look *look, const struct cohort *c, const char *text)
{
    struct str subject = {0};
    str_printf(&subject, "cohort %s > %s = %s", c->cells.dataset, c->key, c->level);
    findings_saw(look,
                 &(struct findings_saw){.cluster = c->cells.cluster ? c->cells.cluster : "",
                                        .subject = str_text(&subject),
                                        .since_ms = c->cells.held[c->mark].since_ms,
                                        .place = {FINDINGS_NOWHERE, .topic = c->cells.topic}},
                 "the cohort %s = %s of %s %s, for %s", c->key, c->level, c->cells.dataset, text,
                 findings_words_count(c->cells.held[c->mark].windows, "window").s);
    findings_evidence(look, "its rows and classes", c->cells.held[c->mark].since_ms, "cohorts",
                      "dataset = %s and key = %s and level = %s", c->cells.dataset, c->key, c->level);
    str_done(&subject);
}

static void each(struct findings_look *look, const struct findings_world *world, enum drift_mark mark,
                 bool (*say)(const struct findings_world *world, const struct cohort *c, struct str *text))
{
    const struct table *t = store_find(world->store, drift_table_cohorts.name);
    struct str text = {0};
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct cohort c;
        if (read_cohort(world, r, mark, &c) && say(world, &c, &text))
            saw(look, &c, str_text(&text));
        str_clear(&text);
    }
    str_done(&text);
}

static int64_t rows_of(const struct cohort *c)
{
    int64_t rows = derive_cells_number(c->cells.row, COHORTS_ROWS);
    return rows == CONNECT_EVENT_UNKNOWN ? 0 : rows;
}

static bool say_one(const struct findings_world *world, const struct cohort *c, struct str *text)
{
    (void)world;
    double share = findings_drift_cells_real(c->cells.row, COHORTS_SHARE_REFERENCE);
    str_printf(text, "has %s only", findings_words_count(rows_of(c), "row").s);
    if (share > 0)
        str_printf(text, ", and %s of the reference's", findings_drift_cells_share(share).s);
    else if (!isnan(share))
        str_add(text, ", and the reference has none");
    return true;
}

void findings_drift_cohorts_one(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_ONE, say_one);
}

static bool say_lost(const struct findings_world *world, const struct cohort *c, struct str *text)
{
    (void)world;
    const char *lost = derive_cells_raw(c->cells.row, COHORTS_LOST);
    str_printf(text, "has no row of class %s any more, among %s", lost ? lost : "that it had",
               findings_words_count(rows_of(c), "row").s);
    return true;
}

void findings_drift_cohorts_lost(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_LOST, say_lost);
}

/* Where the whole drifts in that feature it is said of the feature. */
static bool say_drift(const struct findings_world *world, const struct cohort *c, struct str *text)
{
    const struct table *t = store_find(world->store, drift_table_features.name);
    const struct value key[] = {row_get(c->cells.row, COHORTS_DATASET), row_get(c->cells.row, COHORTS_WORST)};
    const char *worst = derive_cells_raw(c->cells.row, COHORTS_WORST);
    double score = findings_drift_cells_real(c->cells.row, COHORTS_WORST_SCORE);
    const struct row *whole = t && worst ? table_find(t, key) : NULL;
    const char *state = whole ? derive_cells_raw(whole, FEATURES_STATE) : NULL,
               *role = whole ? derive_cells_raw(whole, FEATURES_ROLE) : NULL;
    if (state && strcmp(state, drift_mark_names[DRIFT_MARK_DRIFT].word) == 0)
        return false;
    if (findings_drift_cells_has(c->cells.marks, DRIFT_MARK_LOST) && role && strcmp(role, "label") == 0)
        return false; /* the class that is lost */
    str_printf(text, "drifted in %s", worst ? worst : "a feature");
    if (!isnan(score))
        str_printf(text, ", to a score of %.3g,", score);
    str_add(text, " while the whole did not");
    return true;
}

void findings_drift_cohorts_drift(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_DRIFT, say_drift);
}

static bool say_unseen(const struct findings_world *world, const struct cohort *c, struct str *text)
{
    (void)world;
    str_printf(text, "is not in the reference%s; it has %s", c->null ? ", where the key is always there" : "",
               findings_words_count(rows_of(c), "row").s);
    return true;
}

void findings_drift_cohorts_unseen(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_UNSEEN, say_unseen);
}

static bool say_vanished(const struct findings_world *world, const struct cohort *c, struct str *text)
{
    (void)world;
    str_printf(text, "has no row, and %s of the reference's",
               findings_drift_cells_share(findings_drift_cells_real(c->cells.row, COHORTS_SHARE_REFERENCE)).s);
    return true;
}

void findings_drift_cohorts_vanished(struct findings_look *look, const struct findings_world *world)
{
    each(look, world, DRIFT_MARK_VANISHED, say_vanished);
}
