/* Pushes one after the other: taken from the tail, looked at beside the model, completed with ends, worked in. */
#include "kafka/pusher.h"
#include "base/log.h"
#include "base/workers.h"
#include "kafka/model_push.h"

#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

enum {
    ENDS_MS = 3000, /* for the ends of one push */
    HANGS_MS = 30000,
    REST_PERCENT = 300, /* of the time that the last push took on the processor: so long nothing follows it */
    TRIM_MS = 2000,     /* from giving back the memory of a push to the next time, where */
    TRIM_COMMITS = 500, /* it was as large */
    RENEW_MS = 10000,   /* so old is a client at least when it is given up because leaders may have moved */
};

/* What is done with the push that is under way. */
enum stage {
    STAGE_IDLE,
    STAGE_LOOK,  /* has the model */
    STAGE_ENDS,  /* asks */
    STAGE_READY, /* waits for the model */
    STAGE_APPLY, /* has the model */
};

struct kafka_pusher {
    const struct clock *clock;
    struct kafka_model *model;
    struct kafka_tail *tail;
    const struct kafka_pusher_ops *ops;
    void *arg;
    struct workers *workers;
    struct event *timer; /* the end of a rest */
    enum stage stage;
    struct kafka_plan *plan; /* of the push under way */
    struct kafka_push push;
    struct kafka_round round;
    bool any;         /* there is something to work in */
    int64_t began_us; /* of the stage */
    int64_t rest_us;  /* until then nothing is begun */
    int64_t busy_us;  /* time that this push has had the model for */
    int64_t trimmed_us;
    atomic_bool stop;
    struct kafka_admin *admin;
    const struct kafka_plan *admin_plan; /* only compared */
    bool moved;                          /* a leader may have: the client goes by what it learnt once */
    int64_t opened_us;
};

static void finish(struct kafka_pusher *p)
{
    for (size_t i = 0; i < p->round.nretired; i++)
        p->ops->close(p->arg, p->round.retired[i]);
    kafka_round_done(&p->round);
    p->round = (struct kafka_round){0};
    kafka_push_done(&p->push);
    kafka_plan_unref(p->plan);
    p->plan = NULL;
    p->rest_us = clock_mono_us(p->clock) + p->busy_us * REST_PERCENT / 100;
    p->stage = STAGE_IDLE;
}

static void run_look(void *arg)
{
    struct kafka_pusher *p = arg;
    p->any = kafka_model_push_ask(p->model, &p->push, &p->plan->round, p->clock, &p->round);
}

static void retire(struct kafka_pusher *p)
{
    struct kafka_round *r = &p->round;
    if (p->admin)
        r->retired[r->nretired++] = p->admin;
    p->admin = NULL;
    p->moved = false;
}

/* A client learns by itself who leads the partitions that it is asked about. All of a large cluster take megabytes. */
static int open_client(struct kafka_pusher *p, struct error *err)
{
    const struct kafka_round_plan *plan = &p->plan->round;
    int64_t now = clock_mono_us(p->clock);
    bool old = p->moved && now - p->opened_us > RENEW_MS * INT64_C(1000);
    if (p->admin && (p->admin_plan != p->plan || old || plan->ops->spent(p->admin)))
        retire(p);
    if (p->admin)
        return 0;
    p->admin_plan = p->plan;
    p->opened_us = now;
    return plan->ops->open(&plan->settings, &p->admin, err);
}

/* Stable ends, for groups that read no further. They are read after the others: one beyond those is the end. */
static void ask_others(struct kafka_pusher *p, const struct kafka_budget *budget)
{
    struct kafka_round *r = &p->round;
    size_t kept = 0, at = 0;
    if (r->nothers)
        p->plan->round.ops->other_ends(p->admin, &p->plan->round.settings, budget, r->others, r->nothers);
    for (size_t i = 0; i < r->nothers; i++) {
        struct kafka_offset x = r->others[i];
        while (at < r->nends && (strcmp(r->ends[at].topic, x.topic) != 0 || r->ends[at].partition != x.partition))
            at++;
        if (x.fault || at == r->nends || r->ends[at].fault)
            continue;
        x.offset = x.offset > r->ends[at].offset ? r->ends[at].offset : x.offset;
        r->others[kept++] = x;
    }
    r->nothers = kept;
}

