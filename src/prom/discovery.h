/* What names the endpoints of a job: Prometheus' file_sd in JSON and YAML, and http_sd, which is that JSON.
 *
 * A list of groups, `{targets: ["HOST:PORT", ...], labels: {NAME: "VALUE", ...}}`, is read whole or not at all, as Prometheus does
 * it. Formats: prometheus.io/docs, file_sd_config and http_sd_config; discovery/targetgroup of Prometheus where they are
 * silent. */
#ifndef PROM_DISCOVERY_H
#define PROM_DISCOVERY_H

#include "base/error.h"
#include "base/vec.h"
#include "conf/conf.h"

#include <stddef.h>

enum prom_discovery_limit {
    PROM_DISCOVERY_BYTES = 16 * 1024 * 1024, /* of a file or an answer, for those who read them */
    PROM_DISCOVERY_TARGETS = 10000,          /* of one, and of a job */
    PROM_DISCOVERY_GROUPS = 100000,
    PROM_DISCOVERY_LABELS = 256, /* of a group */
};

/* Texts are owned and UTF-8. */
struct prom_discovery_group {
    VEC(char *) targets;
    VEC(struct conf_pair) labels;
};

struct prom_discovery {
    VEC(struct prom_discovery_group) groups;
    size_t targets; /* of all groups */
};

/* Reads len bytes. name stands for them in errors, which are safe for a terminal: "NAME:LINE:COLUMN: what" for YAML and for what
 * is no JSON, "NAME: [3].labels.env: what" for JSON of another shape. ERR_INVALID, ERR_LIMIT. Of YAML, what conf/yaml.h refuses
 * is refused here. */
int prom_discovery_json(const char *name, const char *bytes, size_t len, struct prom_discovery *ret, struct error *err);
int prom_discovery_yaml(const char *name, const char *bytes, size_t len, struct prom_discovery *ret, struct error *err);
void prom_discovery_done(struct prom_discovery *d); /* a zeroed one is allowed */

#endif
