/* Events into panes, panes into windows, windows into verdicts. */
#include "drift/dataset.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "drift/dataset_infer.h"
#include "drift/dataset_window.h"
#include "drift/event_time.h"
#include "drift/rolling.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const int64_t most_ms = INT64_C(8640000000000000);

struct drift_dataset {
    struct drift_dataset_settings settings; /* its pointers: copies, referenced, or the clock */
    char *name;
    struct drift_schema given, schema;
    struct drift_reference_choice *choices;
    struct drift_decoder *own;        /* where none was given */
    struct drift_dataset_infer infer; /* while there is no event reader */
    struct drift_event_plan *plan;
    struct drift_event *event;        /* NULL: the schema is not known yet */
    struct drift_layout layout, bare; /* with the reference's edges, where they stay; without any */
    struct drift_windows windows;
    struct drift_rolling rolling;
    struct drift_reference *reference; /* NULL: none yet */
    VEC(struct drift_dataset_window *) results;
    struct drift_dataset_window *taken,
        *last; /* last: closed; it may be among the results, or taken. Streaks go on from it */
    struct drift_dataset_counts counts;
    struct error why;
    struct str note;
    int64_t first_ms; /* the least time of a pane; INT64_MAX: none was yet */
    int64_t fed_us;   /* when it was first seen that nothing more came */
    bool fed;         /* since */
};

static bool goes_along(const struct drift_dataset *d)
{
    return d->settings.from == DRIFT_REFERENCE_PREVIOUS || d->settings.from == DRIFT_REFERENCE_TRAILING;
}

static uint64_t least_rows(const struct drift_dataset *d)
{
    return d->settings.score.min_rows ? d->settings.score.min_rows : DRIFT_SCORE_ROWS;
}

/* ---- references ---- */

/* Frozen from a part without edges, which goes into it. */
static struct drift_reference *freeze(const struct drift_dataset *d, struct drift_part *part)
{
    struct drift_reference *r =
        drift_reference_new(d->name, d->layout.schema, part->profiles, part->cohorts, d->choices);
    r->made_ms = clock_wall_ms(d->settings.clock);
    r->from_ms = part->from_ms;
    r->to_ms = part->to_ms;
    r->rows = part->rows;
    drift_reference_from(r, &(struct drift_reference_origin){.icetop = (char *)(uintptr_t)ICETOP_VERSION,
                                                             .cluster = (char *)(uintptr_t)d->settings.cluster,
                                                             .topic = (char *)(uintptr_t)d->settings.topic,
                                                             .offsets = part->offsets.items,
                                                             .noffsets = part->offsets.n});
    part->cohorts = NULL;
    free(part->profiles);
    part->profiles = NULL;
    drift_part_free(part, &d->bare);
    return r;
}

static struct drift_reference *freeze_copy(const struct drift_dataset *d, const struct drift_part *part)
{
    struct drift_part *copy = drift_part_new(&d->bare);
    drift_part_merge(copy, &d->bare, part);
    return freeze(d, copy);
}

/* One reference follows another, of other rows: the methods that were chosen with the first one stay. */
static void keep_methods(struct drift_dataset *d)
{
    bool none = !d->choices;
    if (none)
        d->choices = mem_calloc(d->layout.nfeatures + 1, sizeof *d->choices);
    for (size_t i = 0; i < d->layout.nfeatures; i++) {
        const struct drift_reference_feature *f = drift_dataset_window_reference(d->reference, &d->layout, i);
        struct drift_reference_choice *c = &d->choices[i];
        if (none || (f && c->method && c->method != f->method)) /* that one is none of its type */
            c->threshold = NAN;
        if (!f || !drift_profile_values(f->profile))
            continue;
        c->method = f->method;
        c->by_default = false;
    }
}

/* Takes r over. Where it stays, what fills counts over its edges. */
static void set_reference(struct drift_dataset *d, struct drift_reference *r)
{
    drift_reference_unref(d->reference);
    d->reference = r;
    if (goes_along(d)) {
        keep_methods(d);
        return;
    }
    for (size_t i = 0; i < d->layout.nfeatures; i++) {
        const struct drift_reference_feature *f = drift_dataset_window_reference(r, &d->layout, i);
        d->layout.edges[i] = f ? f->edges : NULL;
    }
    for (size_t i = 0; i < d->windows.panes.n; i++)
        drift_part_over(d->windows.panes.items[i], &d->layout, d->layout.edges);
}

