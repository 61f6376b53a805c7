/* The sketches in a whylogs profile. */
#include "drift/whylogs_sketch.h"
#include "base/str.h"
#include "drift/frequent_image.h"
#include "drift/hll_image.h"
#include "drift/kll_image.h"
#include "drift/kll_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A KLL sketch of doubles begins with the number of ints before its levels. whylogs' own build of DataSketches writes 6, the sixth
 * of them for nothing, where DataSketches writes 5; the rest is the same. */
enum { INTS_WHYLOGS = 6, INTS = 5 };

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

int drift_whylogs_sketch_frequent(struct drift_verdict_column *c, const uint8_t *bytes, size_t len, struct error *err)
{
    struct drift_frequent sketch;
    struct drift_frequent_item *items;
    if (c->items)
        return error_set(err, ERR_INVALID, "a second sketch of frequent items");
    int rc = drift_frequent_image_read(&sketch, bytes, len, err);
    if (rc != 0)
        return rc;
    size_t n = drift_frequent_list(&sketch, DRIFT_FREQUENT_POSSIBLE, sketch.error, &items);
    c->items = mem_calloc(n, sizeof *c->items);
    for (size_t i = 0; i < n; i++)
        c->items[c->nitems++] = (struct drift_verdict_item){.text = mem_memdup(items[i].bytes, items[i].len),
                                                            .estimate = items[i].upper,
                                                            .lower = items[i].lower,
                                                            .upper = items[i].upper};
    drift_verdict_items_sort(c);
    free(items);
    drift_frequent_done(&sketch);
    return 0;
}
