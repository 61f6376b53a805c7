/* Who is asked when. */
#include "kafka/sweep.h"
#include "base/map.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    REST_PERCENT = 20, /* of a step that is kept for groups that neither lag nor move */
    MAX_SILENT = 64,
};

struct entry {
    char *name;
    int64_t asked_us; /* monotonic; 0: never */
    int64_t known_us; /* monotonic: before that was asked for which is known; while knowing is the sweep's */
    uint64_t knowing;
    uint64_t listing; /* the last that named it */
    int32_t coordinator;
    enum kafka_fault fault; /* of when it was asked last */
    const char *fault_text;
    bool focus, moving;
    bool read; /* once at least */
};

struct kafka_sweep {
    atomic_uint refs;
    pthread_mutex_t lock; /* for all below */
    struct map entries;
    struct kafka_cover cover;
    uint64_t knowing; /* counts calls of kafka_sweep_know */
    uint64_t listing;
    size_t listed, asked; /* of the last listing: how many there are, how many were asked once */
    int32_t silent[MAX_SILENT];
    size_t nsilent;
};

struct kafka_sweep *kafka_sweep_new(void)
{
    struct kafka_sweep *s = mem_new(struct kafka_sweep);
    atomic_init(&s->refs, 1);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

struct kafka_sweep *kafka_sweep_ref(struct kafka_sweep *s)
{
    if (s)
        atomic_fetch_add(&s->refs, 1);
    return s;
}

static void free_entry(struct entry *e)
{
    free(e->name);
    free(e);
}

void kafka_sweep_unref(struct kafka_sweep *s)
{
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    size_t at = 0;
    void *value;
    while (map_next(&s->entries, &at, NULL, NULL, &value))
        free_entry(value);
    map_done(&s->entries);
    kafka_cover_done(&s->cover);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct entry *entry_of(struct kafka_sweep *s, const char *name)
{
    size_t len = strlen(name);
    struct entry *e = map_get(&s->entries, name, len);
    if (e)
        return e;
    e = mem_new(struct entry);
    e->name = mem_strdup(name);
    e->coordinator = -1;
    map_put(&s->entries, name, len, e);
    return e;
}

/* ---- what others know ---- */

void kafka_sweep_focus(struct kafka_sweep *s, const char *const *groups, size_t n)
{
    pthread_mutex_lock(&s->lock);
    size_t at = 0;
    void *value;
    while (map_next(&s->entries, &at, NULL, NULL, &value))
        ((struct entry *)value)->focus = false;
    for (size_t i = 0; i < n; i++)
        entry_of(s, groups[i])->focus = true;
    pthread_mutex_unlock(&s->lock);
}

void kafka_sweep_cover(struct kafka_sweep *s, const struct kafka_cover *cover)
{
    pthread_mutex_lock(&s->lock);
    kafka_cover_done(&s->cover);
    s->cover = kafka_cover_copy(cover);
    pthread_mutex_unlock(&s->lock);
}

void kafka_sweep_know(struct kafka_sweep *s, const struct kafka_sweep_known *known, size_t n)
{
    pthread_mutex_lock(&s->lock);
    s->knowing++;
    for (size_t i = 0; i < n; i++) {
        struct entry *e = map_get(&s->entries, known[i].group, strlen(known[i].group));
        if (!e)
            continue;
        e->knowing = s->knowing;
        e->known_us = known[i].asked_us;
    }
    pthread_mutex_unlock(&s->lock);
}

void kafka_sweep_unknow(struct kafka_sweep *s, const char *group)
{
    pthread_mutex_lock(&s->lock);
    struct entry *e = map_get(&s->entries, group, strlen(group));
    if (e)
        e->known_us = 0;
    pthread_mutex_unlock(&s->lock);
}

void kafka_sweep_moving(struct kafka_sweep *s, const char *group, bool moving)
{
    pthread_mutex_lock(&s->lock);
    struct entry *e = map_get(&s->entries, group, strlen(group));
    if (e)
        e->moving = moving;
    pthread_mutex_unlock(&s->lock);
}

/* ---- silent coordinators ---- */

static bool is_silence(enum kafka_fault fault)
{
    return fault == KAFKA_FAULT_UNASKED || fault == KAFKA_FAULT_NETWORK;
}

static size_t find_silent(const struct kafka_sweep *s, int32_t coordinator)
{
    size_t i = 0;
    while (i < s->nsilent && s->silent[i] != coordinator)
        i++;
    return i;
}

/* One that answers, even with an error, is silent no longer. */
static void note_coordinator(struct kafka_sweep *s, int32_t coordinator, enum kafka_fault fault)
{
    size_t i = find_silent(s, coordinator);
    bool silent = is_silence(fault);
    if (coordinator < 0)
        return;
    if (silent && i == s->nsilent && s->nsilent < MAX_SILENT)
        s->silent[s->nsilent++] = coordinator;
    else if (!silent && i < s->nsilent)
        s->silent[i] = s->silent[--s->nsilent];
}

/* ---- a step ---- */

enum class { CLASS_FOCUS, CLASS_NEW, CLASS_MOVING, CLASS_REST, CLASSES };

struct candidate {
    enum class class;
    int64_t asked_us;
    size_t index;
};

static int by_urgency(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->class != y->class)
        return x->class < y->class ? -1 : 1;
    if (x->asked_us != y->asked_us)
        return x->asked_us < y->asked_us ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* What is known of it was asked for after its commits had begun to come by themselves. */
static bool is_pushed(const struct kafka_sweep *s, const struct entry *e)
{
    int64_t since_us = kafka_cover_since(&s->cover, e->name);
    return since_us && e->knowing == s->knowing && e->known_us > since_us;
}

/* The group's turn, and whether it is due: then it is a candidate, and waits until it is chosen. */
static enum kafka_sweep_turn turn_of(const struct kafka_sweep *s, const struct entry *e, int64_t since_us,
                                     int64_t now_us, bool trial, bool *tried)
{
    if (e->asked_us >= since_us)
        return KAFKA_SWEEP_WAITS;
    if (is_pushed(s, e) && e->asked_us && now_us - e->asked_us < KAFKA_SWEEP_CHECK_MS * INT64_C(1000))
        return KAFKA_SWEEP_PUSHED;
    size_t silent = find_silent(s, e->coordinator);
    if (silent < s->nsilent && (!trial || tried[silent]))
        return KAFKA_SWEEP_SILENT;
    if (silent < s->nsilent)
        tried[silent] = true;
    return KAFKA_SWEEP_ASK;
}

static enum class class_of(const struct entry *e) {
    bool fresh = !e->asked_us || (!e->read && is_silence(e->fault)); return e->focus    ? CLASS_FOCUS
                                                                            : fresh     ? CLASS_NEW
                                                                            : e->moving ? CLASS_MOVING
                                                                                        : CLASS_REST;
}

/* How many of the sorted candidates of each class are taken. */
static void share_out(const size_t *n, size_t max, size_t *taken)
{
    size_t left = max;
    for (enum class c = CLASS_FOCUS; c <= CLASS_NEW; c++) {
        taken[c] = n[c] < left ? n[c] : left;
        left -= taken[c];
    }
    size_t kept = (left * REST_PERCENT + 99) / 100;
    kept = kept < n[CLASS_REST] ? kept : n[CLASS_REST];
    taken[CLASS_MOVING] = n[CLASS_MOVING] < left - kept ? n[CLASS_MOVING] : left - kept;
    left -= taken[CLASS_MOVING];
    taken[CLASS_REST] = n[CLASS_REST] < left ? n[CLASS_REST] : left;
}

static void forget_unlisted(struct kafka_sweep *s)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&s->entries, &at, &key, &len, &value)) {
        struct entry *e = value;
        if (e->listing == s->listing || e->focus)
            continue;
        map_del(&s->entries, key, len);
        free_entry(e);
    }
}

