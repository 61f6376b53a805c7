/* The Kafka source: lanes, deadlines, and the way of a round from a lane through the model into the
 * tables.
 *
 * A lane is one thread with one client. A round runs on it and comes back as a result; the result
 * is worked into the model on the same thread as a second job, which never blocks; then the loop
 * writes the rows. A round that is late is given up: its lane is told to stop and left behind, and
 * the next round gets another one. Clients are closed on a thread of their own, because closing one
 * may hang.
 *
 * Where not all groups can be read at once, a round is followed by steps on the same lane, until all were read or the next
 * round is due; then that begins when the step has ended. */
#include "kafka/source.h"
#include "base/log.h"
#include "base/workers.h"
#include "kafka/model_push.h"
#include "kafka/motion.h"
#include "kafka/plan.h"
#include "kafka/probe.h"
#include "kafka/pusher.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

enum {
    BUDGET_PERCENT = 85,  /* of the deadline: a round ends by itself, with what it has, before it is given up */
    MAX_LEFT_BEHIND = 4,  /* lanes that do not come back, before no more are started */
    MAX_CLOSING = 8,      /* clients that are being closed, likewise */
    FREE_WAIT_MS = 500,   /* for threads, when the source goes */
    WRITE_TURN_US = 4000, /* of rows, before others of the loop have their turn */
    STEP_PERCENT = 30,    /* of the deadline, for a step: a round may wait for it */
    LATER_GROUPS = 1000,  /* with more groups, what comes by subscription need not wait for all of a round */
    AGAIN_US = 20000,     /* of working out their lags, before it has its turn */
    TRIM_MS = 5000,       /* from giving memory back to the next time, or a round */
};

struct lane {
    struct kafka_source *source;
    struct kafka_plan *plan;
    struct workers *workers;
    struct kafka_round_memory memory;
    struct kafka_budget budget;
    struct kafka_round *round; /* of the job that is under way */
    struct kafka_cover cover;  /* for the job that works it in */
    atomic_bool stop;
    size_t again_at; /* the groups of the listing that follow may have been left for later by the round */
    struct kafka_time again_time;
    int64_t trimmed_us; /* monotonic: when memory was given back last */
    bool step;          /* the job is a step, not a round */
    bool again;         /* the round is worked in, but for what it left for later */
    bool busy, left;    /* left: given up */
};

/* Clients on their way out. */
struct closer {
    struct workers *workers;
    sem_t closed;
};

struct kafka_source {
    char *name, *cluster;
    struct event_base *base;
    struct store *store;
    const struct clock *clock;
    const struct kafka_admin_ops *ops;
    struct table *tables[12];
    struct kafka_plan *plan;
    struct kafka_sweep *sweep;
    struct kafka_pace *pace;
    struct source *source; /* whose round is under way; NULL: none */
    struct source *known;  /* whose rounds there were; NULL: none yet */
    bool waiting;          /* a round, for the end of a step */
    bool more;             /* groups are due: a step is to follow */
    struct event *next;    /* begins what follows the job that has ended */
    struct lane *lane;     /* NULL: the next round makes one */
    VEC(struct lane *) behind;
    struct closer closer;
    struct kafka_look *look;
    struct event *reaper;
    struct kafka_model *model;
    bool applying;      /* the model belongs to a lane, to the pusher, or to who writes its rows */
    struct lane *ready; /* has a round to be worked in, and waits for the model; NULL: none */
    struct kafka_tail *tail;
    struct kafka_pusher *pusher;
    enum kafka_tail_mode mode;
    bool subscribed;         /* the tail was begun */
    struct kafka_rows *rows; /* being written; NULL: none */
    struct lane *writing;    /* whose round they are of: it stays busy until then */
    struct event *writer;
    bool freeing;
    int deadline_ms;
    VEC(struct pending_seed {
        char *topic;
        int32_t partition;
        struct kafka_point *points;
        size_t n;
        uint32_t slack_ms;
        struct kafka_time now;
    })
    seeds; /* that came while the model was away */
    VEC(struct read_record {
        char *topic;
        int32_t partition;
        int64_t offset;
        int64_t record_ms;
    })
    records; /* likewise */
};

/* ---- closing clients ---- */

struct closing {
    struct kafka_source *source;
    struct kafka_admin *admin;
};

static void run_close(void *arg)
{
    struct closing *c = arg;
    c->admin->ops->close(c->admin);
    c->admin = NULL;
    sem_post(&c->source->closer.closed);
}

