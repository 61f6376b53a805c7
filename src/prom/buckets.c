/* Rings of what fell into buckets, and rows of them. */
#include "prom/buckets.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "prom/explorer_tables.h"
#include "prom/tables.h"

#include <event2/event.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 4, TRIES = 4, WANTED = 500, TIDY_S = 60, SCRAPES = PROM_BUCKETS_SCRAPES };
#define STAY_US (PROM_BUCKETS_STAY_S * INT64_C(1000000))

/* What is held of one histogram. A bin is what lies above the bound of the one before, up to its own. */
struct ring {
    struct name *key[KEYS]; /* references; the first is NULL where the place is free */
    uint16_t owner;
    size_t n;                     /* bins */
    double *le;                   /* of each, ascending */
    double *totals;               /* of each, as the last scrape had it */
    double *shares;               /* likewise; NaN: not known */
    float *rates;                 /* of each scrape that is held, of each bin */
    int64_t *times;               /* of each scrape that is held */
    size_t held, at;              /* scrapes; where the next goes */
    uint64_t *rows;               /* of each bin; NULL: none are shown */
    int64_t told_ms;              /* the past up to here is kept elsewhere */
    bool untold;                  /* it could not be when its rows came */
    int64_t looked_us, active_us; /* when it was looked at last, when it had observations last; 0: never */
};

struct prom_buckets {
    struct store *store;
    struct table *table;
    size_t budget, bytes;
    prom_buckets_keep *keep;
    void *arg;
    VEC(struct ring) rings;
    size_t hand; /* where one to be given up is looked for next */
    size_t shown;
    VEC(struct name *) focused; /* KEYS of each, references */
    struct event *tidying;
};

static int64_t now_us(const struct prom_buckets *b)
{
    return clock_mono_us(store_clock(b->store));
}

static int64_t now_ms(const struct prom_buckets *b)
{
    return clock_wall_ms(store_clock(b->store));
}

static size_t bytes_of(size_t n)
{
    return n * (3 * sizeof(double) + sizeof(uint64_t) + SCRAPES * sizeof(float)) + SCRAPES * sizeof(int64_t) +
           sizeof(struct ring);
}

static bool is_same(struct name *const *a, struct name *const *b)
{
    return a[3] == b[3] && a[2] == b[2] && a[1] == b[1] && a[0] == b[0];
}

/* ---- rows ---- */

static void row_key(const struct ring *r, size_t bin, struct value key[KEYS + 1])
{
    for (int i = 0; i < KEYS; i++)
        key[i] = value_text(r->key[i]);
    key[KEYS] = value_real(r->le[bin]);
}

static float rate_of(const struct ring *r, size_t back, size_t bin)
{
    size_t at = (r->at + SCRAPES - 1 - back) % SCRAPES;
    return back < r->held ? r->rates[at * r->n + bin] : NAN;
}

static int64_t time_of(const struct ring *r, size_t back)
{
    return r->times[(r->at + SCRAPES - 1 - back) % SCRAPES];
}

/* rates: of each bin; NULL: what the ring has last. */
static void write_rows(struct prom_buckets *b, struct ring *r, const double *rates)
{
    for (size_t i = 0; i < r->n; i++) {
        struct value key[KEYS + 1];
        row_key(r, i, key);
        struct row *row = r->rows[i] ? table_by_id(b->table, r->rows[i]) : NULL;
        row = row ? row : table_upsert(b->table, key, r->owner);
        r->rows[i] = row ? row_id(row) : 0;
        if (!row)
            continue;
        double rate = rates ? rates[i] : (double)rate_of(r, 0, i);
        table_set_told(b->table, row, BUCKETS_RATE, rate);
        table_set_told(b->table, row, BUCKETS_SHARE, r->shares[i]);
        table_set_real(b->table, row, BUCKETS_COUNT, r->totals[i], QUALITY_EXACT);
    }
}

static void hide(struct prom_buckets *b, struct ring *r)
{
    for (size_t i = 0; i < r->n && r->rows; i++)
        table_remove_id(b->table, r->rows[i]);
    b->shown -= r->rows != NULL;
    free(r->rows);
    r->rows = NULL;
}

/* Gives on what was not given on yet. */
static void tell(struct prom_buckets *b, struct ring *r)
{
    struct prom_buckets_point points[SCRAPES];
    bool ok = b->keep != NULL;
    for (size_t bin = 0; bin < r->n && ok; bin++) {
        struct value key[KEYS + 1];
        size_t n = 0;
        row_key(r, bin, key);
        for (size_t back = r->held; back-- > 0;)
            if (time_of(r, back) > r->told_ms && (n == 0 || time_of(r, back) > points[n - 1].time_ms))
                points[n++] = (struct prom_buckets_point){time_of(r, back), (double)rate_of(r, back, bin)};
        ok = n == 0 || b->keep(b->arg, b->table, key, "rate", points, n);
    }
    r->untold = !ok && b->keep;
    if (ok && r->held)
        r->told_ms = time_of(r, 0);
}

