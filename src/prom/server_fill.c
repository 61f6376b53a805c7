/* The past of queries. */
#include "prom/server_fill.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "prom/server_tables.h"

#include <event2/event.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLICE_US = 3000,      /* of the loop's time, for handing over */
    SOON_MS = 100,        /* whoever keeps it is still opening, or has much to do */
    SOON = 100,           /* times; then it takes longer */
    LATER_MS = 5000,      /* after a failure */
    TRIES = 3,            /* of one query */
    LONGEST_RANGE = 11000 /* points of a series that Prometheus gives */
};

/* A question to the keeper, which may outlive who asked. */
struct look {
    struct prom_server_fill *fill; /* NULL: it is gone */
};

struct prom_server_fill {
    const struct prom_server_place *place;
    const struct prom_server_rows *rows;
    struct prom_server_fill_past past;
    void (*changed)(void *arg);
    void *arg;
    struct event *timer;
    VEC(struct prom_server_fill_want) wants; /* the first is being asked for */
    int tries, waits;                        /* of it: failures, and times that it was not taken yet */
    struct look *look;
    struct prom_server_ask *ask;
    union prom_api_answer answer; /* being handed over */
    bool answered;
    size_t at;
    int64_t to_ms;
    char *note; /* NULL: none */
};

static struct table *queries(const struct prom_server_fill *f)
{
    return store_find(f->rows->store, prom_server_tables_queries.name);
}

static void arm(struct prom_server_fill *f, int ms)
{
    event_add(f->timer, &(struct timeval){.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000});
}

/* Nothing is taken at the moment. */
static void wait_for_keeper(struct prom_server_fill *f)
{
    arm(f, f->waits < SOON ? SOON_MS : LATER_MS);
    f->waits += f->waits < SOON;
}

/* note is taken over. */
static void remark(struct prom_server_fill *f, char *note)
{
    free(f->note);
    f->note = note;
    f->changed(f->arg);
}

/* ---- one after the other ---- */

static void next(struct prom_server_fill *f)
{
    memmove(f->wants.items, f->wants.items + 1, --f->wants.n * sizeof *f->wants.items);
    f->tries = f->waits = 0;
    if (f->wants.n)
        arm(f, 0);
}

/* Tried again, a few times. */
static void fail(struct prom_server_fill *f, const struct error *err)
{
    if (++f->tries < TRIES) {
        arm(f, LATER_MS);
        return;
    }
    remark(f, mem_printf("the past of %s was not had: %s", f->wants.items[0].part->name->safe, err->text));
    next(f);
}

/* Will points be taken? */
static int probe(const struct prom_server_fill *f, struct error *err)
{
    struct value key[QUERIES_VALUE];
    struct table *t = queries(f);
    prom_server_rows_key(f->rows, f->wants.items[0].part, NULL, key);
    int rc = f->past.keep ? f->past.keep(f->past.arg, t, key, NULL, 0, err) : ERR_NOT_FOUND;
    table_key_done(t, key);
    return rc;
}

/* ---- handing over ---- */

static void drop_answer(struct prom_server_fill *f)
{
    if (f->answered)
        prom_api_query_done(&f->answer.query);
    f->answered = false;
}

/* The points of one series to the row that it has; a series without one is not there any more. */
static int hand_over(const struct prom_server_fill *f, const struct prom_api_series *s, struct error *err)
{
    struct value key[QUERIES_VALUE];
    struct table *t = queries(f);
    prom_server_rows_key(f->rows, f->wants.items[0].part, s, key);
    struct row *row = s->npoints ? table_find(t, key) : NULL;
    int rc = row ? f->past.keep(f->past.arg, t, key, s->points, s->npoints, err) : 0;
    if (row && !rc)
        table_set_int(t, row, QUERIES_FILLED, f->to_ms, QUALITY_EXACT);
    table_key_done(t, key);
    return rc;
}

static void hand_on(struct prom_server_fill *f)
{
    const struct clock *clock = store_clock(f->rows->store);
    const struct prom_api_query *q = &f->answer.query;
    struct error err = {0};
    int rc = 0;
    for (int64_t end = clock_mono_us(clock) + SLICE_US; !rc && f->at < q->n && clock_mono_us(clock) < end;) {
        rc = hand_over(f, &q->series[f->at], &err);
        f->at += rc == 0;
    }
    store_commit(f->rows->store);
    if (rc == ERR_LIMIT || rc == ERR_UNAVAILABLE) {
        wait_for_keeper(f);
    } else if (rc) {
        drop_answer(f);
        fail(f, &err);
    } else if (f->at < q->n) {
        arm(f, 0);
    } else {
        drop_answer(f);
        next(f);
    }
}

/* ---- asking ---- */

static void on_answer(void *arg, union prom_api_answer *answer, const struct error *failed)
{
    struct prom_server_fill *f = arg;
    f->ask = NULL;
    if (!answer) {
        fail(f, failed);
        return;
    }
    f->answer = *answer;
    *answer = (union prom_api_answer){0};
    f->answered = true;
    f->at = 0;
    arm(f, 0);
}

