/* Any lines as a stream of events: a schema is inferred from them, windows close, and everything adds up. */
#include "base/mem.h"
#include "drift/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct drift_dataset_result *r)
{
    for (size_t i = 0; i < r->nfeatures; i++) {
        const struct drift_profile *p = r->features[i].current;
        const uint64_t odd =
            p->missing + p->null + p->conflicts + p->moments.nan + p->moments.pos_inf + p->moments.neg_inf;
        if (p->rows != r->rows || odd + drift_profile_values(p) != p->rows)
            abort();
        if (p->counts && p->counts->finite != p->moments.count)
            abort();
        if (r->features[i].score.mark >= DRIFT_MARKS)
            abort();
    }
    if (r->drifted > r->judged || r->judged > r->nfeatures)
        abort();
}

/* The first byte tells windows and references. */
static struct drift_dataset *open_dataset(uint8_t how, const struct drift_schema *given)
{
    const bool count = how & 4;
    const struct drift_dataset_settings settings = {
        .name = "fuzz",
        .schema = how & 16 ? given : NULL,
        .window = {.by = count ? DRIFT_WINDOW_COUNT : DRIFT_WINDOW_TIME,
                   .size = count ? 12 : 60000,
                   .slide = (count ? 12 : 60000) / (how & 8 ? 3 : 1)},
        .from = DRIFT_REFERENCE_PREVIOUS + how % 3,
        .trailing_ms = 600000,
        .score = {.min_rows = 2, .false_alarms = 0.5}, /* a common one: its line is drawn from few */
    };
    struct drift_dataset *d = drift_dataset_new(&settings, NULL);
    if (!d)
        abort();
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char region[] = "r", time[] = "t";
    const struct drift_schema_field fields[] = {{.path = region, .role = DRIFT_EVENT_COHORT},
                                                {.path = time, .role = DRIFT_EVENT_TIME}};
    struct drift_dataset_result r;
    struct drift_dataset_counts counts;
    struct drift_schema given = {0};
    uint64_t lines = 0;
    if (!size)
        return 0;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (drift_schema_add(&given, &fields[i], NULL))
            abort();
    struct drift_dataset *d = open_dataset(data[0], &given);
    char *bytes = mem_memdup(data + 1, size - 1);
    for (const char *at = bytes, *end = bytes + size - 1; at < end; lines++) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        const size_t len = (size_t)((line ? line : end) - at);
        for (int k = 0; k < 4; k++, lines++) /* so that windows fill */
            drift_dataset_feed(d, k % 2, (int64_t)lines, (int64_t)lines * 10000, at, len);
        lines--;
        at += len + 1;
        while (drift_dataset_take(d, &r))
            check(&r);
    }
    drift_dataset_close(d, true);
    while (drift_dataset_take(d, &r))
        check(&r);
    drift_dataset_counts(d, &counts);
    if (counts.events != lines || counts.bad > counts.events)
        abort();
    drift_reference_unref(drift_dataset_reference(d));
    drift_dataset_free(d);
    drift_schema_done(&given);
    free(bytes);
    return 0;
}