/* What a reference was made of, as far as the layout has it. */
static struct drift_part *part_of_reference(const struct drift_dataset *d, const struct drift_reference *r)
{
    struct drift_part *part = drift_part_new(&d->bare);
    part->from_ms = r->from_ms;
    part->to_ms = r->to_ms;
    part->rows = r->rows;
    bool all = r->nfeatures == d->bare.nfeatures;
    for (size_t i = 0; i < d->bare.nfeatures; i++) {
        const struct drift_reference_feature *f = drift_dataset_window_reference(r, &d->bare, i);
        all = all && f == &r->features[i];
        if (f)
            (void)drift_profile_merge(part->profiles[i], f->profile, NULL); /* of the same type */
    }
    bool same = part->cohorts && r->cohorts && r->cohorts->nkeys == part->cohorts->nkeys;
    for (size_t i = 0; same && i < part->cohorts->nkeys; i++)
        same = strcmp(part->cohorts->keys[i].name, r->cohorts->keys[i].name) == 0;
    if (same)
        drift_cohorts_merge(part->cohorts, all ? &d->bare : NULL, r->cohorts);
    return part;
}

/* One that was given. */
static void go_on_with(struct drift_dataset *d, struct drift_reference *r)
{
    if (d->settings.from == DRIFT_REFERENCE_TRAILING && r->from_ms >= 0 && r->to_ms > r->from_ms)
        drift_rolling_add(&d->rolling, part_of_reference(d, r));
    set_reference(d, drift_reference_ref(r));
}

/* ---- the beginning ---- */

static int check_schema(const struct drift_schema *schema, const struct drift_reference *r, struct error *err)
{
    struct drift_layout l;
    drift_layout_init(&l, schema);
    int code = 0;
    if (l.nfeatures > DRIFT_DATASET_FEATURES)
        code =
            error_set(err, ERR_LIMIT, "%zu features: at most %d can be profiled", l.nfeatures, DRIFT_DATASET_FEATURES);
    for (size_t i = 0; r && i < l.nfeatures && !code; i++) {
        const struct drift_schema_field *field = &schema->fields[l.features[i]];
        const struct drift_reference_feature *f = drift_reference_find(r, field->name);
        if (f && f->type != field->type)
            code = error_set(err, ERR_INVALID, "%s is a %s, and a %s in the reference", field->name,
                             drift_type_names[field->type], drift_type_names[f->type]);
    }
    drift_layout_done(&l);
    return code;
}

static bool has_features(const struct drift_schema *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->fields[i].role != DRIFT_EVENT_COHORT && s->fields[i].role != DRIFT_EVENT_TIME)
            return true;
    return false;
}

/* Everything that needs the schema. */
static int begin(struct drift_dataset *d, struct error *err)
{
    int code = check_schema(&d->schema, d->settings.reference, err);
    if (!code)
        code = drift_schema_plan(&d->schema, &d->plan, err);
    if (code)
        return code;
    d->event = drift_event_new(d->plan);
    drift_layout_init(&d->layout, &d->schema);
    drift_layout_init(&d->bare, &d->schema);
    const size_t panes = (size_t)(d->settings.window.size / d->settings.window.slide);
    const size_t each = panes * d->layout.nfeatures * (d->layout.nkeys ? d->layout.nkeys : 1);
    const size_t levels = DRIFT_DATASET_PROFILES / (each ? each : 1);
    d->layout.levels = d->bare.levels = levels < DRIFT_COHORTS_PROFILED ? levels : DRIFT_COHORTS_PROFILED;
    drift_rolling_init(&d->rolling, &d->bare, d->settings.from == DRIFT_REFERENCE_PREVIOUS ? panes : 0,
                       d->settings.trailing_ms);
    if (d->settings.reference)
        go_on_with(d, d->settings.reference);
    return 0;
}

static int check_settings(const struct drift_dataset_settings *s, struct error *err)
{
    const int code = drift_windows_check(&s->window, err);
    if (code)
        return code;
    if (s->from == DRIFT_REFERENCE_FILE && !s->reference)
        return error_set(err, ERR_INVALID, "no reference was given");
    if (s->from == DRIFT_REFERENCE_TRAILING && s->trailing_ms <= 0)
        return error_set(err, ERR_INVALID, "the reference has no span");
    return 0;
}

