/* The cap on requests per second, as a ring of the times at which the last ones went. */
#include "kafka/pace.h"
#include "base/clock.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum {
    /* What is a second here is a little less at a broker, when an answer before was slower than one now. */
    WINDOW_US = 1020000,
    MAX_CAP = 100000,
    SLICE_MS = 50,       /* how soon a stop is noticed */
    RESERVE = 16,        /* this part of the cap is kept free for what is urgent, */
    URGENT_US = 2000000, /* for so long after something was */
};

struct kafka_pace {
    const struct clock *clock;
    atomic_uint refs;
    pthread_mutex_t lock; /* for all below */
    pthread_cond_t never; /* nobody signals it: waiting for it is waiting for time */
    int64_t *went_us;     /* when the last `cap` requests went, around from `at`; 0: none yet */
    size_t cap, at;
    uint64_t taken;
    int64_t urgent_us; /* when something was last; 0: never */
};

static size_t clamp(int64_t per_s)
{
    return per_s <= 0 ? 0 : per_s > MAX_CAP ? MAX_CAP : (size_t)per_s;
}

struct kafka_pace *kafka_pace_new(const struct clock *clock, int64_t per_s)
{
    struct kafka_pace *p = mem_new(struct kafka_pace);
    pthread_condattr_t attr;
    p->clock = clock;
    p->cap = clamp(per_s);
    p->went_us = mem_calloc(p->cap + 1, sizeof *p->went_us);
    atomic_init(&p->refs, 1);
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->never, &attr);
    pthread_condattr_destroy(&attr);
    return p;
}

struct kafka_pace *kafka_pace_ref(struct kafka_pace *p)
{
    if (p)
        atomic_fetch_add(&p->refs, 1);
    return p;
}

void kafka_pace_unref(struct kafka_pace *p)
{
    if (!p || atomic_fetch_sub(&p->refs, 1) != 1)
        return;
    pthread_cond_destroy(&p->never);
    pthread_mutex_destroy(&p->lock);
    free(p->went_us);
    free(p);
}

/* The newest times are carried over, as many as the new cap remembers. */
void kafka_pace_set(struct kafka_pace *p, int64_t per_s)
{
    size_t cap = clamp(per_s);
    pthread_mutex_lock(&p->lock);
    if (cap != p->cap) {
        int64_t *went_us = mem_calloc(cap + 1, sizeof *went_us);
        for (size_t i = 0; i < cap && i < p->cap; i++)
            went_us[cap - 1 - i] = p->went_us[(p->at + p->cap - 1 - i) % p->cap];
        free(p->went_us);
        p->went_us = went_us;
        p->cap = cap;
        p->at = 0;
    }
    pthread_mutex_unlock(&p->lock);
}

int64_t kafka_pace_cap(struct kafka_pace *p)
{
    if (!p)
        return 0;
    pthread_mutex_lock(&p->lock);
    size_t cap = p->cap;
    pthread_mutex_unlock(&p->lock);
    return (int64_t)cap;
}

/* keep: how many others must be able to go right after. */
static int take_locked(struct kafka_pace *p, size_t n, size_t keep)
{
    if (p->cap) {
        int64_t now = clock_mono_us(p->clock);
        size_t look = n + keep < p->cap ? n + keep : p->cap;
        int64_t oldest = look ? p->went_us[(p->at + look - 1) % p->cap] : 0;
        int64_t wait_us = oldest ? oldest + WINDOW_US - now : 0;
        if (wait_us > 0)
            return (int)((wait_us < WINDOW_US ? wait_us : WINDOW_US) / 1000) + 1;
        for (size_t i = 0; i < n; i++) {
            p->went_us[p->at] = now;
            p->at = (p->at + 1) % p->cap;
        }
    }
    p->taken += n;
    return 0;
}

int kafka_pace_take(struct kafka_pace *p, size_t n)
{
    if (!p)
        return 0;
    pthread_mutex_lock(&p->lock);
    bool urgent = p->urgent_us && clock_mono_us(p->clock) - p->urgent_us < URGENT_US;
    int wait_ms = take_locked(p, n, urgent ? p->cap / RESERVE : 0);
    pthread_mutex_unlock(&p->lock);
    return wait_ms;
}

void kafka_pace_urgent(struct kafka_pace *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->urgent_us = clock_mono_us(p->clock);
    pthread_mutex_unlock(&p->lock);
}

bool kafka_pace_wait(struct kafka_pace *p, const struct kafka_budget *budget, size_t n)
{
    if (!p)
        return kafka_budget_left(budget) > 0;
    bool taken = false;
    pthread_mutex_lock(&p->lock);
    for (int left; !taken && (left = kafka_budget_left(budget)) > 0;) {
        int wait_ms = take_locked(p, n, 0);
        taken = wait_ms == 0;
        if (taken)
            break;
        wait_ms = wait_ms < left ? wait_ms : left;
        wait_ms = wait_ms < SLICE_MS ? wait_ms : SLICE_MS;
        struct timespec until = clock_deadline(wait_ms);
        pthread_cond_timedwait(&p->never, &p->lock, &until);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

uint64_t kafka_pace_taken(struct kafka_pace *p)
{
    pthread_mutex_lock(&p->lock);
    uint64_t taken = p->taken;
    pthread_mutex_unlock(&p->lock);
    return taken;
}