static void run_ends(void *arg)
{
    struct kafka_pusher *p = arg;
    struct kafka_round *r = &p->round;
    struct error err;
    struct kafka_budget budget = {
        .clock = p->clock, .until_us = clock_mono_us(p->clock) + ENDS_MS * INT64_C(1000), .stop = &p->stop};
    kafka_pace_urgent(p->plan->round.settings.pace);
    int rc = open_client(p, &err);
    if (rc)
        log_debug("no client for the ends of a push: %s", err.text);
    for (size_t i = 0; i < r->nends && rc; i++) {
        r->ends[i].fault = KAFKA_FAULT_NETWORK;
        r->ends[i].offset = -1;
    }
    if (!rc)
        p->plan->round.ops->offsets(p->admin, &budget, r->ends, r->nends);
    for (size_t i = 0; i < r->nends; i++)
        if (r->ends[i].fault)
            p->moved = true;
    if (rc || !p->plan->round.ops->other_ends)
        r->nothers = 0;
    else
        ask_others(p, &budget);
}

static void run_apply(void *arg)
{
    struct kafka_pusher *p = arg;
    kafka_model_push_apply(p->model, &p->push, &p->plan->round, p->clock, &p->round);
}

/* What a push is made of are thousands of small pieces between those that stay. */
static void run_trim(void *arg)
{
    (void)arg;
    mem_trim();
}

static void done_apply(void *arg)
{
    struct kafka_pusher *p = arg;
    int64_t now_us = clock_mono_us(p->clock);
    bool large = p->push.ncommits >= TRIM_COMMITS;
    p->busy_us += now_us - p->began_us;
    finish(p);
    if (large && now_us - p->trimmed_us >= TRIM_MS * INT64_C(1000)) {
        p->trimmed_us = now_us;
        workers_submit(p->workers, run_trim, NULL, NULL);
    }
    p->ops->applied(p->arg);
}

static void apply(struct kafka_pusher *p)
{
    if (!p->ops->take(p->arg))
        return;
    p->stage = STAGE_APPLY;
    p->began_us = clock_mono_us(p->clock);
    workers_submit(p->workers, run_apply, done_apply, p);
}

static void done_ends(void *arg)
{
    struct kafka_pusher *p = arg;
    p->stage = STAGE_READY;
    apply(p);
}

static void done_look(void *arg)
{
    struct kafka_pusher *p = arg;
    p->busy_us = clock_mono_us(p->clock) - p->began_us;
    if (!p->any) {
        finish(p);
        p->ops->give_back(p->arg);
        return;
    }
    p->stage = p->round.nends ? STAGE_ENDS : STAGE_READY;
    p->began_us = clock_mono_us(p->clock);
    if (p->stage == STAGE_ENDS)
        workers_submit(p->workers, run_ends, done_ends, p);
    p->ops->give_back(p->arg); /* kicks, if it is not somebody else's turn */
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct kafka_pusher *p = arg;
    p->ops->due(p->arg);
}

/* True if the last push is long enough ago; else this is looked at again then. */
static bool rested(struct kafka_pusher *p)
{
    int64_t left = p->rest_us - clock_mono_us(p->clock);
    if (left <= 0)
        return true;
    struct timeval tv = {.tv_sec = left / 1000000, .tv_usec = left % 1000000};
    evtimer_add(p->timer, &tv);
    return false;
}

void kafka_pusher_kick(struct kafka_pusher *p, struct kafka_plan *plan)
{
    if (p->stage == STAGE_READY) {
        apply(p);
        return;
    }
    if (p->stage != STAGE_IDLE || !(p->model->early_due || kafka_tail_waits(p->tail)) || !rested(p) ||
        !p->ops->take(p->arg))
        return;
    kafka_tail_take(p->tail, &p->push);
    p->stage = STAGE_LOOK;
    p->began_us = clock_mono_us(p->clock);
    p->plan = kafka_plan_ref(plan);
    workers_submit(p->workers, run_look, done_look, p);
}

bool kafka_pusher_hangs(const struct kafka_pusher *p)
{
    return p->stage == STAGE_ENDS && clock_mono_us(p->clock) - p->began_us > HANGS_MS * INT64_C(1000);
}

struct kafka_pusher *kafka_pusher_new(struct event_base *base, const struct clock *clock, struct kafka_model *model,
                                      struct kafka_tail *tail, const struct kafka_pusher_ops *ops, void *arg)
{
    struct kafka_pusher *p = mem_new(struct kafka_pusher);
    p->clock = clock;
    p->model = model;
    p->tail = tail;
    p->ops = ops;
    p->arg = arg;
    p->timer = evtimer_new(base, on_timer, p);
    p->workers = workers_new(base, "kafka push", 1);
    return p;
}

bool kafka_pusher_free(struct kafka_pusher *p, int wait_ms)
{
    if (!p)
        return true;
    atomic_store(&p->stop, true);
    event_free(p->timer);
    if (!workers_free(p->workers, wait_ms)) {
        mem_abandon(p);
        return false;
    }
    retire(p);
    finish(p);
    free(p);
    return true;
}
