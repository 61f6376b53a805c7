/* Proposals made into a schema, in the order in which it is shown. */
#include "drift/dataset_infer.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { SEEN_ENOUGH = 1 }; /* no error */

void drift_dataset_infer_init(struct drift_dataset_infer *d, struct drift_decoder *decoder)
{
    *d = (struct drift_dataset_infer){.decoder = decoder, .in = drift_event_infer_new()};
}

void drift_dataset_infer_done(struct drift_dataset_infer *d)
{
    for (size_t i = 0; i < d->events.n; i++)
        free(d->events.items[i].bytes);
    vec_done(&d->events);
    drift_event_infer_free(d->in);
    *d = (struct drift_dataset_infer){0};
}

static int on_event(void *arg, const char *json, size_t len, struct error *err)
{
    struct drift_dataset_infer *d = arg;
    const int code = drift_event_infer_add(d->in, d->partition, json, len, err);
    return code ? code : ++d->seen < DRIFT_DATASET_INFER_EVENTS ? 0 : SEEN_ENOUGH;
}

bool drift_dataset_infer_add(struct drift_dataset_infer *d, const struct drift_dataset_infer_event *event, int *code,
                             struct error *err)
{
    const size_t before = d->seen;
    d->partition = event->partition;
    *code = drift_decoder_print(d->decoder, event->bytes, event->len, on_event, d, err);
    if (*code < 0 && d->seen == before)
        return false;
    *code = 0; /* what is bad behind good ones is told when they are read */
    struct drift_dataset_infer_event held = *event;
    held.bytes = mem_memdup(event->bytes, event->len);
    vec_push(&d->events, held);
    d->bytes += event->len;
    const int64_t first = d->events.items[0].time_ms;
    const bool apart = first >= 0 && event->time_ms >= first && event->time_ms - first >= DRIFT_DATASET_INFER_MS;
    return d->seen >= DRIFT_DATASET_INFER_EVENTS || d->bytes >= DRIFT_DATASET_INFER_BYTES ||
           (apart && d->seen >= DRIFT_DATASET_INFER_FEW);
}

/* ---- what is left out ---- */

enum { REASONS = 7, NAMED = 3 };

struct infer_left {
    size_t n[REASONS];
    struct str names[REASONS];
};

enum infer_reason { REASON_FREE, REASON_COUNTER, REASON_TIMES, REASON_LIST, REASON_NOTHING, REASON_RARE, REASON_MANY };

static void leave(struct infer_left *left, enum infer_reason why, const char *path)
{
    if (left->n[why]++ < NAMED)
        str_printf(&left->names[why], "%s%s", left->names[why].len ? ", " : "", path);
}

static void tell(struct infer_left *left, struct str *note)
{
    static const char *const words[REASONS] = {[REASON_FREE] = "of identifiers or free text",
                                               [REASON_COUNTER] = "that only grow, as counters do",
                                               [REASON_TIMES] = "of times",
                                               [REASON_LIST] = "of lists that differ in length",
                                               [REASON_NOTHING] = "always null",
                                               [REASON_RARE] = "in hardly any event",
                                               [REASON_MANY] = "beyond the limit"};
    for (size_t i = 0; i < REASONS; i++) {
        if (left->n[i])
            str_printf(note, "%s%zu %s (%s%s)", note->len ? "; " : "left out: ", left->n[i], words[i],
                       str_text(&left->names[i]), left->n[i] > NAMED ? ", ..." : "");
        str_done(&left->names[i]);
    }
}

/* ---- the schema ---- */

struct infer_schema {
    const struct drift_reference *reference;
    struct drift_schema *schema;
    size_t most, features, seen; /* seen: events */
    struct infer_left left;
};

