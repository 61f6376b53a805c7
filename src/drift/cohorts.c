/* Levels of keys in the order in which they came, found by a map. */
#include "drift/cohorts.h"

#include "base/map.h"
#include "base/mem.h"
#include "drift/profile_counts.h"

#include <stdlib.h>
#include <string.h>

struct drift_cohorts *drift_cohorts_new(const char *const *keys, size_t nkeys)
{
    struct drift_cohorts *c = mem_new(struct drift_cohorts);
    c->keys = mem_calloc(nkeys + 1, sizeof *c->keys);
    c->nkeys = nkeys;
    for (size_t i = 0; i < nkeys; i++) {
        c->keys[i].name = mem_strdup(keys[i]);
        c->keys[i].index = mem_new(struct map);
    }
    return c;
}

struct drift_cohorts *drift_cohorts_of(const struct drift_layout *l)
{
    if (!l->nkeys)
        return NULL;
    const char **names = mem_calloc(l->nkeys, sizeof *names);
    for (size_t i = 0; i < l->nkeys; i++)
        names[i] = l->schema->fields[l->keys[i]].name;
    struct drift_cohorts *c = drift_cohorts_new(names, l->nkeys);
    free(names);
    return c;
}

static void free_level(const struct drift_cohorts *c, struct drift_cohort *level)
{
    for (size_t i = 0; level->profiles && i < c->nprofiles; i++)
        drift_profile_free(level->profiles[i]);
    free(level->profiles);
    free(level->level);
}

static void drop_classes(struct drift_cohorts *c)
{
    for (size_t i = 0; i < c->nclasses; i++)
        free(c->classes[i]);
    c->nclasses = 0;
}

void drift_cohorts_free(struct drift_cohorts *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->nkeys; i++) {
        struct drift_cohorts_key *k = &c->keys[i];
        for (size_t j = 0; j < k->n; j++)
            free_level(c, &k->levels[j]);
        map_done(k->index);
        free(k->index);
        free(k->levels);
        free(k->name);
    }
    drop_classes(c);
    free(c->keys);
    free(c);
}

/* ---- levels and classes ---- */

/* A level's bytes in the map: the null one is told from every text. */
struct level_key {
    char bytes[DRIFT_EVENT_TEXT_BYTES + 1];
    size_t len;
};

static struct level_key key_of(const char *level, size_t len)
{
    struct level_key key = {.bytes = {level ? '=' : '0'}, .len = 1};
    if (level && len) {
        const size_t n = len < DRIFT_EVENT_TEXT_BYTES ? len : DRIFT_EVENT_TEXT_BYTES;
        memcpy(key.bytes + 1, level, n);
        key.len += n;
    }
    return key;
}

/* Its index from 1; 0: there is none. */
static size_t place_of(const struct drift_cohorts_key *k, const struct level_key *key)
{
    return (uintptr_t)map_get(k->index, key->bytes, key->len);
}

struct drift_cohort *drift_cohorts_level(struct drift_cohorts *c, size_t key, const char *level, size_t len)
{
    struct drift_cohorts_key *k = &c->keys[key];
    const struct level_key bytes = key_of(level, len);
    const size_t at = place_of(k, &bytes);
    if (at)
        return &k->levels[at - 1];
    if (k->n == DRIFT_COHORTS_LEVELS)
        return NULL;
    k->levels = mem_realloc(k->levels, k->n + 1, sizeof *k->levels);
    struct drift_cohort *made = &k->levels[k->n++];
    *made = (struct drift_cohort){.len = bytes.len - 1};
    if (level)
        made->level = mem_memdup(bytes.bytes + 1, made->len);
    map_put(k->index, bytes.bytes, bytes.len, (void *)(uintptr_t)k->n);
    return made;
}

const struct drift_cohort *drift_cohorts_find(const struct drift_cohorts_key *k, const char *level, size_t len)
{
    const struct level_key bytes = key_of(level, len);
    const size_t at = place_of(k, &bytes);
    return at ? &k->levels[at - 1] : NULL;
}

size_t drift_cohorts_class(struct drift_cohorts *c, const char *name, size_t len)
{
    const size_t n = strnlen(name, len); /* names are texts */
    for (size_t i = 0; i < c->nclasses; i++)
        if (strlen(c->classes[i]) == n && memcmp(c->classes[i], name, n) == 0)
            return i;
    if (c->nclasses == DRIFT_COHORTS_CLASSES)
        return DRIFT_COHORTS_CLASSES;
    c->classes[c->nclasses] = mem_memdup(name, n);
    return c->nclasses++;
}

static void give_up_classes(struct drift_cohorts *c)
{
    c->classless = true;
    drop_classes(c);
    for (size_t i = 0; i < c->nkeys; i++)
        for (size_t j = 0; j < c->keys[i].n; j++)
            memset(c->keys[i].levels[j].classes, 0, sizeof c->keys[i].levels[j].classes);
}

/* ---- events ---- */

