/* Endpoints of series that are remembered; see metrics_targets.h. */
#include "derive/metrics_targets.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/address.h"
#include "derive/cells.h"
#include "prom/labels.h"
#include "prom/tables.h"

#include <stdlib.h>
#include <string.h>

struct name *derive_metrics_targets_label(const struct derive_metrics_targets *ts, const char *labels, const char *name)
{
    struct str value = {0};
    bool there = prom_labels_get(labels, name, &value);
    struct name *ret = there ? name_intern(store_names(ts->store), str_text(&value), value.len) : NULL;
    str_done(&value);
    return ret;
}

/* A number that is all of a text, from 0 on; -1: none. */
static int64_t number(const char *text)
{
    char *end;
    if (*text < '0' || *text > '9' || strlen(text) > 9)
        return -1;
    long ret = strtol(text, &end, 10);
    return *end ? -1 : ret;
}

int64_t derive_metrics_targets_number(const char *labels, const char *name)
{
    struct str value = {0};
    int64_t ret = prom_labels_get(labels, name, &value) ? number(str_text(&value)) : -1;
    str_done(&value);
    return ret;
}

static void forget_labels(struct derive_metrics_target *t)
{
    free(t->host);
    name_unref(t->connect);
    name_unref(t->cluster);
    t->host = NULL;
    t->connect = t->cluster = NULL;
    t->broker = -1;
}

/* What its row says of it. */
static void read_target(const struct derive_metrics_targets *ts, struct derive_metrics_target *t, const struct row *r)
{
    const struct name *url = derive_cells_text(r, TARGETS_URL), *labels = derive_cells_text(r, TARGETS_LABELS);
    const char *host = url ? strstr(url->raw, "://") : NULL;
    t->down = strcmp(row_text(r, "state"), "down") == 0;
    t->scraped_ms = derive_cells_number(r, TARGETS_LAST_SCRAPE);
    forget_labels(t);
    if (host)
        conf_address_split(host + 3, strcspn(host + 3, "/"), &t->host, NULL);
    if (!labels)
        return;
    t->connect = derive_metrics_targets_label(ts, labels->raw, "connect");
    t->cluster = derive_metrics_targets_label(ts, labels->raw, "cluster");
    t->broker = derive_metrics_targets_number(labels->raw, "broker");
}

struct key {
    const struct name *job, *instance;
};

struct derive_metrics_target *derive_metrics_targets_use(struct derive_metrics_targets *ts, const struct row *metric)
{
    struct value key[] = {row_get(metric, METRICS_JOB), row_get(metric, METRICS_INSTANCE)};
    struct key at = {key[0].s, key[1].s};
    struct derive_metrics_target *t = map_get(&ts->all, &at, sizeof at);
    if (!t) {
        const struct table *targets = store_find(ts->store, prom_table_targets.name);
        const struct row *row = targets ? table_find(targets, key) : NULL;
        t = mem_new(struct derive_metrics_target);
        *t = (struct derive_metrics_target){.job = name_ref(key[0].s), .instance = name_ref(key[1].s), .broker = -1};
        if (row)
            read_target(ts, t, row);
        map_put(&ts->all, &at, sizeof at, t);
    }
    t->series++;
    return t;
}

void derive_metrics_targets_release(struct derive_metrics_targets *ts, struct derive_metrics_target *t)
{
    if (--t->series)
        return;
    struct key at = {t->job, t->instance};
    map_del(&ts->all, &at, sizeof at);
    forget_labels(t);
    name_unref(t->job);
    name_unref(t->instance);
    free(t);
}

bool derive_metrics_targets_look(struct derive_metrics_targets *ts)
{
    const struct table *t = store_find(ts->store, prom_table_targets.name);
    bool found = false;
    for (const struct row *r = t ? table_changed_after(t, ts->seq) : NULL; r; r = row_next(r)) {
        struct key at = {row_get(r, TARGETS_JOB).s, row_get(r, TARGETS_INSTANCE).s};
        struct derive_metrics_target *known = ts->all.n ? map_get(&ts->all, &at, sizeof at) : NULL;
        if (!known)
            continue;
        read_target(ts, known, r);
        found = true;
    }
    ts->seq = t ? table_seq(t) : 0;
    return found;
}

void derive_metrics_targets_done(struct derive_metrics_targets *ts)
{
    map_done(&ts->all);
}