void kafka_sweep_choose(struct kafka_sweep *s, const struct kafka_groups *groups, bool complete, int64_t since_us,
                        int64_t now_us, size_t max, bool trial, struct kafka_sweep_choice *ret)
{
    bool tried[MAX_SILENT] = {false};
    struct candidate *list = mem_calloc(groups->ngroups + 1, sizeof *list);
    size_t n = 0, of_class[CLASSES] = {0}, taken[CLASSES], seen[CLASSES] = {0};
    pthread_mutex_lock(&s->lock);
    s->listing++;
    s->listed = groups->ngroups;
    s->asked = 0;
    for (size_t i = 0; i < groups->ngroups; i++) {
        struct entry *e = entry_of(s, groups->groups[i].name);
        e->listing = s->listing;
        if (groups->groups[i].coordinator >= 0)
            e->coordinator = groups->groups[i].coordinator;
        s->asked += e->asked_us != 0;
        ret->turns[i] = turn_of(s, e, since_us, now_us, trial, tried);
        if (ret->turns[i] != KAFKA_SWEEP_ASK)
            continue;
        ret->turns[i] = KAFKA_SWEEP_WAITS;
        bool attempt = find_silent(s, e->coordinator) < s->nsilent; /* or it would wait behind those that answer */
        list[n] = (struct candidate){.class = attempt ? CLASS_FOCUS : class_of(e), .asked_us = e->asked_us, .index = i};
        of_class[list[n++].class]++;
    }
    if (complete)
        forget_unlisted(s);
    pthread_mutex_unlock(&s->lock);
    qsort(list, n, sizeof *list, by_urgency);
    share_out(of_class, max ? max : SIZE_MAX / 100, taken);
    ret->due = n;
    ret->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (seen[list[i].class]++ >= taken[list[i].class])
            continue;
        ret->turns[list[i].index] = KAFKA_SWEEP_ASK;
        ret->order[ret->n++] = list[i].index;
    }
    free(list);
}

