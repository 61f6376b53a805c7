/* A key's levels, each beside the one of the same name. */
#include "drift/cohorts_judge.h"

#include "base/mem.h"
#include "drift/chance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_VANISHED = 10 };

/* One key on both sides. */
struct scope {
    const struct drift_cohorts *c, *rc;     /* rc NULL: no reference */
    const struct drift_cohorts_key *k, *rk; /* rk NULL: the reference has no such key */
    const struct drift_reference *reference;
    const struct drift_cohorts_judge_feature *features;
    size_t nfeatures;
    const struct drift_score_settings *settings;
    double tail;
    uint64_t n, m; /* rows of the key in the reference and now */
    bool tailed;   /* the reference has levels as small as ONE, or more than are held */
};

static uint64_t rows_of(const struct drift_cohorts_key *k)
{
    uint64_t rows = k ? k->others : 0;
    for (size_t i = 0; k && i < k->n; i++)
        rows += k->levels[i].rows;
    return rows;
}

static bool has_tail(const struct drift_cohorts_key *k)
{
    for (size_t i = 0; k && i < k->n; i++)
        if (k->levels[i].rows > 0 && k->levels[i].rows < DRIFT_COHORTS_ROWS)
            return true;
    return k && k->others > 0;
}

static double share(uint64_t part, uint64_t rows)
{
    return rows ? (double)part / (double)rows : NAN;
}

static unsigned bit(enum drift_mark mark, bool holds)
{
    return holds ? 1U << mark : 0;
}

/* ---- rows and classes ---- */

static unsigned judge_rows(const struct scope *s, const struct drift_cohorts_judge_level *l)
{
    bool few = l->rows < DRIFT_COHORTS_ROWS;
    if (!l->reference || !l->reference->rows)
        return few ? bit(DRIFT_MARK_ONE, l->rows && !s->tailed) : bit(DRIFT_MARK_UNSEEN, s->rk->others == 0);
    uint64_t before = l->reference->rows;
    double expected = (double)before * (double)s->m / (double)s->n;
    if (!l->rows)
        return bit(DRIFT_MARK_VANISHED, expected >= LEAST_VANISHED && drift_chance_all(before, s->m, s->n) <= s->tail);
    return bit(DRIFT_MARK_ONE,
               few && expected >= DRIFT_COHORTS_ROWS && drift_chance_share(before, s->n, l->rows, s->m) <= s->tail);
}

/* The current rows of a class of the reference's. */
static uint64_t rows_of_class(const struct scope *s, const struct drift_cohort *level, size_t class)
{
    for (size_t i = 0; i < s->c->nclasses; i++)
        if (strcmp(s->c->classes[i], s->rc->classes[class]) == 0)
            return level->classes[i];
    return 0;
}

static unsigned lost_classes(const struct scope *s, const struct drift_cohorts_judge_level *l)
{
    unsigned lost = 0;
    if (!l->reference || !l->current || !l->reference->rows || !l->rows || s->c->classless || s->rc->classless)
        return 0;
    for (size_t i = 0; i < s->rc->nclasses; i++) {
        uint64_t before = l->reference->classes[i];
        double expected = (double)before * (double)l->rows / (double)l->reference->rows;
        if (expected >= DRIFT_COHORTS_ROWS && !rows_of_class(s, l->current, i) &&
            drift_chance_all(before, l->rows, l->reference->rows) <= s->tail)
            lost |= 1U << i;
    }
    return lost;
}

/* ---- features ---- */

static bool drifts(enum drift_mark mark, unsigned also)
{
    return mark == DRIFT_MARK_DRIFT || also & 1U << DRIFT_MARK_DRIFT;
}

/* The reference's profile of a feature in this level; NULL: none. */
static const struct drift_profile *profile_of(const struct scope *s, const struct drift_cohort *level, size_t feature)
{
    const struct drift_reference_feature *f = s->features[feature].reference;
    if (!level || !level->profiles || !f || s->rc->nprofiles != s->reference->nfeatures)
        return NULL;
    return level->profiles[f - s->reference->features];
}

/* True where a feature drifts in this level and not in the whole. */
static bool judge_features(const struct scope *s, struct drift_cohorts_judge_level *l)
{
    bool alone = false;
    for (size_t i = 0; i < s->nfeatures; i++) {
        const struct drift_cohorts_judge_feature *f = &s->features[i];
        const struct drift_profile *before = profile_of(s, l->reference, i);
        bool profiled = before && l->current && l->current->profiles && i < s->c->nprofiles;
        l->letters[i] = drift_mark_names[DRIFT_MARK_NO_REFERENCE].letter;
        if (!profiled || before->type != l->current->profiles[i]->type)
            continue;
        struct drift_reference_feature of_level = *f->reference;
        struct drift_score_settings settings = *s->settings;
        struct drift_score score;
        of_level.profile = (struct drift_profile *)(uintptr_t)before; /* which is only read */
        of_level.points = NULL;
        settings.brief = true;
        drift_score(&of_level, l->current->profiles[i], &settings, &score);
        l->letters[i] = drift_mark_names[score.mark].letter;
        alone = alone || (drifts(score.mark, score.also) && !drifts(f->mark, f->also) && !(f->label && l->lost));
        if (score.mark == DRIFT_MARK_LOW_N || isnan(score.excess) ||
            (l->worst != SIZE_MAX && score.excess <= l->worst_excess))
            continue;
        l->worst = i;
        l->worst_value = score.value;
        l->worst_excess = score.excess;
    }
    return alone;
}

/* ---- levels ---- */