/* The class of the event at hand; DRIFT_COHORTS_CLASSES: none. */
static size_t class_of(struct drift_cohorts *c, const struct drift_layout *l, const struct drift_event *e)
{
    char buf[NUMBER_BYTES];
    size_t len, class = DRIFT_COHORTS_CLASSES;
    if (l->label == SIZE_MAX || c->classless)
        return class;
    const char *name = drift_event_category(drift_event_get(e, l->label), buf, &len);
    if (!name)
        return class;
    class = drift_cohorts_class(c, name, len);
    if (class == DRIFT_COHORTS_CLASSES && l->schema->fields[l->label].type == DRIFT_TYPE_NUMBER)
        give_up_classes(c);
    return class;
}

static void profile_level(struct drift_cohorts *c, const struct drift_layout *l, struct drift_cohort *level)
{
    c->nprofiles = l->nfeatures;
    level->profiles = drift_layout_profiles(l);
}

void drift_cohorts_add(struct drift_cohorts *c, const struct drift_layout *l, const struct drift_event *e)
{
    const size_t class = class_of(c, l, e);
    for (size_t i = 0; i < c->nkeys; i++) {
        struct drift_cohorts_key *k = &c->keys[i];
        char buf[NUMBER_BYTES];
        size_t len = 0;
        const char *name = drift_event_category(drift_event_get(e, l->keys[i]), buf, &len);
        struct drift_cohort *level = drift_cohorts_level(c, i, name, len);
        if (!level) {
            k->others++;
            continue;
        }
        if (!level->rows && (size_t)(level - k->levels) < l->levels)
            profile_level(c, l, level);
        level->rows++;
        if (class < DRIFT_COHORTS_CLASSES)
            level->classes[class]++;
        for (size_t f = 0; level->profiles && f < l->nfeatures; f++)
            drift_profile_add(level->profiles[f], drift_event_get(e, l->features[f]));
    }
}

void drift_cohorts_settle(struct drift_cohorts *c)
{
    for (size_t i = 0; i < c->nkeys; i++)
        for (size_t j = 0; j < c->keys[i].n; j++) {
            struct drift_cohort *level = &c->keys[i].levels[j];
            for (size_t f = 0; level->profiles && f < c->nprofiles; f++)
                drift_profile_settle(level->profiles[f]);
        }
}

/* ---- both ---- */

static void merge_level(struct drift_cohorts *c, const struct drift_layout *l, struct drift_cohort *to, bool profiled,
                        const struct drift_cohort *from, const size_t *classes)
{
    if (!to->rows && profiled && from->profiles)
        profile_level(c, l, to);
    to->rows += from->rows;
    for (size_t i = 0; i < DRIFT_COHORTS_CLASSES; i++)
        if (classes[i] < DRIFT_COHORTS_CLASSES)
            to->classes[classes[i]] += from->classes[i];
    for (size_t f = 0; to->profiles && from->profiles && f < c->nprofiles; f++)
        (void)drift_profile_merge(to->profiles[f], from->profiles[f],
                                  NULL); /* of one layout: of one type, over the same edges */
}

/* Where each of other's classes is in c. */
static void join_classes(struct drift_cohorts *c, const struct drift_cohorts *other, size_t *at)
{
    if (other->classless && !c->classless)
        give_up_classes(c);
    for (size_t i = 0; i < DRIFT_COHORTS_CLASSES; i++) {
        const bool counted = i < other->nclasses && !c->classless;
        at[i] = counted ? drift_cohorts_class(c, other->classes[i], strlen(other->classes[i])) : DRIFT_COHORTS_CLASSES;
    }
}

void drift_cohorts_merge(struct drift_cohorts *c, const struct drift_layout *l, const struct drift_cohorts *other)
{
    size_t classes[DRIFT_COHORTS_CLASSES];
    join_classes(c, other, classes);
    for (size_t i = 0; i < c->nkeys && i < other->nkeys; i++) {
        const struct drift_cohorts_key *from = &other->keys[i];
        c->keys[i].others += from->others;
        for (size_t j = 0; j < from->n; j++) {
            struct drift_cohort *to = drift_cohorts_level(c, i, from->levels[j].level, from->levels[j].len);
            if (to)
                merge_level(c, l, to, l && (size_t)(to - c->keys[i].levels) < l->levels, &from->levels[j], classes);
            else
                c->keys[i].others += from->levels[j].rows;
        }
    }
}

void drift_cohorts_over(struct drift_cohorts *c, const struct drift_edges *const *edges)
{
    for (size_t i = 0; i < c->nkeys; i++)
        for (size_t j = 0; j < c->keys[i].n; j++) {
            struct drift_cohort *level = &c->keys[i].levels[j];
            for (size_t f = 0; level->profiles && f < c->nprofiles; f++)
                drift_profile_counts_over(level->profiles[f], edges[f]);
        }
}

size_t drift_cohorts_bytes(const struct drift_cohorts *c)
{
    size_t bytes = sizeof *c + c->nkeys * sizeof *c->keys;
    for (size_t i = 0; i < c->nkeys; i++)
        for (size_t j = 0; j < c->keys[i].n; j++) {
            const struct drift_cohort *level = &c->keys[i].levels[j];
            bytes += sizeof *level + level->len;
            for (size_t f = 0; level->profiles && f < c->nprofiles; f++)
                bytes += drift_profile_bytes(level->profiles[f]);
        }
    return bytes;
}
