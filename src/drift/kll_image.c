/* KLL sketches to and from DataSketches' bytes. */
#include "drift/kll_image.h"

#include "base/mem.h"
#include "drift/image.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT = 2, FULL = 5, FAMILY = 15, EMPTY = 1, SORTED = 2, SINGLE = 4 };

/* More than any sketch counts. */
#define MOST_WEIGHT ((uint64_t)1 << 62)

/* What stands before the values. */
struct head {
    uint8_t ints, version, flags, m, levels;
    uint16_t k, min_k;
    uint64_t n;
    double least, most;
    uint32_t sizes[DRIFT_KLL_LEVELS];
};

void drift_kll_image_write(const struct drift_kll *from, struct str *out)
{
    struct drift_kll s;
    drift_kll_copy(&s, from);
    drift_kll_fold(&s);
    bool full = s.n > 1, sorted = full && drift_kll_retained(from) > drift_kll_capacity(from, from->levels);
    drift_image_put_uint(out, full ? FULL : SHORT, 1);
    drift_image_put_uint(out, s.n == 1 ? 2 : 1, 1);
    drift_image_put_uint(out, FAMILY, 1);
    drift_image_put_uint(out, s.n == 0 ? EMPTY : s.n == 1 ? SINGLE : sorted ? SORTED : 0, 1);
    drift_image_put_uint(out, s.k, 2);
    drift_image_put_uint(out, DRIFT_KLL_M, 2);
    if (full) {
        drift_image_put_uint(out, s.n, 8);
        drift_image_put_uint(out, s.min_k, 2);
        drift_image_put_uint(out, s.levels, 2);
        size_t start = drift_kll_capacity(&s, s.levels) - drift_kll_retained(&s);
        for (unsigned h = 0; h < s.levels; h++) {
            drift_image_put_uint(out, start, 4);
            start += s.level[h].n;
        }
        drift_image_put_double(out, drift_kll_min(from));
        drift_image_put_double(out, drift_kll_max(from));
    }
    for (uint32_t i = 0; i < s.level[0].n; i++)
        drift_image_put_double(out, s.level[0].items[sorted ? i : s.level[0].n - 1 - i]);
    for (unsigned h = 1; h < s.levels; h++)
        for (uint32_t i = 0; i < s.level[h].n; i++)
            drift_image_put_double(out, s.level[h].items[i]);
    drift_kll_done(&s);
}

static int read_levels(struct head *h, struct drift_image *in, const struct drift_kll *s, struct error *err)
{
    uint64_t weight = 0, end = drift_kll_capacity(s, h->levels), starts[DRIFT_KLL_LEVELS + 1];
    for (unsigned i = 0; i < h->levels; i++)
        starts[i] = drift_image_uint(in, 4);
    starts[h->levels] = end;
    for (unsigned i = 0; i < h->levels; i++) {
        if (starts[i] > starts[i + 1] || starts[i + 1] > end)
            return error_set(err, ERR_INVALID, "KLL sketch: level %u does not lie before the next", i);
        h->sizes[i] = (uint32_t)(starts[i + 1] - starts[i]);
        if (h->sizes[i] <= MOST_WEIGHT >> i)
            weight += (uint64_t)h->sizes[i] << i;
        if (h->sizes[i] > MOST_WEIGHT >> i || weight > MOST_WEIGHT)
            return error_set(err, ERR_INVALID, "KLL sketch: its values weigh too much");
    }
    if (weight != h->n)
        return error_set(err, ERR_INVALID, "KLL sketch: its values stand for %llu, not for n = %llu",
                         (unsigned long long)weight, (unsigned long long)h->n);
    return 0;
}

static int check_head(const struct head *h, unsigned family, struct error *err)
{
    bool brief = h->flags & (EMPTY | SINGLE);
    if (family != FAMILY)
        return error_set(err, ERR_INVALID, "KLL sketch: family %u, not %d", family, FAMILY);
    if (h->version != 1 && h->version != 2)
        return error_set(err, ERR_INVALID, "KLL sketch: version %u, not 1 or 2", h->version);
    if (h->ints != (brief ? SHORT : FULL) || (h->flags & (EMPTY | SINGLE)) == (EMPTY | SINGLE))
        return error_set(err, ERR_INVALID, "KLL sketch: %u preamble ints with flags %u", h->ints, h->flags);
    if (h->k < DRIFT_KLL_K_LEAST || h->m != DRIFT_KLL_M)
        return error_set(err, ERR_INVALID, "KLL sketch: k %u and m %u, not k of %d and m of %d at least", h->k, h->m,
                         DRIFT_KLL_K_LEAST, DRIFT_KLL_M);
    return 0;
}

