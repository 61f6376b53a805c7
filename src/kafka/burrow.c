/* Burrow's rules, and the commits that they look at. */
#include "kafka/burrow.h"

#include <stdbool.h>
#include <string.h>

enum { COMMITS = KAFKA_BURROW_COMMITS };

/* As large as what is in it: there may be a hundred thousand of them. Of each commit, how many milliseconds it was after
 * the one before, how far its offset was from that one's with the sign in the lowest bit, and its lag: each as many groups
 * of seven bits as it needs, the lowest first, the highest bit of a byte telling that more follow. */
struct kafka_burrow_window {
    int64_t last_ms, base; /* base: the first one's offset */
    uint8_t n, size;       /* size: of the bytes */
    uint8_t bytes[];
};

enum {
    PAUSE_BYTES = 5,
    STEP_BYTES = 10,
    LAG_BYTES = 7,
    BYTES_MAX = COMMITS * (PAUSE_BYTES + STEP_BYTES + LAG_BYTES),
};
_Static_assert((int)BYTES_MAX <= (int)UINT8_MAX, "the size of a window fits its byte");

#define LAG_MAX ((1ll << 48) - 1)

static size_t size_of(const struct kafka_burrow_window *w)
{
    return w ? offsetof(struct kafka_burrow_window, bytes) + w->size : 0;
}

void kafka_burrow_done(struct kafka_burrow_window **w, struct slab *slab)
{
    slab_free(slab, *w, size_of(*w));
    *w = NULL;
}

static uint8_t *put(uint8_t *to, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *to++ = (uint8_t)(v | 0x80);
    *to++ = (uint8_t)v;
    return to;
}

static const uint8_t *take(const uint8_t *from, uint64_t *v)
{
    unsigned shift = 0;
    *v = 0;
    do {
        *v |= (uint64_t)(*from & 0x7F) << shift;
        shift += 7;
    } while (*from++ & 0x80);
    return from;
}

/* Puts the commits in place of what is there. */
static void encode(struct kafka_burrow_window **window, struct slab *slab, const struct kafka_burrow_commit *c,
                   size_t n)
{
    uint8_t bytes[BYTES_MAX], *to = bytes;
    uint64_t before = (uint64_t)c[0].offset;
    for (size_t i = 0; i < n; i++) {
        int64_t since = i ? c[i].ms - c[i - 1].ms : 0;
        uint64_t step = (uint64_t)c[i].offset - before;
        before = (uint64_t)c[i].offset;
        to = put(to, since < UINT32_MAX ? (uint64_t)since : UINT32_MAX);
        to = put(to, step << 1 ^ (step >> 63 ? UINT64_MAX : 0));
        to = put(to, (uint64_t)c[i].lag);
    }
    struct kafka_burrow_window head = {
        .last_ms = c[n - 1].ms, .base = c[0].offset, .n = (uint8_t)n, .size = (uint8_t)(to - bytes)};
    *window = slab_settle(slab, slab_resize(slab, *window, size_of(*window), size_of(&head)), size_of(&head));
    memcpy(*window, &head, offsetof(struct kafka_burrow_window, bytes));
    memcpy((*window)->bytes, bytes, head.size);
}

void kafka_burrow_add(struct kafka_burrow_window **window, struct slab *slab, struct kafka_burrow_commit commit)
{
    struct kafka_burrow_commit c[COMMITS + 1];
    size_t n = kafka_burrow_commits(*window, c);
    commit.lag = commit.lag < 0 ? 0 : commit.lag < LAG_MAX ? commit.lag : LAG_MAX;
    if (n && commit.ms < c[n - 1].ms + KAFKA_BURROW_DISTANCE_MS) {
        c[n - 1].offset = commit.offset;
        c[n - 1].lag = commit.lag;
    } else {
        c[n++] = commit;
    }
    if (n > COMMITS)
        encode(window, slab, c + 1, COMMITS);
    else
        encode(window, slab, c, n);
}

size_t kafka_burrow_commits(const struct kafka_burrow_window *w, struct kafka_burrow_commit out[COMMITS])
{
    size_t n = w ? w->n : 0;
    const uint8_t *from = w ? w->bytes : NULL;
    uint64_t offset = w ? (uint64_t)w->base : 0, pauses[COMMITS], step, lag;
    for (size_t i = 0; i < n; i++) {
        from = take(take(take(from, &pauses[i]), &step), &lag);
        offset += step >> 1 ^ (step & 1 ? UINT64_MAX : 0);
        out[i] = (struct kafka_burrow_commit){.offset = (int64_t)offset, .lag = (int64_t)lag};
    }
    int64_t ms = w ? w->last_ms : 0;
    for (size_t i = n; i-- > 0;) {
        out[i].ms = ms;
        ms -= (int64_t)pauses[i];
    }
    return n;
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