static void hide_oldest(struct prom_buckets *b)
{
    struct ring *oldest = NULL;
    for (size_t i = 0; i < b->rings.n; i++) {
        struct ring *r = &b->rings.items[i];
        if (r->rows && (!oldest || r->looked_us < oldest->looked_us))
            oldest = r;
    }
    if (oldest)
        hide(b, oldest);
}

static void show(struct prom_buckets *b, struct ring *r)
{
    r->looked_us = now_us(b);
    if (r->rows)
        return;
    if (b->shown >= PROM_BUCKETS_SHOWN)
        hide_oldest(b);
    r->rows = mem_calloc(r->n + 1, sizeof *r->rows);
    b->shown++;
    write_rows(b, r, NULL);
    tell(b, r);
}

/* ---- rings ---- */

static void empty(struct prom_buckets *b, struct ring *r)
{
    if (!r->key[0])
        return;
    hide(b, r);
    b->bytes -= bytes_of(r->n);
    for (int i = 0; i < KEYS; i++)
        name_unref(r->key[i]);
    free(r->le);
    free(r->totals);
    free(r->shares);
    free(r->rates);
    free(r->times);
    *r = (struct ring){0};
}

static void fill(struct prom_buckets *b, struct ring *r, const struct prom_buckets_scrape *s, size_t n)
{
    struct name *const key[KEYS] = {s->key.job, s->key.instance, s->key.metric, s->key.labels};
    *r = (struct ring){.owner = s->owner, .n = n};
    for (int i = 0; i < KEYS; i++)
        r->key[i] = name_ref(key[i]);
    r->le = mem_calloc(n, sizeof *r->le);
    r->totals = mem_calloc(n, sizeof *r->totals);
    r->shares = mem_calloc(n, sizeof *r->shares);
    r->rates = mem_calloc(n * SCRAPES, sizeof *r->rates);
    r->times = mem_calloc(SCRAPES, sizeof *r->times);
    b->bytes += bytes_of(n);
}

static bool is_focused(const struct prom_buckets *b, struct name *const *key)
{
    for (size_t i = 0; i < b->focused.n; i += KEYS)
        if (is_same(b->focused.items + i, key))
            return true;
    return false;
}

/* May it go for the sake of one that had observations just now? */
static bool is_idle(const struct prom_buckets *b, const struct ring *r)
{
    int64_t since = now_us(b) - STAY_US;
    return r->key[0] && !r->rows && r->looked_us < since && r->active_us < since && r->held > SCRAPES / 10;
}

/* One that can be given up; NULL if none was found. */
static struct ring *find_idle(struct prom_buckets *b)
{
    for (int i = 0; i < TRIES && b->rings.n; i++) {
        struct ring *r = &b->rings.items[b->hand++ % b->rings.n];
        if (is_idle(b, r))
            return r;
    }
    return NULL;
}

/* The one that was looked at the longest ago, and had observations the longest ago. */
static struct ring *find_least(const struct prom_buckets *b)
{
    struct ring *least = NULL;
    for (size_t i = 0; i < b->rings.n; i++) {
        struct ring *r = &b->rings.items[i];
        if (r->key[0] && !r->rows &&
            (!least || r->looked_us < least->looked_us ||
             (r->looked_us == least->looked_us && r->active_us < least->active_us)))
            least = r;
    }
    return least;
}

/* A place for one of n bins; NULL if there is none. Those that are wanted get one for certain. */
static struct ring *find_place(struct prom_buckets *b, size_t n, bool wanted)
{
    struct ring *r = NULL;
    while (b->bytes + bytes_of(n) > b->budget) {
        r = wanted ? find_least(b) : find_idle(b);
        if (!r)
            return NULL;
        empty(b, r);
    }
    for (size_t i = 0; i < b->rings.n && !r; i++)
        if (!b->rings.items[i].key[0])
            r = &b->rings.items[i];
    if (!r) {
        vec_push(&b->rings, (struct ring){0});
        r = &b->rings.items[b->rings.n - 1];
    }
    return r;
}

static struct ring *find_held(const struct prom_buckets *b, uint32_t held, const struct prom_buckets_key *key)
{
    struct name *const names[KEYS] = {key->job, key->instance, key->metric, key->labels};
    struct ring *r = held && held <= b->rings.n ? &b->rings.items[held - 1] : NULL;
    return r && r->key[0] && is_same(r->key, names) ? r : NULL;
}

/* ---- bins ---- */

