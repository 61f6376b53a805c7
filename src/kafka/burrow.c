/* Burrow's rules, and the commits that they look at. */
#include "kafka/burrow.h"
#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

enum { COMMITS = KAFKA_BURROW_COMMITS };

struct kafka_burrow_window {
    int64_t last_ms;
    int64_t offset[COMMITS];
    uint32_t since_ms[COMMITS]; /* the one before; of the first: meaningless */
    uint32_t lag_low[COMMITS];
    uint16_t lag_high[COMMITS];
    uint8_t n;
};

_Static_assert(sizeof(struct kafka_burrow_window) <= 200, "there may be a hundred thousand of them");

#define LAG_MAX ((1ll << 48) - 1)

static void drop_first(struct kafka_burrow_window *w)
{
    w->n--;
    memmove(w->offset, w->offset + 1, w->n * sizeof *w->offset);
    memmove(w->since_ms, w->since_ms + 1, w->n * sizeof *w->since_ms);
    memmove(w->lag_low, w->lag_low + 1, w->n * sizeof *w->lag_low);
    memmove(w->lag_high, w->lag_high + 1, w->n * sizeof *w->lag_high);
}

void kafka_burrow_add(struct kafka_burrow_window **window, struct kafka_burrow_commit commit)
{
    if (!*window)
        *window = mem_new(struct kafka_burrow_window);
    struct kafka_burrow_window *w = *window;
    bool close = w->n && commit.ms < w->last_ms + KAFKA_BURROW_DISTANCE_MS;
    if (!close) {
        if (w->n == COMMITS)
            drop_first(w);
        int64_t since = w->n ? commit.ms - w->last_ms : 0;
        w->since_ms[w->n] = since < UINT32_MAX ? (uint32_t)since : UINT32_MAX;
        w->last_ms = commit.ms;
        w->n++;
    }
    int64_t lag = commit.lag < 0 ? 0 : commit.lag < LAG_MAX ? commit.lag : LAG_MAX;
    unsigned at = w->n - 1u;
    w->offset[at] = commit.offset;
    w->lag_low[at] = (uint32_t)lag;
    w->lag_high[at] = (uint16_t)(lag >> 32);
}

size_t kafka_burrow_commits(const struct kafka_burrow_window *w, struct kafka_burrow_commit out[COMMITS])
{
    int64_t ms = w ? w->last_ms : 0;
    for (unsigned i = w ? w->n : 0; i-- > 0; ms -= w->since_ms[i])
        out[i] = (struct kafka_burrow_commit){
            .ms = ms,
            .offset = w->offset[i],
            .lag = (int64_t)((uint64_t)w->lag_high[i] << 32 | w->lag_low[i]),
        };
    return w ? w->n : 0;
}

/* ---- the rules ---- */

static bool stopped(const struct kafka_burrow_commit *c, size_t n, int64_t now_ms)
{
    return now_ms - c[n - 1].ms > c[n - 1].ms - c[0].ms;
}

static bool recently_caught_up(int64_t committed, const int64_t *ends, size_t nends)
{
    for (size_t i = 0; i < nends; i++)
        if (ends[i] <= committed)
            return true;
    return false;
}

static bool rewound(const struct kafka_burrow_commit *c, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        bool regained = c[i].offset >= c[i - 1].offset;
        for (size_t j = i + 1; j < n && !regained; j++)
            regained = c[j].offset >= c[i - 1].offset;
        if (!regained)
            return true;
    }
    return false;
}

static bool always_behind(const struct kafka_burrow_commit *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (c[i].lag == 0)
            return false;
    return true;
}

static bool stands_still(const struct kafka_burrow_commit *c, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (c[i].offset != c[0].offset)
            return false;
    return true;
}

static bool never_gains(const struct kafka_burrow_commit *c, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (c[i].lag < c[i - 1].lag)
            return false;
    return true;
}

enum kafka_burrow_status kafka_burrow_judge(const struct kafka_burrow_commit *commits, size_t n, const int64_t *ends,
                                            size_t nends, int64_t now_ms)
{
    if (n == 0 || nends == 0)
        return KAFKA_BURROW_UNKNOWN;
    int64_t committed = commits[n - 1].offset;
    if (ends[nends - 1] <= committed)
        return KAFKA_BURROW_OK;
    if (stopped(commits, n, now_ms) && !recently_caught_up(committed, ends, nends))
        return KAFKA_BURROW_STOP;
    if (rewound(commits, n))
        return KAFKA_BURROW_REWIND;
    if (!always_behind(commits, n))
        return KAFKA_BURROW_OK;
    if (stands_still(commits, n))
        return KAFKA_BURROW_STALL;
    return never_gains(commits, n) ? KAFKA_BURROW_WARN : KAFKA_BURROW_OK;
}

enum kafka_burrow_status kafka_burrow_worse(enum kafka_burrow_status group, enum kafka_burrow_status partition)
{
    if (partition > KAFKA_BURROW_ERR)
        partition = KAFKA_BURROW_ERR;
    return partition > group ? partition : group;
}

const char *kafka_burrow_text(enum kafka_burrow_status s)
{
    static const char *const texts[] = {NULL, "OK", "WARN", "ERR", "STOP", "STALL", "REWIND"};
    return texts[s];
}
