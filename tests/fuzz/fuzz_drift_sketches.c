/* Any bytes as a sketch of each kind: what is read is asked, written, and read again. */
#include "drift/frequent_image.h"
#include "drift/hll_image.h"
#include "drift/kll_image.h"
#include "drift/kll_view.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds)
        abort();
}

static void kll(const uint8_t *data, size_t size)
{
    struct drift_kll s, again;
    struct drift_kll_view v;
    struct error err;
    struct str bytes = {0};
    if (drift_kll_image_read(&s, data, size, &err))
        return;
    drift_kll_image_write(&s, &bytes);
    must(drift_kll_image_read(&again, bytes.s, bytes.len, &err) == 0);
    must(again.n == s.n && (!s.n || drift_kll_min(&again) == drift_kll_min(&s)));
    drift_kll_view_init(&v, &s);
    must(!s.n || v.weights[v.count - 1] == s.n);
    must(!s.n || drift_kll_view_quantile(&v, 0.1, true) <= drift_kll_view_quantile(&v, 0.9, true));
    drift_kll_view_done(&v);
    drift_kll_merge(&again, &s);
    must(again.n == 2 * s.n);
    for (int i = 0; i < 600; i++)
        drift_kll_add(&s, &(double){i}, 1);
    str_done(&bytes);
    drift_kll_done(&s);
    drift_kll_done(&again);
}

static void hll(const uint8_t *data, size_t size)
{
    struct drift_hll s, again;
    struct error err;
    struct str bytes = {0};
    if (drift_hll_image_read(&s, data, size, &err))
        return;
    must(drift_hll_estimate(&s) >= 0);
    drift_hll_image_write(&s, &bytes);
    must(drift_hll_image_read(&again, bytes.s, bytes.len, &err) == 0);
    for (int i = 0; i < 600; i++)
        drift_hll_add_int(&again, i);
    drift_hll_merge(&again, &s);
    must(drift_hll_estimate(&again) >= 0);
    str_done(&bytes);
    drift_hll_done(&s);
    drift_hll_done(&again);
}

static void frequent(const uint8_t *data, size_t size)
{
    struct drift_frequent s, again;
    struct error err;
    struct str bytes = {0};
    if (drift_frequent_image_read(&s, data, size, &err))
        return;
    drift_frequent_image_write(&s, &bytes);
    must(drift_frequent_image_read(&again, bytes.s, bytes.len, &err) == 0);
    must(again.n == s.n);
    drift_frequent_merge(&again, &s);
    for (unsigned i = 0; i < 300; i++)
        drift_frequent_add(&again, &i, sizeof i, i);
    must(drift_frequent_upper(&again, &s, 4) >= again.error);
    str_done(&bytes);
    drift_frequent_done(&s);
    drift_frequent_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kll(data, size);
    hll(data, size);
    frequent(data, size);
    return 0;
}
