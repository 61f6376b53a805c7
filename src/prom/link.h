/* A URL that names endpoints (HTTP service discovery of Prometheus): asked, and what it named. */
#ifndef PROM_LINK_H
#define PROM_LINK_H

#include "prom/discovery.h"

struct conf_prometheus;
struct net_http;
struct net_http_call;
struct workers;

struct prom_link {
    char *url, *shown;           /* shown: without its query, safe to print */
    struct prom_discovery found; /* what it named the last time that it could be read */
    char *error;                 /* why that is not what it says now; or NULL */
    int64_t due_us;              /* when it is to be asked again, by the asker's clock */
    /* while it is asked */
    struct workers *workers;
    struct net_http_call *call;
    char *body; /* while it is parsed */
    size_t len;
    void (*done)(void *arg, bool read);
    void *arg;
};

struct prom_link *prom_link_new(const char *url);
/* Not while a worker parses what it said: after workers_free. */
void prom_link_free(struct prom_link *l);

/* Asks it, as the job's configuration has it. done is called on the loop, from within workers_free at the latest, unless the link
 * is freed before: read is whether `found` is what it says now, else `error` says why not. */
void prom_link_ask(struct prom_link *l, struct net_http *http, struct workers *workers,
                   const struct conf_prometheus *conf, void (*done)(void *arg, bool read), void *arg);

#endif