struct bins {
    size_t n;
    double le[PROM_BUCKETS_ROWS], growth[PROM_BUCKETS_ROWS], total[PROM_BUCKETS_ROWS];
    double all; /* observations in all of them */
};

struct bound {
    double le, growth, total; /* cumulated */
};

static int by_bound(const void *a, const void *b)
{
    const struct bound *x = a, *y = b;
    return (x->le > y->le) - (x->le < y->le);
}

static void put_bin(struct bins *bins, const struct bound *low, const struct bound *high)
{
    size_t i = bins->n++;
    bins->le[i] = high->le;
    bins->growth[i] = fmax(0, high->growth - (low ? low->growth : 0));
    bins->total[i] = fmax(0, high->total - (low ? low->total : 0));
    bins->all += bins->growth[i];
}

/* From cumulated counts in any order to each bin's own, and no more bins than there are rows. */
static void find_bins(const struct prom_buckets_scrape *s, struct bound *bounds, struct bins *bins)
{
    bool sorted = true;
    for (size_t i = 0; i < s->n; i++) {
        bounds[i] = (struct bound){s->growth[i].le, s->growth[i].count, s->totals[i]};
        sorted &= i == 0 || bounds[i - 1].le < bounds[i].le;
    }
    if (!sorted)
        qsort(bounds, s->n, sizeof *bounds, by_bound);
    size_t n = s->n < PROM_BUCKETS_ROWS ? s->n : PROM_BUCKETS_ROWS;
    bins->n = 0;
    bins->all = 0;
    for (size_t i = 0, end = 0; i < n; i++) {
        const struct bound *low = i ? &bounds[end] : NULL;
        end = (i + 1) * s->n / n - 1;
        put_bin(bins, low, &bounds[end]);
    }
}

/* ---- scrapes ---- */

static void push(struct prom_buckets *b, struct ring *r, const struct bins *bins, const struct prom_buckets_scrape *s)
{
    for (size_t i = 0; i < bins->n; i++)
        r->rates[r->at * r->n + i] = (float)(bins->growth[i] / s->seconds);
    r->times[r->at] = now_ms(b);
    r->at = (r->at + 1) % SCRAPES;
    r->held += r->held < SCRAPES;
    if (bins->all > 0)
        r->active_us = now_us(b);
}

static void take(struct prom_buckets *b, struct ring *r, const struct bins *bins, const struct prom_buckets_scrape *s)
{
    double rates[PROM_BUCKETS_ROWS];
    memcpy(r->le, bins->le, bins->n * sizeof *r->le);
    memcpy(r->totals, bins->total, bins->n * sizeof *r->totals);
    for (size_t i = 0; i < bins->n; i++) {
        rates[i] = s->seconds > 0 ? bins->growth[i] / s->seconds : NAN;
        r->shares[i] = s->seconds > 0 && bins->all > 0 ? bins->growth[i] / bins->all : NAN;
    }
    if (r->rows && r->untold)
        tell(b, r);
    if (s->seconds > 0)
        push(b, r, bins, s);
    if (r->rows) {
        write_rows(b, r, rates);
        r->told_ms = r->untold ? r->told_ms : now_ms(b); /* the row itself tells it */
    }
}

uint32_t prom_buckets_observe(struct prom_buckets *b, uint32_t held, const struct prom_buckets_scrape *s)
{
    enum { BOUNDS = 1000 };
    struct name *const key[KEYS] = {s->key.job, s->key.instance, s->key.metric, s->key.labels};
    struct ring *r = find_held(b, held, &s->key);
    struct bound bounds[BOUNDS];
    struct bins bins;
    if (s->n == 0 || s->n > BOUNDS)
        return 0;
    bool wanted = b->focused.n && is_focused(b, key);
    if (!r && b->bytes + bytes_of(1) > b->budget && !wanted && !(s->seconds > 0))
        return 0;
    find_bins(s, bounds, &bins);
    if (r && (r->n != bins.n || memcmp(r->le, bins.le, bins.n * sizeof *bins.le) != 0)) {
        empty(b, r); /* other bounds: nothing compares */
        r = NULL;
    }
    if (!r && (wanted || bins.all > 0 || b->bytes + bytes_of(bins.n) <= b->budget)) {
        r = find_place(b, bins.n, wanted);
        if (r)
            fill(b, r, s, bins.n);
    }
    if (!r)
        return 0;
    r->owner = s->owner;
    take(b, r, &bins, s);
    if (wanted)
        show(b, r);
    return (uint32_t)(r - b->rings.items) + 1;
}

void prom_buckets_gone(struct prom_buckets *b, uint32_t held, const struct prom_buckets_key *key)
{
    struct ring *r = find_held(b, held, key);
    if (r)
        empty(b, r);
}