static void done_close(void *arg)
{
    struct closing *c = arg;
    sem_trywait(&c->source->closer.closed); /* what is posted is closed and not yet told here */
    free(c);
}

static void close_client(struct kafka_source *s, struct kafka_admin *admin)
{
    if (!admin)
        return;
    if (!s->closer.workers)
        s->closer.workers = workers_new(s->base, "kafka-close", 1);
    struct closing *c = mem_new(struct closing);
    *c = (struct closing){.source = s, .admin = admin};
    workers_submit(s->closer.workers, run_close, done_close, c);
}

/* ---- lanes ---- */

static struct lane *new_lane(struct kafka_source *s)
{
    struct lane *l = mem_new(struct lane);
    l->source = s;
    l->plan = kafka_plan_ref(s->plan);
    char name[16];
    snprintf(name, sizeof name, "kafka %s", s->cluster);
    l->workers = workers_new(s->base, name, 1);
    return l;
}

/* Frees a lane whose thread has nothing to do; false: it did not end, and keeps its memory. */
static bool free_lane(struct lane *l, int wait_ms)
{
    if (!workers_free(l->workers, wait_ms)) {
        mem_abandon(l);
        return false;
    }
    close_client(l->source, l->memory.admin);
    close_client(l->source, l->memory.markers.reader);
    kafka_round_memory_done(&l->memory);
    kafka_plan_unref(l->plan);
    free(l);
    return true;
}

/* Lanes are freed from here, because their own callbacks run within the workers that are to be
 * freed. */
static void on_reap(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct kafka_source *s = arg;
    size_t kept = 0;
    for (size_t i = 0; i < s->behind.n; i++)
        if (s->behind.items[i]->busy || !free_lane(s->behind.items[i], FREE_WAIT_MS))
            s->behind.items[kept++] = s->behind.items[i];
    s->behind.n = kept;
}

static void leave_lane(struct kafka_source *s)
{
    if (!s->lane)
        return;
    s->lane->left = true;
    atomic_store(&s->lane->stop, true);
    vec_push(&s->behind, s->lane);
    s->lane = NULL;
    event_active(s->reaper, 0, 0);
}

static void free_round(struct kafka_source *s, struct kafka_round *r)
{
    for (size_t i = 0; i < r->nretired; i++)
        close_client(s, r->retired[i]);
    kafka_round_done(r);
    free(r);
}

/* ---- a round ---- */

static void end_round(struct kafka_source *s, enum source_outcome outcome, const struct error *err, size_t rows)
{
    struct source *src = s->source;
    s->source = NULL;
    if (src)
        source_done(src, outcome, err, rows);
}

static void give_back_seeds(struct kafka_source *s)
{
    for (size_t i = 0; i < s->seeds.n; i++) {
        struct pending_seed *p = &s->seeds.items[i];
        kafka_model_seed_end(s->model, p->topic, p->partition, p->points, p->n, p->slack_ms, p->now);
        free(p->topic);
        free(p->points);
    }
    vec_done(&s->seeds);
    for (size_t i = 0; i < s->records.n; i++) {
        struct read_record *r = &s->records.items[i];
        kafka_model_exact(s->model, r->topic, r->partition, r->offset, r->record_ms);
        free(r->topic);
    }
    vec_done(&s->records);
}

/* ---- who has the model ---- */

static void run_apply(void *arg)
{
    struct lane *l = arg;
    l->round->later = !l->step && l->round->groups.ngroups > LATER_GROUPS;
    l->again_time = l->round->ends_asked.mono_us ? l->round->ends_asked : l->round->metadata.time;
    l->again_at = 0;
    kafka_model_push_reconcile(l->source->model, l->round, &l->cover);
    kafka_model_apply(l->source->model, l->round);
    kafka_model_push_mark(l->source->model, l->round, &l->cover, l->source->sweep, l->source->clock);
    if (!l->step) {
        kafka_probe_wants_free(l->memory.wants);
        l->memory.wants = kafka_model_wants(l->source->model, l->round->metadata.time);
        l->memory.told_full = l->source->model->ntold >= KAFKA_TOLD_PARTITIONS;
        kafka_markers_wants(&l->memory.markers, l->source->model);
        kafka_starts_choose(&l->memory.starts, l->source->model, l->round->metadata.time.mono_us);
    }
    kafka_motion_tell(l->source->model, l->source->sweep, clock_wall_ms(l->source->clock));
}