/* So wide that neither a series nor all of them have too many points. */
static int64_t step_of(const struct prom_server_fill *f, const struct prom_server_fill_want *w)
{
    size_t series = w->part->rows.n ? w->part->rows.n : 1;
    int64_t most = PROM_API_POINTS / (int64_t)series - 1, span = f->to_ms - w->from_ms, step = w->step_ms;
    most = most > LONGEST_RANGE - 1 ? LONGEST_RANGE - 1 : most < 1 ? 1 : most;
    return span / step > most ? span / most + 1 : step;
}

static void ask(struct prom_server_fill *f)
{
    const struct prom_server_fill_want *w = &f->wants.items[0];
    struct str form = {0};
    f->to_ms = w->to_ms ? w->to_ms : clock_wall_ms(store_clock(f->rows->store));
    int64_t step = step_of(f, w);
    str_add(&form, "query=");
    net_http_encode(&form, w->part->promql);
    str_printf(&form, "&start=%" PRId64 ".%03d&end=%" PRId64 ".%03d&step=%" PRId64 ".%03d&timeout=%dms",
               w->from_ms / 1000, (int)(w->from_ms % 1000), f->to_ms / 1000, (int)(f->to_ms % 1000), step / 1000,
               (int)(step % 1000), f->place->deadline_ms);
    f->ask = prom_server_ask_start(f->place, PROM_API_JOB_QUERY, "/api/v1/query_range", form.s, on_answer, f);
    str_done(&form);
}

/* ---- what is known already ---- */

static void on_known(void *arg, const struct prom_server_fill_gap *gaps, size_t n)
{
    struct look *l = arg;
    struct prom_server_fill *f = l->fill;
    free(l);
    if (!f)
        return;
    struct prom_server_fill_want w = f->wants.items[0];
    f->look = NULL;
    w.maybe_known = false;
    for (size_t i = n; i-- > 0;) { /* a step more on each side: what is there twice does not matter */
        bool last = gaps[i].to_ms + w.step_ms >= f->to_ms;
        struct prom_server_fill_want piece = w;
        piece.from_ms = gaps[i].from_ms - w.step_ms > w.from_ms ? gaps[i].from_ms - w.step_ms : w.from_ms;
        piece.to_ms = last ? 0 : gaps[i].to_ms + w.step_ms;
        vec_push(&f->wants, piece);
        memmove(f->wants.items + 2, f->wants.items + 1, (f->wants.n - 2) * sizeof *f->wants.items);
        f->wants.items[1] = piece;
    }
    next(f);
}

/* True where the keeper is asked first: of one series, as all of a query have the same answers. */
static bool look_first(struct prom_server_fill *f)
{
    const struct prom_server_fill_want *w = &f->wants.items[0];
    struct table *t = queries(f);
    const struct row *row = w->part->rows.n ? table_by_id(t, w->part->rows.items[0]) : NULL;
    struct value key[QUERIES_VALUE];
    if (!w->maybe_known || !f->past.known || !row)
        return false;
    for (size_t i = 0; i < QUERIES_VALUE; i++)
        key[i] = row_get(row, i);
    f->to_ms = clock_wall_ms(store_clock(f->rows->store));
    f->look = mem_new(struct look);
    f->look->fill = f;
    f->past.known(f->past.arg, t, key, w->from_ms, f->to_ms, step_of(f, w), on_known, f->look);
    return true;
}

static void on_time(evutil_socket_t fd, short what, void *arg)
{
    struct prom_server_fill *f = arg;
    struct error err = {0};
    (void)fd, (void)what;
    if (f->answered) {
        hand_on(f);
        return;
    }
    if (!f->wants.n || f->ask || f->look)
        return;
    switch (probe(f, &err)) {
    case 0:
        if (!look_first(f))
            ask(f);
        break;
    case ERR_NOT_FOUND:
        f->wants.n = 0;
        remark(f, mem_strdup("the past is not asked for: no history is kept"));
        break;
    default:
        wait_for_keeper(f);
    }
}

/* ---- life ---- */

struct prom_server_fill *prom_server_fill_new(struct event_base *base, const struct prom_server_place *place,
                                              const struct prom_server_rows *rows,
                                              const struct prom_server_fill_past *past, void (*changed)(void *arg),
                                              void *arg)
{
    struct prom_server_fill *f = mem_new(struct prom_server_fill);
    *f = (struct prom_server_fill){.place = place,
                                   .rows = rows,
                                   .past = past ? *past : (struct prom_server_fill_past){0},
                                   .changed = changed,
                                   .arg = arg};
    f->timer = evtimer_new(base, on_time, f);
    return f;
}

void prom_server_fill_free(struct prom_server_fill *f)
{
    if (!f)
        return;
    prom_server_ask_cancel(f->ask);
    if (f->look)
        f->look->fill = NULL;
    drop_answer(f);
    event_free(f->timer);
    vec_done(&f->wants);
    free(f->note);
    free(f);
}

void prom_server_fill_want(struct prom_server_fill *f, const struct prom_server_fill_want *want)
{
    for (size_t i = 0; i < f->wants.n; i++)
        if (f->wants.items[i].part == want->part)
            return;
    vec_push(&f->wants, *want);
    if (f->wants.n == 1)
        arm(f, 0);
}

const char *prom_server_fill_note(const struct prom_server_fill *f)
{
    return f->note;
}