void prom_buckets_target_gone(struct prom_buckets *b, const struct name *job, const struct name *instance)
{
    for (size_t i = 0; i < b->rings.n; i++)
        if (b->rings.items[i].key[0] == job && b->rings.items[i].key[1] == instance)
            empty(b, &b->rings.items[i]);
}

/* ---- who looks ---- */

static void forget_focus(struct prom_buckets *b)
{
    for (size_t i = 0; i < b->focused.n; i++)
        name_unref(b->focused.items[i]);
    b->focused.n = 0;
}

void prom_buckets_focus(struct prom_buckets *b, const struct value *keys, size_t n)
{
    struct prom_buckets old = {.focused = {b->focused.items, b->focused.n, b->focused.room}};
    memset(&b->focused, 0, sizeof b->focused);
    for (size_t i = 0; i < n && i < WANTED; i++) {
        bool known = true;
        for (int k = 0; k < KEYS; k++)
            known &= keys[i * KEYS + (size_t)k].quality != QUALITY_UNKNOWN;
        for (int k = 0; k < KEYS && known; k++)
            vec_push(&b->focused, name_ref(keys[i * KEYS + (size_t)k].s));
    }
    for (size_t i = 0; i < b->rings.n; i++) {
        struct ring *r = &b->rings.items[i];
        if (r->key[0] && is_focused(b, r->key))
            show(b, r);
        else if (r->rows && is_focused(&old, r->key))
            r->looked_us = now_us(b); /* until now */
    }
    forget_focus(&old);
    vec_done(&old.focused);
    store_commit(b->store);
}

void prom_buckets_tidy(struct prom_buckets *b)
{
    int64_t since = now_us(b) - STAY_US;
    for (size_t i = 0; i < b->rings.n; i++) {
        struct ring *r = &b->rings.items[i];
        if (r->rows && is_focused(b, r->key))
            r->looked_us = now_us(b);
        else if (r->rows && r->looked_us < since)
            hide(b, r);
    }
    store_commit(b->store);
}

static void on_tidy(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    prom_buckets_tidy(arg);
}

/* ---- the past ---- */

/* The bin of a row's key, and its ring; NULL if nothing is held of it. */
static const struct ring *find_row(const struct prom_buckets *b, const struct value *key, size_t *bin)
{
    struct name *const names[KEYS] = {key[0].s, key[1].s, key[2].s, key[3].s};
    for (size_t i = 0; i < b->rings.n; i++) {
        const struct ring *r = &b->rings.items[i];
        for (*bin = 0; r->key[0] && is_same(r->key, names) && *bin < r->n; ++*bin)
            if (r->le[*bin] == key[KEYS].d)
                return r;
    }
    return NULL;
}

size_t prom_buckets_read(const struct prom_buckets *b, const struct value *key, int64_t from_ms, int64_t to_ms,
                         int64_t step_ms, struct prom_buckets_point *points, size_t most)
{
    size_t bin, n = 0;
    const struct ring *r = find_row(b, key, &bin);
    if (!r || r->held == 0 || step_ms <= 0)
        return 0;
    size_t back = r->held;
    struct prom_buckets_point last = {0, NAN};
    for (int64_t at = from_ms; at <= to_ms && n < most; at += step_ms) {
        for (; back > 0 && time_of(r, back - 1) < at + step_ms; back--)
            last = (struct prom_buckets_point){time_of(r, back - 1), (double)rate_of(r, back - 1, bin)};
        if (isnan(last.value) || at > now_ms(b))
            continue;
        last.time_ms = last.time_ms > at ? last.time_ms : at; /* it still holds */
        points[n++] = last;
    }
    return n;
}

/* ---- all ---- */

struct prom_buckets *prom_buckets_new(struct event_base *base, struct store *store, size_t budget,
                                      prom_buckets_keep *keep, void *arg)
{
    const struct timeval minute = {.tv_sec = TIDY_S};
    struct prom_buckets *b = mem_new(struct prom_buckets);
    *b = (struct prom_buckets){.store = store,
                               .table = store_find(store, prom_table_buckets.name),
                               .budget = budget,
                               .keep = keep,
                               .arg = arg};
    b->tidying = event_new(base, -1, EV_PERSIST, on_tidy, b);
    event_add(b->tidying, &minute);
    return b;
}

void prom_buckets_free(struct prom_buckets *b)
{
    if (!b)
        return;
    for (size_t i = 0; i < b->rings.n; i++)
        empty(b, &b->rings.items[i]);
    forget_focus(b);
    vec_done(&b->focused);
    vec_done(&b->rings);
    event_free(b->tidying);
    free(b);
}

size_t prom_buckets_bytes(const struct prom_buckets *b)
{
    return b->bytes;
}
