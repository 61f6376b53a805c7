/* The one table of what may be configured: parsing, checking, printing and the manual come from it.
 */
#ifndef CONF_OPTIONS_H
#define CONF_OPTIONS_H

#include "conf/conf.h"

#include <stddef.h>
#include <stdint.h>

enum conf_type {
    CONF_STRING,     /* char *; NULL only by default */
    CONF_PATH,       /* the same; "~/" and, in a file, paths relative to that file are resolved */
    CONF_INT,        /* int or int64_t */
    CONF_DURATION,   /* int or int64_t, milliseconds */
    CONF_SIZE,       /* int64_t, bytes */
    CONF_BOOL,       /* bool */
    CONF_CHOICE,     /* char *, or bool: false for the first of two */
    CONF_GLOBS,      /* struct conf_globs */
    CONF_KEEP,       /* the same; what has a { in it is a selector, checked by conf_args.selector */
    CONF_ADDRESSES,  /* struct conf_address_map */
    CONF_SECRET,     /* char *, a secret; in a file it may be named instead of written */
    CONF_HEADERS,    /* char **, as conf/headers.h has them; values are secrets and may be named */
    CONF_STEPS,      /* struct conf_steps */
    CONF_PROPERTIES, /* the properties of a struct conf_cluster */
    CONF_TEXTS,      /* char **, NULL-terminated; NULL: none */
    CONF_PATHS,      /* the same; each is resolved as a CONF_PATH is */
    CONF_COMMANDS,   /* struct conf_commands */
    CONF_PREFIXES,   /* struct conf_pairs; a value that is no URL is resolved as a CONF_PATH is */
    CONF_PAIRS,      /* struct conf_pairs */
    CONF_ITEMS,      /* struct conf_items: a list of maps, each with the options of `item` */
    CONF_SELECTORS,  /* char **, as CONF_TEXTS; each is checked by conf_args.selector */
    CONF_SETTINGS,   /* struct conf_settings; values may be secrets, and may be named */
};

struct conf_section;

struct conf_option {
    const char *name;
    enum conf_type type;
    size_t offset, size;        /* of the field in the section's struct */
    int64_t min, max;           /* of a number, in the unit of the field */
    const char *const *choices; /* of CONF_CHOICE, NULL-terminated */
    const char *preset;         /* the default as it stands in a file; NULL: none */
    const char *unset;          /* what holds where nothing is set and there is no default */
    const char *allowed;        /* of a text: what to write, for errors and the manual */
    const char *help;           /* sentences for the manual */
    const struct conf_section *item; /* of CONF_ITEMS: what each has; no secrets and no properties */
    size_t item_size;                /* of its struct */
};

/* Those before CONF_NAMED are maps of names to things that each have the options; the others stand once. */
enum conf_section_id {
    CONF_CLUSTERS,
    CONF_CONNECT,
    CONF_CATALOGS,
    CONF_PROMETHEUS,
    CONF_SERVERS,
    CONF_RECIPES,
    CONF_CONSISTENCY,
    CONF_DATASETS,
    CONF_PLUGINS,
    CONF_NAMED,
    CONF_HISTORY = CONF_NAMED,
    CONF_UI,
    CONF_LOG,
    CONF_NSECTIONS
};

/* Options of one struct: of struct conf_cluster, conf_connect, conf_catalog, conf_prometheus, conf_server, conf_recipe,
 * conf_consistency, conf_dataset, conf_plugin; of struct conf for those that stand once. */
struct conf_section {
    const char *name; /* its key in the file */
    const char *help; /* a paragraph for the manual */
    const struct conf_option *options;
    size_t n;
};

extern const struct conf_section conf_options[CONF_NSECTIONS];

/* The option of that name and its index in the section, or NULL. */
const struct conf_option *conf_options_find(const struct conf_section *s, const char *name, size_t *index);

#endif
