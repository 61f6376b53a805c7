/* The sections that are maps of names to things of one kind: clusters, Connect clusters, catalogs, sets of tables. */
#ifndef CONF_NAMED_H
#define CONF_NAMED_H

#include "conf/loading.h"

/* One kind. A thing begins with its name, `char *`. */
struct conf_named {
    const char *what, *plural; /* in errors: "cluster" */
    size_t size;               /* of a thing */
    size_t items, n, origins;  /* offsets: of the array and its length in struct conf, of the origins in a thing */
    /* Reads and checks one from its map in the file; see conf_cluster_read. */
    int (*read)(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path, bool fetch,
                void *ret);
    /* Does --cluster leave it? */
    bool (*chosen)(const struct conf_loading *l, const char *name, const struct conf_yaml *node);
    void (*done)(void *thing);
};

extern const struct conf_named conf_named[CONF_NAMED];

/* Reads all of a section's map, and keeps those that --cluster leaves; none where keep is false. */
int conf_named_read(struct conf_loading *l, enum conf_section_id id, const struct conf_yaml *map, bool keep,
                    struct conf *c);
/* Frees all of a kind. */
void conf_named_done(enum conf_section_id id, struct conf *c);

size_t conf_named_count(enum conf_section_id id, const struct conf *c);
const void *conf_named_at(enum conf_section_id id, const struct conf *c, size_t i);
const char *conf_named_name(const void *thing);
char *const *conf_named_origins(enum conf_section_id id, const void *thing);

#endif