static void add_field(struct infer_schema *s, const struct drift_event_proposal *p, const char *path,
                      enum drift_event_role role, enum drift_type type)
{
    const struct drift_reference_feature *known = s->reference ? drift_reference_find(s->reference, path) : NULL;
    const struct drift_schema_field field = {
        .path = (char *)(uintptr_t)path, .role = role, .type = known ? known->type : type};
    if (p && !p->use && !known) {
        static const enum infer_reason reasons[] = {[DRIFT_EVENT_FREE] = REASON_FREE,
                                                    [DRIFT_EVENT_COUNTER] = REASON_COUNTER,
                                                    [DRIFT_EVENT_TIMES] = REASON_TIMES,
                                                    [DRIFT_EVENT_LIST] = REASON_LIST,
                                                    [DRIFT_EVENT_NOTHING] = REASON_NOTHING};
        leave(&s->left, reasons[p->type], path);
        return;
    }
    if (p && !known && s->seen >= DRIFT_DATASET_INFER_RARE && p->present * DRIFT_DATASET_INFER_RARE <= s->seen) {
        leave(&s->left, REASON_RARE, path);
        return;
    }
    if (s->features == s->most) {
        leave(&s->left, REASON_MANY, path);
        return;
    }
    if (drift_schema_add(s->schema, &field, NULL) == 0) /* else it has this one */
        s->features++;
}

static bool has(const struct drift_schema *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->fields[i].role != DRIFT_EVENT_COHORT && strcmp(s->fields[i].name, name) == 0)
            return true;
    return false;
}

static bool is_given_time(const struct drift_schema *given, const char *path)
{
    for (size_t i = 0; given && i < given->n; i++)
        if (given->fields[i].role == DRIFT_EVENT_TIME && strcmp(given->fields[i].path, path) == 0)
            return true;
    return false;
}

static void add_given(struct infer_schema *s, const struct drift_schema *given, const struct drift_event_proposal *p,
                      size_t n)
{
    for (size_t i = 0; given && i < given->n; i++)
        (void)drift_schema_add(s->schema, &given->fields[i], NULL); /* it was good in the other */
    for (size_t i = 0; i < n; i++)
        if (p[i].want.role == DRIFT_EVENT_TIME) {
            const struct drift_schema_field time = {.path = (char *)(uintptr_t)p[i].want.path,
                                                    .role = DRIFT_EVENT_TIME};
            (void)drift_schema_add(s->schema, &time, NULL); /* no, where there is one */
        }
}

int drift_dataset_infer_schema(struct drift_dataset_infer *d, const struct drift_schema *given,
                               const struct drift_reference *reference, size_t most, struct drift_schema *ret,
                               struct str *note, struct error *err)
{
    static const enum drift_event_role roles[] = {DRIFT_EVENT_PREDICTION, DRIFT_EVENT_LABEL, DRIFT_EVENT_FEATURE};
    struct drift_schema schema = {0};
    struct infer_schema s = {.reference = reference, .schema = &schema, .most = most, .seen = d->seen};
    const struct drift_event_proposal *p;
    uint64_t dropped;
    const size_t n = drift_event_infer_propose(d->in, &p, &dropped);
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
        for (size_t i = 0; i < n; i++)
            if (p[i].want.role == roles[r] && !is_given_time(given, p[i].want.path))
                add_field(&s, &p[i], p[i].want.path, roles[r],
                          p[i].type == DRIFT_EVENT_NUMERIC ? DRIFT_TYPE_NUMBER : DRIFT_TYPE_CATEGORY);
    for (size_t i = 0; reference && i < reference->nfeatures; i++)
        if (!has(&schema, reference->features[i].name))
            add_field(&s, NULL, reference->features[i].name, DRIFT_EVENT_FEATURE, reference->features[i].type);
    add_given(&s, given, p, n);
    tell(&s.left, note);
    if (dropped)
        str_printf(note, "%svalues of more than %d paths", note->len ? "; " : "left out: ", DRIFT_EVENT_INFER_PATHS);
    if (s.features) {
        *ret = schema;
        return 0;
    }
    drift_schema_done(&schema);
    return error_set(err, ERR_NOT_FOUND, "%zu events have no path that is a feature", d->seen);
}