struct drift_dataset *drift_dataset_new(const struct drift_dataset_settings *settings, struct error *err)
{
    if (check_settings(settings, err))
        return NULL;
    struct drift_dataset *d = mem_new(struct drift_dataset);
    d->settings = *settings;
    d->name = mem_strdup(settings->name);
    if (!settings->clock)
        d->settings.clock = &clock_system;
    if (settings->reference)
        d->settings.reference = drift_reference_ref(settings->reference);
    d->first_ms = INT64_MAX;
    str_init(&d->note, 0);
    if (settings->schema)
        drift_schema_copy(settings->schema, &d->given);
    if (!settings->decoder)
        d->settings.decoder = d->own = drift_decoder_new(DRIFT_DECODER_JSON);
    drift_dataset_infer_init(&d->infer, d->settings.decoder);
    drift_windows_init(&d->windows, &d->settings.window, &d->layout);
    if (!has_features(&d->given))
        return d;
    drift_schema_copy(&d->given, &d->schema);
    if (settings->choices) {
        struct drift_layout l;
        drift_layout_init(&l, &d->schema);
        d->choices = mem_calloc(l.nfeatures, sizeof *d->choices);
        memcpy(d->choices, settings->choices, l.nfeatures * sizeof *d->choices);
        drift_layout_done(&l);
    }
    if (!begin(d, err))
        return d;
    drift_dataset_free(d);
    return NULL;
}

static void free_windows(struct drift_dataset *d)
{
    for (size_t i = 0; i < d->results.n; i++)
        drift_dataset_window_unref(d->results.items[i], &d->bare);
    vec_done(&d->results);
    drift_dataset_window_unref(d->taken, &d->bare);
    drift_dataset_window_unref(d->last, &d->bare);
    drift_windows_done(&d->windows);
    drift_rolling_done(&d->rolling);
}

void drift_dataset_free(struct drift_dataset *d)
{
    if (!d)
        return;
    free_windows(d);
    drift_layout_done(&d->layout);
    drift_layout_done(&d->bare);
    drift_dataset_infer_done(&d->infer);
    drift_decoder_free(d->own);
    drift_event_free(d->event);
    drift_event_plan_free(d->plan);
    drift_reference_unref(d->reference); /* behind all that counts over its edges */
    drift_reference_unref(d->settings.reference);
    drift_schema_done(&d->given);
    drift_schema_done(&d->schema);
    str_done(&d->note);
    free(d->choices);
    free(d->name);
    free(d);
}

/* ---- windows that are over ---- */

/* The window up to a pane, settled: the pane itself where nobody else needs it. */
static struct drift_part *part_of(struct drift_dataset *d, int64_t pane)
{
    size_t first;
    const size_t n = drift_windows_panes(&d->windows, pane, &first);
    for (size_t i = 0; i < n; i++)
        drift_part_settle(d->windows.panes.items[first + i], &d->layout);
    if (n == 1 && d->windows.span == 1 && !goes_along(d))
        return drift_windows_take(&d->windows, first);
    struct drift_part *part = drift_part_new(&d->layout);
    for (size_t i = 0; i < n; i++)
        drift_part_merge(part, &d->layout, d->windows.panes.items[first + i]);
    return part;
}

/* Panes that belong to no window from the next one on. */
static void leave_panes(struct drift_dataset *d, int64_t pane)
{
    const int64_t least = pane + 2 - (int64_t)d->windows.span;
    while (d->windows.panes.n && d->windows.panes.items[0]->pane < least) {
        struct drift_part *part = drift_windows_take(&d->windows, 0);
        if (goes_along(d))
            drift_rolling_add(&d->rolling, part);
        else
            drift_part_free(part, &d->layout);
    }
    struct drift_part *merged = goes_along(d) ? drift_rolling_merged(&d->rolling, least_rows(d)) : NULL;
    if (merged)
        set_reference(d, freeze(d, merged));
}

static bool is_full(const struct drift_dataset *d, const struct drift_part *part, int64_t from_ms)
{
    if (part->rows < least_rows(d))
        return false;
    if (d->settings.window.by == DRIFT_WINDOW_COUNT)
        return part->rows >= (uint64_t)d->settings.window.size;
    return from_ms >= d->first_ms - d->settings.window.size / 10;
}

static void push(struct drift_dataset *d, struct drift_dataset_window *w)
{
    if (d->results.n == DRIFT_DATASET_RESULTS) {
        drift_dataset_window_unref(d->results.items[0], &d->bare);
        memmove(d->results.items, d->results.items + 1, --d->results.n * sizeof *d->results.items);
        d->counts.dropped++;
    }
    vec_push(&d->results, w);
    drift_dataset_window_unref(d->last, &d->bare);
    d->last = drift_dataset_window_ref(w);
}