static void judge_level(const struct scope *s, const struct drift_cohort *current, const struct drift_cohort *before,
                        struct drift_cohorts_judge_level *l)
{
    *l = (struct drift_cohorts_judge_level){.current = current,
                                            .reference = before,
                                            .rows = current ? current->rows : 0,
                                            .worst = SIZE_MAX,
                                            .worst_value = NAN,
                                            .worst_excess = NAN,
                                            .share_reference = NAN};
    l->share = share(l->rows, s->m);
    l->letters = mem_calloc(s->nfeatures + 1, 1);
    memset(l->letters, drift_mark_names[DRIFT_MARK_NO_REFERENCE].letter, s->nfeatures);
    if (!s->rk || !s->n) {
        l->mark = DRIFT_MARK_NO_REFERENCE;
        return;
    }
    if (s->n)
        l->share_reference = share(before ? before->rows : 0, s->n);
    unsigned marks = judge_rows(s, l);
    l->lost = lost_classes(s, l);
    marks |= bit(DRIFT_MARK_LOST, l->lost != 0) | bit(DRIFT_MARK_DRIFT, judge_features(s, l));
    l->also = marks;
    for (int i = 0; i < DRIFT_MARKS; i++)
        if (marks & 1U << i)
            l->mark = (enum drift_mark)i;
    l->also = marks & ~(1U << l->mark);
}

static const struct drift_cohorts_key *find_key(const struct drift_cohorts *c, const char *name)
{
    for (size_t i = 0; c && i < c->nkeys; i++)
        if (strcmp(c->keys[i].name, name) == 0)
            return &c->keys[i];
    return NULL;
}

static void judge_key(struct scope *s, struct drift_cohorts_judge_key *out)
{
    s->rk = find_key(s->rc, s->k->name);
    s->m = rows_of(s->k);
    s->n = rows_of(s->rk);
    s->tailed = has_tail(s->rk);
    out->name = s->k->name;
    out->levels = mem_calloc(s->k->n + (s->rk ? s->rk->n : 0) + 1, sizeof *out->levels);
    for (size_t i = 0; i < s->k->n; i++) {
        const struct drift_cohort *l = &s->k->levels[i];
        judge_level(s, l, s->rk ? drift_cohorts_find(s->rk, l->level, l->len) : NULL, &out->levels[out->n++]);
    }
    for (size_t i = 0; s->rk && i < s->rk->n; i++) {
        const struct drift_cohort *l = &s->rk->levels[i];
        if (!s->k->others && !drift_cohorts_find(s->k, l->level, l->len))
            judge_level(s, NULL, l, &out->levels[out->n++]);
    }
}

struct drift_cohorts_judge *drift_cohorts_judge(const struct drift_cohorts *current,
                                                const struct drift_reference *reference,
                                                const struct drift_cohorts_judge_feature *features, size_t nfeatures,
                                                const struct drift_score_settings *settings)
{
    struct drift_cohorts_judge *j = mem_new(struct drift_cohorts_judge);
    struct scope s = {.c = current,
                      .rc = reference ? reference->cohorts : NULL,
                      .reference = reference,
                      .features = features,
                      .nfeatures = nfeatures,
                      .settings = settings,
                      .tail = settings->false_alarms > 0 ? settings->false_alarms : DRIFT_SCORE_FALSE_ALARMS};
    j->nkeys = current->nkeys;
    j->keys = mem_calloc(j->nkeys + 1, sizeof *j->keys);
    for (size_t i = 0; i < j->nkeys; i++) {
        s.k = &current->keys[i];
        judge_key(&s, &j->keys[i]);
        for (size_t l = 0; l < j->keys[i].n; l++)
            j->mark = j->keys[i].levels[l].mark > j->mark ? j->keys[i].levels[l].mark : j->mark;
    }
    return j;
}

static bool is_same_level(const struct drift_cohorts_judge_level *a, const struct drift_cohorts_judge_level *b)
{
    const struct drift_cohort *x = a->current ? a->current : a->reference, *y = b->current ? b->current : b->reference;
    return !x->level == !y->level && x->len == y->len && (!x->len || memcmp(x->level, y->level, x->len) == 0);
}

/* A level of the window before; it most likely stands at the same place. NULL: it had none. */
static const struct drift_streak *streak_of(const struct drift_cohorts_judge_key *before, size_t at,
                                            const struct drift_cohorts_judge_level *l)
{
    for (size_t i = 0; before && i < before->n; i++) {
        const struct drift_cohorts_judge_level *b = &before->levels[(at + i) % before->n];
        if (is_same_level(b, l))
            return &b->streak;
    }
    return NULL;
}

void drift_cohorts_judge_go_on(struct drift_cohorts_judge *j, const struct drift_cohorts_judge *before, int64_t end_ms)
{
    for (size_t i = 0; i < j->nkeys; i++)
        for (size_t k = 0; k < j->keys[i].n; k++) {
            struct drift_cohorts_judge_level *l = &j->keys[i].levels[k];
            const struct drift_streak *s = streak_of(before && i < before->nkeys ? &before->keys[i] : NULL, k, l);
            drift_streak_go_on(&l->streak, s, l->also | 1U << l->mark, end_ms);
        }
}

void drift_cohorts_judge_free(struct drift_cohorts_judge *j)
{
    if (!j)
        return;
    for (size_t i = 0; i < j->nkeys; i++) {
        for (size_t l = 0; l < j->keys[i].n; l++)
            free(j->keys[i].levels[l].letters);
        free(j->keys[i].levels);
    }
    free(j->keys);
    free(j);
}