static int read_full_head(struct head *h, struct drift_image *in, const struct drift_kll *s, struct error *err)
{
    h->n = drift_image_uint(in, 8);
    h->min_k = (uint16_t)drift_image_uint(in, 2);
    h->levels = (uint8_t)drift_image_uint(in, 1);
    drift_image_uint(in, 1);
    if (h->levels < 1 || h->levels > DRIFT_KLL_LEVELS)
        return error_set(err, ERR_INVALID, "KLL sketch: %u levels, not 1 to %d", h->levels, DRIFT_KLL_LEVELS);
    if (h->min_k < DRIFT_KLL_K_LEAST || h->min_k > h->k)
        return error_set(err, ERR_INVALID, "KLL sketch: a least k of %u with k %u", h->min_k, h->k);
    int rc = read_levels(h, in, s, err);
    if (rc)
        return rc;
    h->least = drift_image_double(in);
    h->most = drift_image_double(in);
    if (!(h->least <= h->most))
        return error_set(err, ERR_INVALID, "KLL sketch: from %g to %g", h->least, h->most);
    return 0;
}

/* The next level's values. */
static int read_items(const struct head *h, unsigned level, double *items, struct drift_image *in, struct error *err)
{
    for (uint32_t i = 0; i < h->sizes[level]; i++) {
        items[i] = drift_image_double(in) + 0.0;
        if (!(items[i] >= h->least && items[i] <= h->most))
            return error_set(err, ERR_INVALID, "KLL sketch: %g is not from %g to %g", items[i], h->least, h->most);
        if (level && i && items[i] < items[i - 1])
            return error_set(err, ERR_INVALID, "KLL sketch: level %u is not in order", level);
    }
    return 0;
}

static int read_values(struct drift_kll *s, const struct head *h, struct drift_image *in, struct error *err)
{
    size_t most = 1;
    for (unsigned i = 0; i < h->levels; i++)
        most = h->sizes[i] > most ? h->sizes[i] : most;
    double *items = mem_calloc(most, sizeof *items);
    const struct drift_image levels = *in;
    int rc = 0;
    drift_image_bytes(in, h->sizes[0] * sizeof *items);
    s->levels = h->levels;
    for (unsigned i = 1; !rc && i < h->levels; i++) {
        rc = read_items(h, i, items, in, err);
        if (!rc)
            drift_kll_raise(s, i, items, h->sizes[i]);
    }
    *in = levels; /* level 0 may be more than is held fresh; what is beyond goes up when all are there */
    if (!rc)
        rc = read_items(h, 0, items, in, err);
    for (uint32_t i = 0; i < h->sizes[0] / 2 && !(h->flags & SORTED); i++) {
        double swap = items[i];
        items[i] = items[h->sizes[0] - 1 - i];
        items[h->sizes[0] - 1 - i] = swap;
    }
    if (!rc)
        drift_kll_put(s, items, h->sizes[0]);
    free(items);
    return rc;
}

int drift_kll_image_read(struct drift_kll *out, const void *bytes, size_t len, struct error *err)
{
    struct drift_image in = {bytes, len, false};
    struct head h = {.ints = (uint8_t)drift_image_uint(&in, 1)};
    h.version = (uint8_t)drift_image_uint(&in, 1);
    unsigned family = (unsigned)drift_image_uint(&in, 1);
    h.flags = (uint8_t)drift_image_uint(&in, 1);
    h.k = h.min_k = (uint16_t)drift_image_uint(&in, 2);
    h.m = (uint8_t)drift_image_uint(&in, 1);
    drift_image_uint(&in, 1);
    int rc = check_head(&h, family, err);
    if (rc)
        return rc;
    struct drift_kll s;
    drift_kll_init(&s, h.k);
    if (h.flags & SINGLE) {
        h.n = h.levels = 1;
        h.sizes[0] = 1;
        h.least = -INFINITY;
        h.most = INFINITY;
    } else if (!(h.flags & EMPTY)) {
        rc = read_full_head(&h, &in, &s, err);
    }
    size_t values = 0;
    for (unsigned i = 0; !rc && i < h.levels; i++)
        values += h.sizes[i];
    if (!rc && (in.over || in.left != values * sizeof(double)))
        rc = error_set(err, ERR_INVALID, "KLL sketch: %zu bytes are not what %zu values need", len, values);
    if (!rc && values)
        rc = read_values(&s, &h, &in, err);
    if (rc) {
        drift_kll_done(&s);
        return rc;
    }
    s.n = h.n;
    s.min_k = h.min_k;
    if (s.levels > 1) {
        s.least = h.least + 0.0;
        s.most = h.most + 0.0;
    }
    *out = s;
    return 0;
}