static void close_window(struct drift_dataset *d, int64_t pane)
{
    const bool time = d->settings.window.by == DRIFT_WINDOW_TIME;
    const int64_t from_ms = drift_windows_time(&d->windows, pane + 1 - (int64_t)d->windows.span);
    struct drift_part *part = part_of(d, pane);
    if (time) {
        part->from_ms = from_ms;
        part->to_ms = drift_windows_time(&d->windows, pane + 1);
    }
    const bool first = d->settings.from == DRIFT_REFERENCE_FIRST && !d->reference && is_full(d, part, from_ms);
    push(d, drift_dataset_window_new(part, &d->layout, d->reference, &d->settings.score, d->last));
    if (first)
        set_reference(d, freeze_copy(d, part));
    leave_panes(d, pane);
}

static void close_due(struct drift_dataset *d, int64_t ahead_ms, bool all)
{
    int64_t pane;
    const bool wait = d->settings.window.by == DRIFT_WINDOW_TIME && !all;
    while (!(wait && d->results.n >= DRIFT_DATASET_RESULTS && !drift_windows_is_full(&d->windows)) &&
           drift_windows_next(&d->windows, ahead_ms, all, &pane))
        close_window(d, pane);
}

/* ---- events ---- */

static bool is_sampled(const struct drift_dataset *d, int32_t partition, int64_t offset)
{
    const double part = d->settings.sample;
    const int64_t key[2] = {partition, offset};
    return !(part > 0 && part < 1) || (double)(map_hash(key, sizeof key) >> 11) * 0x1p-53 < part;
}

static int64_t time_of(const struct drift_dataset *d, int64_t record_ms, int64_t wall_ms)
{
    int64_t ms;
    for (size_t i = 0; i < d->schema.n; i++)
        if (d->schema.fields[i].role == DRIFT_EVENT_TIME &&
            drift_event_time_ms(drift_event_get(d->event, i), DRIFT_EVENT_TIME_AUTO, &ms) == 0)
            return ms;
    return record_ms >= 0 && record_ms <= most_ms ? record_ms : wall_ms;
}

static void count_event(struct drift_dataset *d, int32_t partition, int64_t offset, int64_t record_ms)
{
    const int64_t wall_ms = clock_wall_ms(d->settings.clock), ms = time_of(d, record_ms, wall_ms);
    struct drift_part *pane = NULL;
    switch (drift_windows_place(&d->windows, partition, ms, wall_ms, &pane)) {
    case DRIFT_WINDOWS_IS_LATE:
        d->counts.late++;
        break;
    case DRIFT_WINDOWS_IS_EARLY:
        d->counts.early++;
        return;
    case DRIFT_WINDOWS_TAKEN:
        if (ms < d->first_ms)
            d->first_ms = ms;
        drift_part_add(pane, &d->layout, d->event, ms);
        drift_part_mark(pane, partition, offset, offset + 1);
        break;
    }
    close_due(d, 0, false);
}

/* A record whose events are read. */
struct dataset_record {
    struct drift_dataset *d;
    const struct drift_dataset_infer_event *e;
    uint64_t events;
};

static void on_event(void *arg)
{
    struct dataset_record *r = arg;
    r->events++;
    count_event(r->d, r->e->partition, r->e->offset, r->e->time_ms);
}

static void note_bad(struct drift_dataset *d, const struct drift_dataset_infer_event *e, const struct error *why)
{
    d->counts.bad++;
    d->counts.bad_partition = e->partition;
    d->counts.bad_offset = e->offset;
    d->why = *why;
}

/* It was counted as one event. */
static void read_record(struct drift_dataset *d, const struct drift_dataset_infer_event *e)
{
    struct dataset_record r = {d, e, 0};
    struct error err;
    if (drift_decoder_read(d->settings.decoder, e->bytes, e->len, d->event, on_event, &r, &err)) {
        r.events++;
        note_bad(d, e, &err);
    }
    d->counts.events += r.events - 1;
}

/* The schema from what is held, which is counted then. Without a feature it is let go, and what comes next is looked at. */
static void infer(struct drift_dataset *d)
{
    struct drift_dataset_infer held = d->infer;
    struct error err;
    str_clear(&d->note);
    int code = drift_dataset_infer_schema(&held, &d->given, d->settings.reference, DRIFT_DATASET_FEATURES, &d->schema,
                                          &d->note, &err);
    if (!code) {
        code = begin(d, &err);
        if (code)
            drift_schema_done(&d->schema);
    }
    drift_dataset_infer_init(&d->infer, d->settings.decoder);
    if (code) {
        d->counts.bad += held.events.n;
        d->why = err;
    }
    for (size_t i = 0; !code && i < held.events.n; i++)
        read_record(d, &held.events.items[i]);
    drift_dataset_infer_done(&held);
}