void kafka_sweep_result(struct kafka_sweep *s, const struct kafka_group *group, const struct kafka_committed *result,
                        int64_t now_us)
{
    pthread_mutex_lock(&s->lock);
    struct entry *e = entry_of(s, group->name);
    s->asked += e->asked_us == 0;
    e->asked_us = now_us ? now_us : 1;
    e->read |= !result->fault;
    e->fault = result->fault;
    e->fault_text = result->fault_text;
    note_coordinator(s, e->coordinator, result->fault);
    pthread_mutex_unlock(&s->lock);
}

bool kafka_sweep_silent(struct kafka_sweep *s, const struct kafka_group *group)
{
    pthread_mutex_lock(&s->lock);
    bool silent = find_silent(s, entry_of(s, group->name)->coordinator) < s->nsilent;
    pthread_mutex_unlock(&s->lock);
    return silent;
}

void kafka_sweep_missing(struct kafka_sweep *s, const struct kafka_groups *groups, struct kafka_missing *note)
{
    struct kafka_missing_tally t = {0};
    const char *text = "";
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < groups->ngroups; i++) {
        const struct entry *e = entry_of(s, groups->groups[i].name);
        size_t failed = t.failed;
        kafka_missing_count(&t, e->fault, i, groups->groups[i].name);
        if (t.failed && !failed)
            text = e->fault_text;
    }
    pthread_mutex_unlock(&s->lock);
    kafka_missing_permission(note, &t, "read committed offsets", "group");
    char name[KAFKA_MISSING_NAME];
    if (t.failed)
        kafka_missing_add(note, "the offsets of %zu of %zu groups could not be read: group %s: %s", t.failed,
                          groups->ngroups, kafka_missing_name(groups->groups[t.first].name, name), text);
}

size_t kafka_sweep_progress(struct kafka_sweep *s, size_t *total)
{
    pthread_mutex_lock(&s->lock);
    *total = s->listed;
    size_t asked = s->asked;
    pthread_mutex_unlock(&s->lock);
    return asked;
}
