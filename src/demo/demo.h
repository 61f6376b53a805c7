/* The whole demo: a scripted cluster whose world lives by demo/script, on a loop or as a process of
 * its own. */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "base/clock.h"
#include "demo/broker.h"

struct demo_options {
    uint64_t seed;             /* the same seed, the same world at the same time after its start */
    const struct clock *clock; /* NULL: the system's */
    /* Besides, so many groups with so many committed partitions each, for measuring; 0: none. All of them together
     * commit so often; 0: they stand still. */
    int scale_groups, scale_partitions, scale_commits_per_s;
    /* A directory for the tables of Iceberg sinks (demo/sink.h), which stay there, and with them a Connect worker; NULL:
     * none of them. */
    const char *warehouse;
    bool metrics; /* with something to scrape, and a Prometheus server (demo/exporter.h) */
    bool
        datasets; /* with a dataset of its model topic (demo/churn.h), whose reference is in the warehouse, if there is one */
    int64_t ahead_ms; /* the script of topics and groups began so long ago */
};

/* Runs the demo in the calling process, which does nothing else, on a loop of its own: three nodes on free ports of
 * 127.0.0.1, moved on four times a second. Writes a line
 * to port_fd, the bootstrap list ("127.0.0.1:41233,127.0.0.1:41234,..."), a blank and the Connect worker's URL, if there is one, a
 * blank and the sections of a configuration for its metrics and datasets, if there are any, as JSON; without blanks at its end. Then it goes on until life_fd, the
 * reading end of a pipe or socket that the parent holds, reports that the parent has closed it or
 * has gone; what arrives there is thrown away. Both descriptors may be the same socket, and both
 * stay the caller's. Ignores SIGPIPE, and ends at SIGTERM. 0, or ERR_IO. */
int demo_run(int port_fd, int life_fd, const struct demo_options *options, struct error *err);

#endif
