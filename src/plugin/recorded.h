/* Recorded answers of a service: what a plugin is tested against in place of the network.
 *
 * A file of JSON, described in icetop-plugin(7):
 *     {"options": {"url": "http://flink:8081"}, "now": "2026-11-22T06:00:00Z", "rounds": 2,
 *      "answers": {"/jobs/overview": {"file": "jobs.json"}, "/config": {"json": {...}}, "/gone": {"status": 404, "body": "no"},
 *                  "/down": {"error": "connection refused"}, "/changes": [{of the first round}, {of those after}]}} */
#ifndef PLUGIN_RECORDED_H
#define PLUGIN_RECORDED_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct plugin_recorded;

/* What one request is answered. */
struct plugin_recorded_answer {
    const char *error; /* NULL: there is an answer; borrowed until the next is asked for */
    int status;
    char *body; /* len bytes and a NUL; the caller's to free */
    size_t len;
};

/* Reads the file; those that it names are read when they are asked for. ERR_IO, ERR_INVALID. */
int plugin_recorded_read(const char *path, struct plugin_recorded **ret, struct error *err);
void plugin_recorded_free(struct plugin_recorded *r); /* NULL is allowed */

/* Its options as field "options" of the message "configure" has them, all said to be secret; the caller's to release. */
json_t *plugin_recorded_options(const struct plugin_recorded *r);
/* When it was recorded; false where it does not say. */
bool plugin_recorded_now(const struct plugin_recorded *r, int64_t *wall_ms);
size_t plugin_recorded_rounds(const struct plugin_recorded *r);

/* The next round begins: of lists the next item counts, or the last one. */
void plugin_recorded_next(struct plugin_recorded *r);
/* The answer to a request of this URL, which may be a path below option `url`. ERR_NOT_FOUND if none was recorded; ERR_IO of a file. */
int plugin_recorded_ask(struct plugin_recorded *r, const char *url, struct plugin_recorded_answer *ret,
                        struct error *err);

#endif
