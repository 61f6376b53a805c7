/* Any bytes as what another tool wrote about drift: JSON, or a whylogs profile where they begin as one. */
#include "drift/evidently_method.h"
#include "drift/foreign.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t shape(const struct drift_verdict_shape *s)
{
    size_t sum = 0;
    if (s->n > DRIFT_VERDICT_BINS || (s->n && (!s->heights || !s->edges == !s->labels)))
        abort();
    for (size_t i = 0; i < s->n; i++)
        sum += s->labels ? strlen(s->labels[i]) : s->edges[i] <= s->edges[i + 1];
    return sum;
}

static size_t check(const struct drift_verdicts *v)
{
    size_t sum = (v->bad > 0) == (v->note != NULL) ? 0 : (abort(), 0);
    for (size_t i = 0; i < v->verdicts.n; i++) {
        const struct drift_verdict *one = &v->verdicts.items[i];
        sum += (one->feature ? strlen(one->feature) : 0) + shape(&one->reference) + shape(&one->current);
        if (one->derived && one->drifted == DRIFT_VERDICT_UNSAID)
            abort();
    }
    for (size_t i = 0; i < v->columns.n; i++) {
        const struct drift_verdict_column *c = &v->columns.items[i];
        if (c->nitems > DRIFT_VERDICT_ITEMS)
            abort();
        for (size_t k = 0; k < c->nitems; k++) {
            sum += strlen(c->items[k].text);
            if (c->items[k].lower > c->items[k].estimate || c->items[k].estimate > c->items[k].upper)
                abort();
        }
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct drift_verdicts *v = NULL;
    struct error err = {0};
    int rc = drift_foreign_read("input", data, size, &v, &err);
    if ((rc == 0) != (v != NULL) || rc != err.code)
        abort();
    if (rc == 0 && check(v) == SIZE_MAX)
        abort();
    drift_verdict_free(v);
    return 0;
}
