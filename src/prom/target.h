/* One endpoint to scrape, as configuration or discovery names it. */
#ifndef PROM_TARGET_H
#define PROM_TARGET_H

#include "conf/conf.h"

#include <stdbool.h>

struct prom_target {
    char *job;      /* the label job where discovery gives it, else the name in the configuration */
    char *instance; /* the label instance, else HOST:PORT with a path that is not /metrics */
    char *url;      /* with its path, and its query where there is one */
    char *labels;   /* further labels of it, `a="b",c="d"` as prom/labels.h writes them; "" for none */
};

/* An endpoint of the list `urls`, with the labels that the configuration gives all. */
void prom_target_of_url(struct prom_target *t, const struct conf_prometheus *conf, const char *url);
void prom_target_done(struct prom_target *t); /* a zeroed one is allowed */
bool prom_target_same(const struct prom_target *a, const struct prom_target *b);

#endif
