/* Any bytes as each answer of the Prometheus HTTP API; the first byte is which. */
#include "prom/api.h"
#include "prom/histogram.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* NUL becomes three bytes after a text was cut. */
static void text(const char *s, bool needed)
{
    check(s || !needed);
    check(!s || strlen(s) <= 3 * (size_t)PROM_API_TEXT);
}

static void refused(int rc, const struct error *err)
{
    check(rc == ERR_INVALID || rc == ERR_LIMIT || rc == ERR_REMOTE);
    check(err->code == rc && *err->text);
    for (const char *p = err->text; *p; p++)
        check((unsigned char)*p >= ' ' && *p != 0x7f);
}

static void histogram(const struct prom_histogram_native *h)
{
    for (size_t i = 0; i < h->n; i++)
        check(h->buckets[i].low <= h->buckets[i].high && (!i || h->buckets[i].low >= h->buckets[i - 1].high));
    for (double q = -0.25; q <= 1.25; q += 0.25)
        (void)prom_histogram_native_quantile(q, h);
}

static void query(const char *body, size_t len)
{
    struct prom_api_query q;
    struct error err = {0};
    int rc = prom_api_query_read(body, len, &q, &err);
    if (rc) {
        refused(rc, &err);
        return;
    }
    check(q.n <= PROM_API_SERIES && (q.text != NULL) == (q.type == PROM_API_STRING));
    for (size_t i = 0; i < q.n; i++) {
        const struct prom_api_series *s = &q.series[i];
        text(s->labels, true);
        text(s->name, false);
        check(s->nhistograms <= PROM_API_HISTOGRAMS);
        check(q.type == PROM_API_MATRIX || s->npoints + s->nhistograms == 1);
        for (size_t k = 1; k < s->npoints; k++)
            check(s->points[k - 1].time_ms <= s->points[k].time_ms);
        for (size_t k = 0; k < s->nhistograms; k++)
            histogram(&s->histograms[k].h);
    }
    prom_api_query_done(&q);
}

static void alerts(const char *body, size_t len)
{
    struct prom_api_alerts a;
    struct error err = {0};
    int rc = prom_api_alerts_read(body, len, &a, &err);
    if (rc) {
        refused(rc, &err);
        return;
    }
    for (size_t i = 0; i < a.n; i++) {
        text(a.items[i].alert, true);
        text(a.items[i].labels, true);
        text(a.items[i].state, true);
        text(a.items[i].annotations, true);
        text(a.items[i].summary, false);
        check(a.items[i].active_at_ms >= 0);
    }
    prom_api_alerts_done(&a);
}

static void rules(const char *body, size_t len)
{
    struct prom_api_rules r;
    struct error err = {0};
    int rc = prom_api_rules_read(body, len, &r, &err);
    if (rc) {
        refused(rc, &err);
        return;
    }
    for (size_t i = 0; i < r.n; i++) {
        text(r.items[i].group, true);
        text(r.items[i].name, true);
        text(r.items[i].query, true);
        text(r.items[i].labels, true);
        check(r.items[i].alerting || !(r.items[i].pending || r.items[i].firing));
        check(r.items[i].last_evaluation_ms >= 0);
    }
    prom_api_rules_done(&r);
}

static void targets(const char *body, size_t len)
{
    struct prom_api_targets t;
    struct error err = {0};
    int rc = prom_api_targets_read(body, len, &t, &err);
    if (rc) {
        refused(rc, &err);
        return;
    }
    for (size_t i = 0; i < t.n; i++) {
        text(t.items[i].url, true);
        text(t.items[i].labels, true);
        text(t.items[i].error, false);
    }
    prom_api_targets_done(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(const char *body, size_t len) = {query, alerts, rules, targets};
    if (!size)
        return 0;
    char *body = mem_alloc(size); /* as large as it is, for the sanitizer */
    struct error err = {0};
    memcpy(body, data + 1, size - 1);
    readers[data[0] % 4](body, size - 1);
    if (prom_api_failure_of(body, size - 1, &err))
        refused(err.code, &err);
    free(body);
    return 0;
}
