/* One endpoint to scrape, as configuration or discovery names it. */
#ifndef PROM_TARGET_H
#define PROM_TARGET_H

#include "base/error.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>

enum { PROM_TARGET_TEXT = 4096 }; /* bytes of each text of one that discovery names */

struct prom_target {
    char *job; /* the label job where discovery gives it, else the name in the configuration */
    char *
        instance; /* the label instance, else HOST:PORT with a path that is not /metrics and a query, without its secrets */
    char *url;                    /* with its path, and its query where there is one; only what a URL may hold */
    char *labels;                 /* further labels of it, `a="b",c="d"` as prom/labels.h writes them; "" for none */
    int interval_ms, deadline_ms; /* where discovery gives it ones of its own; 0: as the configuration has them */
};

/* An endpoint of the list `urls`, with the labels that the configuration gives all. */
void prom_target_of_url(struct prom_target *t, const struct conf_prometheus *conf, const char *url);
/* One that discovery names by its address, with the labels of its group, beside which those of the configuration stand; an empty
 * one is none. Prometheus' rules without relabelling: __scheme__ (http), __metrics_path__ (/metrics), __param_NAME,
 * __scrape_interval__, __scrape_timeout__; other names that begin with two underscores say nothing. ERR_INVALID, ERR_LIMIT with
 * words that name it, safe for a terminal; *t is untouched then. */
int prom_target_of_labels(struct prom_target *t, const struct conf_prometheus *conf, const char *address,
                          const struct conf_pair *labels, size_t n, struct error *err);
void prom_target_done(struct prom_target *t); /* a zeroed one is allowed */
bool prom_target_same(const struct prom_target *a, const struct prom_target *b);

#endif