static void hold(struct drift_dataset *d, const struct drift_dataset_infer_event *e)
{
    struct error err;
    int code;
    const bool enough = drift_dataset_infer_add(&d->infer, e, &code, &err);
    if (code)
        note_bad(d, e, &err);
    if (enough)
        infer(d);
}

void drift_dataset_feed(struct drift_dataset *d, int32_t partition, int64_t offset, int64_t time_ms, const char *bytes,
                        size_t len)
{
    const struct drift_dataset_infer_event e = {
        .partition = partition, .offset = offset, .time_ms = time_ms, .bytes = (char *)(uintptr_t)bytes, .len = len};
    if (!is_sampled(d, partition, offset)) {
        d->counts.skipped++;
        return;
    }
    d->counts.events++;
    d->fed = true;
    if (d->event)
        read_record(d, &e);
    else
        hold(d, &e);
}

void drift_dataset_tell(struct drift_dataset *d, int32_t partition, bool behind)
{
    drift_windows_tell(&d->windows, partition, behind, clock_mono_us(d->settings.clock) / 1000);
}

void drift_dataset_close(struct drift_dataset *d, bool last)
{
    const int64_t now_us = clock_mono_us(d->settings.clock);
    if (d->fed)
        d->fed_us = now_us;
    d->fed = false;
    const int64_t ahead_ms = (now_us - d->fed_us) / 1000;
    if (!d->event && d->infer.seen &&
        (last || (d->infer.seen >= DRIFT_DATASET_INFER_FEW && ahead_ms >= DRIFT_DATASET_INFER_MS)))
        infer(d);
    if (d->event)
        close_due(d, ahead_ms, last);
}

/* ---- what comes of it ---- */

bool drift_dataset_take(struct drift_dataset *d, struct drift_dataset_result *out)
{
    if (!d->results.n && d->event)
        close_due(d, 0, false);
    if (!d->results.n)
        return false;
    drift_dataset_window_unref(d->taken, &d->bare);
    d->taken = d->results.items[0];
    memmove(d->results.items, d->results.items + 1, --d->results.n * sizeof *d->results.items);
    *out = d->taken->result;
    return true;
}

struct drift_reference *drift_dataset_in_force(const struct drift_dataset *d)
{
    return d->reference;
}

struct drift_reference *drift_dataset_reference(const struct drift_dataset *d)
{
    const struct drift_part *part = d->last ? d->last->part : NULL;
    return part && part->rows ? freeze_copy(d, part) : NULL;
}

void drift_dataset_counts(const struct drift_dataset *d, struct drift_dataset_counts *out)
{
    *out = d->counts;
    out->forced = d->windows.forced;
}

const struct drift_schema *drift_dataset_schema(const struct drift_dataset *d)
{
    return d->event ? &d->schema : NULL;
}

const char *drift_dataset_why(const struct drift_dataset *d)
{
    return d->why.text;
}

const char *drift_dataset_note(const struct drift_dataset *d)
{
    return str_text(&d->note);
}

void drift_dataset_absent(const struct drift_dataset *d, struct str *note)
{
    enum { NAMED = 3 };
    size_t n = 0;
    if (!d->event || d->event->good < DRIFT_DATASET_INFER_EVENTS)
        return;
    for (size_t i = 0; i < d->schema.n; i++) {
        if (drift_event_tally(d->event, i)->present)
            continue;
        if (n < NAMED)
            str_printf(note, "%s%s",
                       n           ? ", "
                       : note->len ? "; no event has "
                                   : "no event has ",
                       d->schema.fields[i].path);
        n++;
    }
    if (n > NAMED)
        str_printf(note, " and %zu more", n - NAMED);
}

size_t drift_dataset_bytes(const struct drift_dataset *d)
{
    size_t bytes = sizeof *d + d->infer.bytes;
    if (!d->event)
        return bytes;
    for (size_t i = 0; i < d->windows.panes.n; i++)
        bytes += drift_part_bytes(d->windows.panes.items[i], &d->layout);
    for (size_t i = 0; i < d->results.n; i++)
        bytes += drift_part_bytes(d->results.items[i]->part, &d->bare);
    if (d->taken)
        bytes += drift_part_bytes(d->taken->part, &d->bare);
    return bytes + drift_rolling_bytes(&d->rolling);
}
