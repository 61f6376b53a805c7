/* The sketches in a whylogs profile. */
#include "drift/whylogs_sketch.h"
#include "base/limits.h"
#include "base/str.h"
#include "drift/hll_image.h"
#include "drift/kll_image.h"
#include "drift/kll_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A KLL sketch of doubles begins with the number of ints before its levels. whylogs' own build of DataSketches writes 6, the sixth
 * of them for nothing, where DataSketches writes 5; the rest is the same. */
enum { INTS_WHYLOGS = 6, INTS = 5 };

/* A frequent-items sketch: u8 longs of the preamble (1: empty, 4), u8 1, u8 family, u8 and u8 sizes, u8 flags, u16 0; u32 items,
 * u32 0, u64 weight of all, u64 offset; u64 weight of each item; the items. An item was seen weight times at least, and weight
 * and offset times at most. */
enum { FREQUENT_FAMILY = 10, FREQUENT_EMPTY = 4 | 1, FREQUENT_WEIGHTS = 32 };

int drift_whylogs_sketch_kll(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err)
{
    struct drift_kll sketch;
    struct drift_kll_view view;
    struct str plain = {0};
    int rc;
    if (len >= INTS_WHYLOGS * sizeof(uint32_t) && bytes[0] == INTS_WHYLOGS) {
        str_bytes(&plain, bytes, INTS * sizeof(uint32_t));
        str_bytes(&plain, bytes + INTS_WHYLOGS * sizeof(uint32_t), len - INTS_WHYLOGS * sizeof(uint32_t));
        plain.s[0] = INTS;
        rc = drift_kll_image_read(&sketch, plain.s, plain.len, err);
    } else {
        rc = drift_kll_image_read(&sketch, bytes, len, err);
    }
    str_done(&plain);
    if (rc != 0)
        return rc;
    drift_kll_view_init(&view, &sketch);
    c->numbers = drift_verdict_known((double)sketch.n);
    if (sketch.n) {
        c->min = drift_verdict_known(view.least + 0.0);
        c->max = drift_verdict_known(view.most + 0.0);
        for (size_t i = 0; i < DRIFT_VERDICT_QUANTILES; i++)
            c->quantiles[i] = drift_verdict_known(drift_kll_view_quantile(&view, drift_verdict_quantiles[i], false));
    }
    drift_kll_view_done(&view);
    drift_kll_done(&sketch);
    return 0;
}

int drift_whylogs_sketch_hll(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err)
{
    struct drift_hll sketch;
    int rc = drift_hll_image_read(&sketch, bytes, len, err);
    if (rc != 0)
        return rc;
    double estimate = drift_hll_estimate(&sketch), e = drift_hll_error(&sketch);
    c->distinct = drift_verdict_known(estimate);
    c->distinct_lower =
        drift_verdict_known(fmax(estimate / (1 + e), sketch.n)); /* of coupons there are no more than values */
    c->distinct_upper = drift_verdict_known(estimate / (1 - e));
    drift_hll_done(&sketch);
    return 0;
}

static uint64_t little(const uint8_t *bytes, size_t n)
{
    uint64_t v = 0;
    for (size_t i = 0; i < n; i++)
        v |= (uint64_t)bytes[i] << (8 * i);
    return v;
}

/* The texts behind the weights: u32 length and bytes each, as many as there are items, and nothing behind them. */
static int items(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, size_t n, struct error *err)
{
    uint64_t offset = little(bytes + 24, 8);
    size_t at = FREQUENT_WEIGHTS + n * 8;
    for (size_t i = 0; i < n; i++) {
        size_t size = len - at >= 4 ? (size_t)little(bytes + at, 4) : SIZE_MAX;
        uint64_t weight = little(bytes + FREQUENT_WEIGHTS + 8 * i, 8);
        if (size > len - at - 4 || weight > UINT64_MAX - offset)
            return error_set(err, ERR_INVALID, "item %zu of %zu is broken", i, n);
        size_t shown = size < LIMITS_NAME_BYTES ? size : LIMITS_NAME_BYTES;
        c->items[c->nitems++] = (struct drift_verdict_item){.text = mem_memdup(bytes + at + 4, shown),
                                                            .estimate = weight + offset,
                                                            .lower = weight,
                                                            .upper = weight + offset};
        at += 4 + size;
    }
    return at == len ? 0 : error_set(err, ERR_INVALID, "%zu bytes behind the items", len - at);
}

int drift_whylogs_sketch_frequent(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err)
{
    if (len < 8 || (bytes[0] & 0x3f) == 0 || bytes[1] != 1 || bytes[2] != FREQUENT_FAMILY)
        return error_set(err, ERR_INVALID, "no frequent-items sketch");
    if ((bytes[0] & 0x3f) == 1 && (bytes[5] & FREQUENT_EMPTY))
        return 0;
    uint64_t n = len >= FREQUENT_WEIGHTS ? little(bytes + 8, 4) : UINT64_MAX;
    if (n > (len - FREQUENT_WEIGHTS) / 12 || c->items)
        return error_set(err, ERR_INVALID, "a frequent-items sketch that is cut off, or a second one");
    c->items = mem_calloc((size_t)n, sizeof *c->items);
    int rc = items(c, bytes, len, (size_t)n, err);
    for (; rc != 0 && c->nitems; c->nitems--)
        free(c->items[c->nitems - 1].text);
    drift_verdict_items_sort(c);
    return rc;
}
