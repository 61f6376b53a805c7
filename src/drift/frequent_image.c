/* Sketches of frequent strings to and from DataSketches' bytes. */
#include "drift/frequent_image.h"

#include "drift/image.h"

#include <stdlib.h>

enum { BRIEF = 1, FULL = 4, FAMILY = 10, EMPTY_FLAGS = 5 };

void drift_frequent_image_write(const struct drift_frequent *s, struct str *out)
{
    struct drift_frequent_item *items;
    size_t n = drift_frequent_list(s, DRIFT_FREQUENT_SURE, 0, &items);
    unsigned lg = DRIFT_FREQUENT_LG_LEAST;
    while ((size_t)1 << lg < s->room)
        lg++;
    drift_image_put_uint(out, n ? FULL : BRIEF, 1);
    drift_image_put_uint(out, 1, 1);
    drift_image_put_uint(out, FAMILY, 1);
    drift_image_put_uint(out, s->lg, 1);
    drift_image_put_uint(out, lg, 1);
    drift_image_put_uint(out, n ? 0 : EMPTY_FLAGS, 1);
    drift_image_put_uint(out, 0, 2);
    if (n) {
        drift_image_put_uint(out, n, 8);
        drift_image_put_uint(out, s->total, 8);
        drift_image_put_uint(out, s->error, 8);
    }
    for (size_t i = 0; i < n; i++)
        drift_image_put_uint(out, items[i].lower, 8);
    for (size_t i = 0; i < n; i++) {
        drift_image_put_uint(out, items[i].len, 4);
        str_bytes(out, items[i].bytes, items[i].len);
    }
    free(items);
}

/* The items behind their counters. */
static int read_items(struct drift_frequent *s, size_t n, struct drift_image *in, struct error *err)
{
    uint64_t weights = 0, total = drift_image_uint(in, 8), error = drift_image_uint(in, 8);
    if (in->over || n > in->left / 12 || total > (uint64_t)1 << 62 || error > total)
        return error_set(err, ERR_INVALID, "frequent items: %zu bytes are not %zu items", in->left, n);
    struct drift_image counters = *in;
    drift_image_bytes(in, n * 8);
    for (size_t i = 0; i < n; i++) {
        uint64_t weight = drift_image_uint(&counters, 8);
        size_t len = (size_t)drift_image_uint(in, 4);
        const char *bytes = drift_image_bytes(in, len);
        if (in->over)
            return error_set(err, ERR_INVALID, "frequent items: it ends within item %zu", i + 1);
        if (!weight || weight > total - weights)
            return error_set(err, ERR_INVALID, "frequent items: item %zu weighs %llu of %llu", i + 1,
                             (unsigned long long)weight, (unsigned long long)total);
        weights += weight;
        drift_frequent_add(s, bytes, len, weight);
    }
    if (in->left)
        return error_set(err, ERR_INVALID, "frequent items: %zu bytes behind the last", in->left);
    s->total = total;
    s->error += error;
    return 0;
}

int drift_frequent_image_read(struct drift_frequent *out, const void *bytes, size_t len, struct error *err)
{
    struct drift_image in = {bytes, len, false};
    unsigned longs = (unsigned)drift_image_uint(&in, 1);
    unsigned version = (unsigned)drift_image_uint(&in, 1);
    unsigned family = (unsigned)drift_image_uint(&in, 1);
    unsigned lg = (unsigned)drift_image_uint(&in, 1);
    unsigned lg_now = (unsigned)drift_image_uint(&in, 1);
    unsigned empty = (unsigned)drift_image_uint(&in, 1) & EMPTY_FLAGS;
    drift_image_uint(&in, 2);
    if (in.over || family != FAMILY || version != 1)
        return error_set(err, ERR_INVALID, "frequent items: family %u and version %u, not %d and 1", family, version,
                         FAMILY);
    if (longs != (empty ? BRIEF : FULL))
        return error_set(err, ERR_INVALID, "frequent items: %u preamble longs", longs);
    if (lg > DRIFT_FREQUENT_LG_MOST)
        return error_set(err, ERR_LIMIT, "frequent items: 2^%u places, more than 2^%d", lg, DRIFT_FREQUENT_LG_MOST);
    if (lg < DRIFT_FREQUENT_LG_LEAST || lg_now < DRIFT_FREQUENT_LG_LEAST || lg_now > lg)
        return error_set(err, ERR_INVALID, "frequent items: 2^%u of 2^%u places", lg_now, lg);
    struct drift_frequent s;
    drift_frequent_init(&s, lg);
    int rc = 0;
    if (!empty) {
        size_t n = (size_t)drift_image_uint(&in, 4);
        drift_image_uint(&in, 4);
        if (!n || n > ((size_t)3 << lg_now) / 4)
            rc = error_set(err, ERR_INVALID, "frequent items: %zu of them in 2^%u places", n, lg_now);
        else
            rc = read_items(&s, n, &in, err);
    } else if (in.left) {
        rc = error_set(err, ERR_INVALID, "frequent items: %zu bytes behind an empty sketch", in.left);
    }
    if (rc)
        drift_frequent_done(&s);
    else
        *out = s;
    return rc;
}
