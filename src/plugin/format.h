/* What programs that know nothing of icetop write, and what becomes of it. */
#ifndef PLUGIN_FORMAT_H
#define PLUGIN_FORMAT_H

#include "plugin/intake.h"

/* The whole output of one run. */
struct plugin_format_output {
    const char *bytes; /* not terminated; NULs may be in it */
    size_t len;
    int code;               /* the exit status */
    const char *const *key; /* csv: names of columns, NULL-terminated; or NULL */
};

struct plugin_format {
    const char *name;
    int codes; /* exit statuses below this are no failure */
    /* Stages rows. *done is filled: PARTIAL where lines were bad, with the first of them. ERR_INVALID, ERR_LIMIT: nothing of it
     * is to be used. */
    int (*read)(struct plugin_intake *in, const struct plugin_format_output *o, struct plugin_intake_done *done,
                struct error *err);
};

/* NULL for json, which is none of these. */
const struct plugin_format *plugin_format_find(const char *name);

extern const struct plugin_format
    plugin_format_prometheus; /* text exposition 0.0.4, as node_exporter's textfile takes it */
extern const struct plugin_format
    plugin_format_nagios; /* Monitoring Plugins' development guidelines: text | performance data */
extern const struct plugin_format plugin_format_influx; /* line protocol */
extern const struct plugin_format plugin_format_csv;    /* RFC 4180 with a line of names */

/* ---- for formats ---- */

/* Lines that are bad are counted; the first is told. */
struct plugin_format_bad {
    size_t lines, good;
    char first[200];
};
__attribute__((format(printf, 3, 4))) void plugin_format_bad(struct plugin_format_bad *b, size_t line, const char *fmt,
                                                             ...);
/* ERR_INVALID where nothing was good, else what *done is. */
int plugin_format_judge(const struct plugin_format_bad *b, struct plugin_intake_done *done, struct error *err);

#endif