/* How things stand after a round or a step, until every group was asked once with how far that is. */
static enum source_outcome outcome_of(const struct kafka_source *s, const struct kafka_round *r, struct error *err)
{
    size_t total, asked = kafka_sweep_progress(s->sweep, &total);
    bool partial = r->code != 0;
    *err = r->error;
    if (asked < total) {
        error_set(err, ERR_PARTIAL, "%zu of %zu groups are read%s%s", asked, total, partial ? "; " : "",
                  partial ? r->error.text : "");
        return SOURCE_STARTING;
    }
    return partial ? SOURCE_PARTIAL : SOURCE_OK;
}

/* What is told of the subscription in the rows of the cluster and of the source. */
static void offsets_cells(struct kafka_source *s)
{
    struct kafka_item *it = &s->model->item;
    const char *text = kafka_tail_text(s->tail), *note = kafka_tail_note(s->tail);
    struct kafka_push_counts counts = kafka_tail_counts(s->tail);
    bool subscribed = strcmp(text, "subscribed") == 0;
    char both[512];
    snprintf(both, sizeof both, "%s%s%s", text, *note ? "; " : "", note);
    kafka_item_text(it, CLUSTERS_OFFSETS, *text ? both : NULL, QUALITY_EXACT);
    if (s->known && *text) {
        char how[sizeof both + 32];
        snprintf(how, sizeof how, "committed offsets %s", both);
        source_note(s->known, how);
    }
    kafka_item_int(it, CLUSTERS_DEFECTS, (int64_t)s->model->defects, subscribed ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, CLUSTERS_UNKNOWN_RECORDS, (int64_t)(counts.unknown + counts.malformed),
                   subscribed ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

/* Begins to write rows; the model stays taken until they are. l: whose round they are of, NULL: of a push. */
static void begin_writing(struct kafka_source *s, struct lane *l)
{
    static const struct timeval now = {0, 0};
    give_back_seeds(s);
    offsets_cells(s);
    s->writing = l;
    s->rows = kafka_rows_new(s->model, s->store, s->tables, source_owner(s->known), s->name);
    evtimer_add(s->writer, &now);
}

static void done_apply(void *arg)
{
    struct lane *l = arg;
    struct kafka_source *s = l->source;
    kafka_cover_done(&l->cover);
    s->more = l->round->more;
    kafka_round_done(l->round); /* the model has what it needs: not to be held while rows are written */
    if (!s->freeing && (l->step || s->source)) {
        kafka_item_text(&s->model->item, CLUSTERS_BOOTSTRAP, l->plan->round.settings.bootstrap, QUALITY_EXACT);
        begin_writing(s, l);
        return;
    }
    struct kafka_round *r = l->round;
    l->round = NULL;
    l->busy = false;
    s->applying = false;
    free_round(s, r);
}

/* Some of what the round has left for later. */
static void run_again(void *arg)
{
    struct lane *l = arg;
    const struct clock *clock = l->source->clock;
    const struct kafka_round_listing *listing = &l->memory.listing;
    l->again_at +=
        kafka_model_again(l->source->model, listing->groups.groups + l->again_at, listing->groups.ngroups - l->again_at,
                          listing->begun_us, l->again_time, clock, clock_mono_us(clock) + AGAIN_US);
}

static void done_again(void *arg)
{
    struct lane *l = arg;
    struct kafka_source *s = l->source;
    if (!s->freeing) {
        begin_writing(s, l);
        return;
    }
    l->again = l->busy = false;
    s->applying = false;
}

/* The model is free: the round that waits for it is worked in, or else what came by subscription. */
static void pass_model(struct kafka_source *s)
{
    struct lane *l = s->ready;
    if (s->applying || s->freeing)
        return;
    if (!l) {
        kafka_pusher_kick(s->pusher, s->plan);
        return;
    }
    s->ready = NULL;
    s->applying = true;
    if (l->again) {
        workers_submit(l->workers, run_again, done_again, l);
        return;
    }
    l->cover = kafka_cover_copy(kafka_tail_cover(s->tail));
    workers_submit(l->workers, run_apply, done_apply, l);
}

/* A round leaves holes where its answers were, in a heap that is hardly larger than they. */
static void run_trim(void *arg)
{
    (void)arg;
    mem_trim();
}

static void trim(const struct kafka_source *s, struct lane *l)
{
    int64_t now_us = clock_mono_us(s->clock);
    if (l->step && now_us - l->trimmed_us < TRIM_MS * INT64_C(1000))
        return;
    l->trimmed_us = now_us;
    workers_submit(l->workers, run_trim, NULL, NULL);
}

/* The rows of a round or a step are written: its outcome. */
static void end_job(struct kafka_source *s, struct lane *l)
{
    struct kafka_round *r = l->round;
    struct error err;
    l->round = NULL;
    if (!s->freeing) {
        enum source_outcome outcome = outcome_of(s, r, &err);
        if (l->step)
            source_progress(s->known, outcome, &err, s->model->rows);
        else
            end_round(s, outcome, &err, s->model->rows);
    }
    free_round(s, r);
}

/* The rows are written, or will not be: they and the outcome become one change set. */
static void end_writing(struct kafka_source *s)
{
    struct kafka_rows *rows = s->rows;
    struct lane *l = s->writing;
    s->rows = NULL;
    s->writing = NULL;
    s->applying = false;
    store_hold(s->store);
    kafka_rows_free(rows);
    if (l && !l->again)
        end_job(s, l);
    store_release(s->store);
    if (!l) {
        pass_model(s);
        return;
    }
    l->again = !s->freeing && !l->left && !l->step && s->model->again && l->again_at < l->memory.listing.groups.ngroups;
    if (l->again) {
        s->ready = l;
        kafka_pusher_kick(s->pusher, s->plan); /* who came meanwhile is first */
        pass_model(s);
        return;
    }
    l->busy = false;
    trim(s, l);
    event_active(l->left ? s->reaper : s->next, 0, 0);
    pass_model(s);
}

static void on_write(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    static const struct timeval now = {0, 0};
    struct kafka_source *s = arg;
    int64_t start = clock_mono_us(s->clock);
    bool over = kafka_rows_step(s->rows, start + WRITE_TURN_US);
    log_debug("%s: rows written in %lld us%s", s->name, (long long)(clock_mono_us(s->clock) - start),
              over ? ", the last" : "");
    if (over)
        end_writing(s);
    else
        evtimer_add(s->writer, &now);
}

/* ---- what comes by subscription ---- */

static bool push_takes(void *arg)
{
    struct kafka_source *s = arg;
    if (s->applying || s->freeing || !s->known || !s->model->round)
        return false;
    return s->applying = true;
}

static void push_gives_back(void *arg)
{
    struct kafka_source *s = arg;
    s->applying = false;
    pass_model(s);
}

static void push_applied(void *arg)
{
    struct kafka_source *s = arg;
    if (s->freeing)
        s->applying = false;
    else
        begin_writing(s, NULL);
}

static void push_due(void *arg)
{
    pass_model(arg);
}

static void push_closes(void *arg, struct kafka_admin *admin)
{
    close_client(arg, admin);
}

static const struct kafka_pusher_ops pusher_ops = {
    .take = push_takes,
    .give_back = push_gives_back,
    .applied = push_applied,
    .due = push_due,
    .close = push_closes,
};

static void on_news(void *arg, bool changed)
{
    struct kafka_source *s = arg;
    if (changed) /* those for which it begins are polled before they are left out */
        kafka_sweep_cover(s->sweep, kafka_tail_cover(s->tail));
    pass_model(s);
}

static const struct kafka_tail_ops tail_ops = {.news = on_news};

/* Begins the subscription with the first round, and anew when it is configured so. */
static void subscribe(struct kafka_source *s)
{
    s->subscribed = true;
    kafka_tail_configure(s->tail, s->plan, s->mode);
}

static void run_round(void *arg)
{
    struct lane *l = arg;
    if (l->step)
        kafka_round_step(&l->plan->round, &l->memory, &l->budget, l->round);
    else
        kafka_round_run(&l->plan->round, &l->memory, &l->budget, l->round);
}

static void done_round(void *arg)
{
    struct lane *l = arg;
    struct kafka_source *s = l->source;
    struct kafka_round *r = l->round;
    bool usable = r->code == 0 || r->code == ERR_PARTIAL;
    if (usable && !l->left && !s->freeing && (l->step || s->source)) {
        s->ready = l;
        pass_model(s);
        return;
    }
    l->round = NULL;
    l->busy = false;
    if (l->left)
        event_active(s->reaper, 0, 0);
    else if (!s->freeing && !l->step)
        end_round(s, SOURCE_FAILED, &r->error, 0);
    else if (!s->freeing)
        event_active(s->next, 0, 0);
    s->more = false;
    free_round(s, r);
}

/* Has a lane do a round or a step. */
static void begin_job(struct kafka_source *s, bool step)
{
    struct lane *l = s->lane;
    int percent = step ? STEP_PERCENT : BUDGET_PERCENT;
    s->waiting = s->more = false;
    l->step = step;
    l->busy = true;
    l->round = mem_new(struct kafka_round);
    l->budget = (struct kafka_budget){
        .clock = s->clock,
        .until_us = clock_mono_us(s->clock) + (int64_t)s->deadline_ms * 10 * percent,
        .stop = &l->stop,
    };
    workers_submit(l->workers, run_round, done_round, l);
}

/* Begins the round that the scheduler waits for, on a lane that is free. */
static void begin_round(struct kafka_source *s)
{
    struct error err;
    if (s->lane && s->lane->plan != s->plan) /* configured anew */
        leave_lane(s);
    if (!s->lane && s->behind.n >= MAX_LEFT_BEHIND) {
        error_set(&err, ERR_UNAVAILABLE, "%zu threads hang in the client library", s->behind.n);
        end_round(s, SOURCE_FAILED, &err, 0);
        return;
    }
    if (s->closer.workers && workers_pending(s->closer.workers) >= MAX_CLOSING) {
        error_set(&err, ERR_UNAVAILABLE, "%d clients hang while they are closed", MAX_CLOSING);
        end_round(s, SOURCE_FAILED, &err, 0);
        return;
    }
    if (!s->lane)
        s->lane = new_lane(s);
    begin_job(s, false);
}

static void on_next(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct kafka_source *s = arg;
    if (s->lane && s->lane->busy)
        return;
    if (s->waiting)
        begin_round(s);
    else if (s->more && s->lane && s->lane->plan == s->plan)
        begin_job(s, true);
}

static void source_round(void *self, struct source *src)
{
    struct kafka_source *s = self;
    s->source = s->known = src;
    if (!s->subscribed)
        subscribe(s);
    if (kafka_pusher_hangs(s->pusher) && s->mode != KAFKA_TAIL_POLL) {
        s->mode = KAFKA_TAIL_POLL;
        subscribe(s);
    }
    if (s->lane && s->lane->busy)
        s->waiting = true;
    else
        begin_round(s);
}

static void source_deadline(void *self, struct source *src)
{
    (void)src;
    struct kafka_source *s = self;
    if (s->applying || !s->source) /* it computes, and will be done soon */
        return;
    struct error err;
    error_set(&err, ERR_TIMEOUT, "the round did not end within %.1f s", (double)s->deadline_ms / 1000);
    leave_lane(s);
    s->waiting = false;
    end_round(s, SOURCE_FAILED, &err, 0);
}

/* Waits a while for the clients that are being closed. */
static bool wait_closed(struct kafka_source *s)
{
    if (!s->closer.workers)
        return true;
    const struct timespec until = clock_deadline(FREE_WAIT_MS);
    bool in_time = true;
    /* As many posts as there were clients: those of earlier ones whose callback has not come are
     * among them. */
    for (size_t n = workers_pending(s->closer.workers); n && in_time; n--)
        in_time = sem_clockwait(&s->closer.closed, CLOCK_MONOTONIC, &until) == 0;
    return workers_free(s->closer.workers, in_time ? FREE_WAIT_MS : 0) && in_time;
}

static void source_free(void *self)
{
    struct kafka_source *s = self;
    s->freeing = true;
    kafka_look_free(s->look);
    s->source = NULL;
    if (s->rows)
        end_writing(s);
    bool all = kafka_pusher_free(s->pusher, FREE_WAIT_MS);
    bool pushing = !all;
    if (s->ready) {
        if (s->ready->round)
            free_round(s, s->ready->round);
        s->ready = NULL;
    }
    leave_lane(s);
    all &= kafka_tail_free(s->tail, FREE_WAIT_MS);
    for (size_t i = 0; i < s->behind.n; i++)
        all &= free_lane(s->behind.items[i], FREE_WAIT_MS);
    vec_done(&s->behind);
    all &= wait_closed(s);
    event_free(s->reaper);
    event_free(s->writer);
    event_free(s->next);
    kafka_plan_unref(s->plan);
    kafka_pace_unref(s->pace);
    if (!s->applying && !pushing) {
        kafka_sweep_unref(s->sweep); /* else a thread that is left behind goes on with it */
        give_back_seeds(s);
        kafka_model_free(s->model);
    }
    if (!all) { /* a thread is left behind that may still look at it */
        mem_abandon(s);
        return;
    }
    sem_destroy(&s->closer.closed);
    free(s->name);
    free(s->cluster);
    free(s);
}

const struct source_ops kafka_source_ops = {
    .kind = "kafka",
    .round = source_round,
    .deadline = source_deadline,
    .free = source_free,
};

/* ---- from outside ---- */

static enum kafka_tail_mode mode_of(const struct conf_cluster *conf)
{
    if (!conf->offsets || strcmp(conf->offsets, "poll") == 0)
        return KAFKA_TAIL_POLL;
    return strcmp(conf->offsets, "subscribe") == 0 ? KAFKA_TAIL_SUBSCRIBE : KAFKA_TAIL_AUTO;
}

struct kafka_source *kafka_source_new(struct event_base *base, struct store *store, const struct conf_cluster *conf,
                                      const struct kafka_admin_ops *ops)
{
    struct kafka_source *s = mem_new(struct kafka_source);
    s->name = mem_printf("kafka:%s", conf->name);
    s->cluster = mem_strdup(conf->name);
    s->base = base;
    s->store = store;
    s->clock = store_clock(store);
    s->ops = ops;
    s->sweep = kafka_sweep_new();
    s->pace = kafka_pace_new(s->clock, conf->max_requests_per_s);
    s->plan = kafka_plan_new(conf, ops, s->clock, s->sweep, s->pace);
    s->deadline_ms = conf->deadline_ms;
    s->model = kafka_model_new(conf->name);
    s->look = kafka_look_new(base, s->clock);
    s->tail = kafka_tail_new(base, s->clock, &tail_ops, s);
    s->pusher = kafka_pusher_new(base, s->clock, s->model, s->tail, &pusher_ops, s);
    s->mode = mode_of(conf);
    s->reaper = event_new(base, -1, 0, on_reap, s);
    s->writer = evtimer_new(base, on_write, s);
    s->next = event_new(base, -1, 0, on_next, s);
    sem_init(&s->closer.closed, 0, 0);
    for (size_t i = 0; kafka_tables[i]; i++) {
        s->tables[i] = store_find(store, kafka_tables[i]->name);
        if (!s->tables[i])
            store_add(store, kafka_tables[i], NULL, &s->tables[i], NULL);
    }
    return s;
}

const char *kafka_source_name(const struct kafka_source *s)
{
    return s->name;
}

struct source_settings kafka_source_settings(const struct conf_cluster *conf)
{
    return (struct source_settings){
        .interval_ms = conf->interval_ms, .deadline_ms = conf->deadline_ms, .max_interval_ms = conf->max_interval_ms};
}

void kafka_source_configure(struct kafka_source *s, const struct conf_cluster *conf)
{
    kafka_plan_unref(s->plan);
    kafka_pace_set(s->pace, conf->max_requests_per_s);
    s->plan = kafka_plan_new(conf, s->ops, s->clock, s->sweep, s->pace);
    s->deadline_ms = conf->deadline_ms;
    s->mode = mode_of(conf);
    if (s->subscribed)
        subscribe(s);
}

void kafka_source_focus(struct kafka_source *s, const char *const *groups, size_t n)
{
    kafka_sweep_focus(s->sweep, groups, n);
}

void kafka_source_look(struct kafka_source *s, const struct stream_record_query *q, kafka_look_done *done, void *arg)
{
    kafka_look_ask(s->look, s->plan, q, s->deadline_ms, done, arg);
}

void kafka_source_seed_end(struct kafka_source *s, const char *topic, int32_t partition,
                           const struct kafka_point *points, size_t n, uint32_t slack_ms)
{
    struct kafka_time now = {.wall_ms = clock_wall_ms(s->clock), .mono_us = clock_mono_us(s->clock)};
    if (!s->applying) {
        kafka_model_seed_end(s->model, topic, partition, points, n, slack_ms, now);
        return;
    }
    struct pending_seed p = {
        .topic = mem_strdup(topic), .partition = partition, .n = n, .slack_ms = slack_ms, .now = now};
    p.points = mem_calloc(n ? n : 1, sizeof *points);
    if (n)
        memcpy(p.points, points, n * sizeof *points);
    vec_push(&s->seeds, p);
}

void kafka_source_exact(struct kafka_source *s, const char *topic, int32_t partition, int64_t offset, int64_t record_ms)
{
    if (!s->applying)
        kafka_model_exact(s->model, topic, partition, offset, record_ms);
    else
        vec_push(&s->records,
                 (struct read_record){
                     .topic = mem_strdup(topic), .partition = partition, .offset = offset, .record_ms = record_ms});
}
