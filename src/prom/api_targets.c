/* What a server scrapes. */
#include "prom/api_internal.h"

#include "base/mem.h"

#include <stdlib.h>

static const struct prom_api_node_field fields[] = {
    {"scrapePool", offsetof(struct prom_api_target, pool), PROM_API_NODE_TEXT, false},
    {"scrapeUrl", offsetof(struct prom_api_target, url), PROM_API_NODE_TEXT, true},
    {"health", offsetof(struct prom_api_target, health), PROM_API_NODE_TEXT, false},
    {"lastError", offsetof(struct prom_api_target, error), PROM_API_NODE_TEXT, false},
    {"lastScrape", offsetof(struct prom_api_target, last_scrape_ms), PROM_API_NODE_TIME, false},
    {"lastScrapeDuration", offsetof(struct prom_api_target, duration_s), PROM_API_NODE_NUMBER, false},
    {"scrapeInterval", offsetof(struct prom_api_target, interval_s), PROM_API_NODE_SECONDS, false},
    {"scrapeTimeout", offsetof(struct prom_api_target, timeout_s), PROM_API_NODE_SECONDS, false},
};
static const struct prom_api_node_field of_labels[] = {
    {"job", offsetof(struct prom_api_target, job), PROM_API_NODE_TEXT, false},
    {"instance", offsetof(struct prom_api_target, instance), PROM_API_NODE_TEXT, false},
};

static int read_target(const struct prom_api_node *n, struct prom_api_target *t, struct error *err)
{
    struct prom_api_node labels = prom_api_node_member(n, "labels");
    int rc = prom_api_node_fields(n, PROM_API_NODE_FIELDS(fields), t, err);
    return rc ? rc : prom_api_node_labels(&labels, PROM_API_NODE_FIELDS(of_labels), t, false, &t->labels, err);
}

static void release(struct prom_api_target *t)
{
    prom_api_node_release(PROM_API_NODE_FIELDS(fields), t);
    prom_api_node_release(PROM_API_NODE_FIELDS(of_labels), t);
    free(t->labels);
}

static int read_active(const struct prom_api_node *list, struct prom_api_targets *to, struct error *err)
{
    size_t n;
    int rc = prom_api_node_needed_array(list, &n, err);
    if (rc || !n)
        return rc;
    if (n > PROM_API_TARGETS)
        return prom_api_node_limit(list, n, "targets", PROM_API_TARGETS, err);
    to->items = mem_calloc(n, sizeof *to->items);
    for (size_t i = 0; i < n; i++) {
        struct prom_api_node item = prom_api_node_item(list, i);
        struct prom_api_target target = {0};
        if (read_target(&item, &target, err) == 0) {
            to->items[to->n++] = target;
            continue;
        }
        prom_api_notes_bad(&to->notes, err);
        release(&target);
    }
    return prom_api_notes_check(&to->notes, to->n, err);
}

/* How many were left out: told pool by pool where their list is cut short, or not given. */
static int count_dropped(const struct prom_api_node *data, size_t *ret, struct error *err)
{
    struct prom_api_node list = prom_api_node_member(data, "droppedTargets");
    const json_t *counts = json_object_get(data->json, "droppedTargetCounts");
    int rc = prom_api_node_array(&list, ret, err);
    double sum = 0;
    json_t *object = (json_t *)(uintptr_t)counts; /* what walks over it does not change it */
    for (void *i = rc ? NULL : json_object_iter(object); i; i = json_object_iter_next(object, i))
        sum += json_number_value(json_object_iter_value(i));
    if (sum > (double)*ret && sum < 1e15)
        *ret = (size_t)sum;
    return rc;
}

int prom_api_targets_read(const char *body, size_t len, struct prom_api_targets *ret, struct error *err)
{
    struct prom_api_targets t = {0};
    struct prom_api_open o;
    int rc = prom_api_open(body, len, &o, &t.notes, err);
    if (!rc) {
        struct prom_api_node active = prom_api_node_member(&o.data, "activeTargets");
        rc = read_active(&active, &t, err);
    }
    if (!rc)
        rc = count_dropped(&o.data, &t.dropped, err);
    prom_api_close(&o);
    if (rc)
        prom_api_targets_done(&t);
    else
        *ret = t;
    return rc;
}

void prom_api_targets_done(struct prom_api_targets *t)
{
    for (size_t i = 0; i < t->n; i++)
        release(&t->items[i]);
    free(t->items);
    prom_api_notes_done(&t->notes);
    *t = (struct prom_api_targets){0};
}
