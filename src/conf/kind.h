/* One kind of thing that a section of the file maps names to (clusters, catalogs, ...): how one is made, whether it stands in
 * the file or comes of the command line. */
#ifndef CONF_KIND_H
#define CONF_KIND_H

#include "conf/loading.h"

struct conf_kind {
    enum conf_section_id section;
    const char *what, *plural; /* in errors: "cluster" */
    size_t size;               /* of a thing, which begins with its name, `char *` */
    size_t items, n, origins;  /* offsets: of the array and its length in struct conf, of the origins in a thing */
    bool inherits;             /* what it does not say holds as the file's `defaults` say it */
    bool stays;                /* there is no less of it where the command line names what is to be looked at */
    /* Does --cluster leave it? node is its map in the file. NULL: it leaves all. */
    bool (*chosen)(const struct conf_loading *l, const char *name, const struct conf_yaml *node);
    /* Sets what the command line says of every one but for -d, over what is there; path names it in errors. NULL: nothing. */
    int (*set)(struct conf_loading *l, void *thing, const char *path);
    /* Is it right as it is, its secrets included, and completes what follows from the rest. node is its map in the file, or
     * NULL; where fetch is false nothing has been fetched, and nothing is to be. */
    int (*check)(struct conf_loading *l, void *thing, const struct conf_yaml *node, const char *path, bool fetch);
    /* Frees what is not an option's. NULL: nothing. */
    void (*done)(void *thing);
    /* Adds those that the command line makes. NULL: none. */
    int (*arguments)(struct conf_loading *l, struct conf *c);
};

/* What struct conf has of them, for a kind's initialiser. */
#define CONF_KIND(type, array, count)                                                                                  \
    .size = sizeof(struct type), .items = offsetof(struct conf, array), .n = offsetof(struct conf, count),             \
    .origins = offsetof(struct type, origins)

/* The option of a thing that the command line makes, as its flag has it. */
struct conf_argument {
    const char *option, *flag;
    const char *text;         /* its value, or NULL */
    const char *const *texts; /* its values, NULL-terminated, or NULL */
};

/* Reads and checks one. node is its map in the file, or NULL; path names it in errors. Later ones win: defaults, node,
 * argument (NULL: none), -d, what the kind sets. Secrets are fetched only where fetch is true, the thing being one that stays.
 * ret: of the kind's size; for conf_kind_done or conf_kind_add. */
int conf_kind_make(struct conf_loading *l, const struct conf_kind *kind, const char *name, const struct conf_yaml *node,
                   const char *path, bool fetch, const struct conf_argument *argument, void *ret);

/* Wipes and frees what is in it. A zeroed one is allowed. */
void conf_kind_done(const struct conf_kind *kind, void *thing);

/* Takes what is in it to the end of its array; gives its place there, which holds until the next. */
void *conf_kind_add(const struct conf_kind *kind, struct conf *c, const void *thing);

size_t conf_kind_count(const struct conf_kind *kind, const struct conf *c);
const void *conf_kind_at(const struct conf_kind *kind, const struct conf *c, size_t i);
/* Frees all of them. */
void conf_kind_clear(const struct conf_kind *kind, struct conf *c);

/* The one of that name, or NULL; c may be NULL. */
const void *conf_kind_find(const struct conf_kind *kind, const struct conf *c, const char *name);
/* Is there one of that name? */
bool conf_kind_is_taken(const struct conf_kind *kind, const struct conf *c, const char *name);
/* A name that none of them has: this one, else with the first number behind it, "name-2"; on the heap. */
char *conf_kind_new_name(const struct conf_kind *kind, const struct conf *c, const char *name);

const char *conf_kind_name(const void *thing);
/* Where each option of the section came from; NULL: the default. */
char *const *conf_kind_origins(const struct conf_kind *kind, const void *thing);

#endif
