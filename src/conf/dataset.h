/* Datasets whose drift is watched: their options, from the file. */
#ifndef CONF_DATASET_H
#define CONF_DATASET_H

#include "conf/kind.h"

extern const struct conf_kind conf_dataset_kind;

/* How many panes a window has at most: it is a whole number of slides. */
enum { CONF_DATASET_PANES = 60 };

/* A dataset whose events come from elsewhere than its topic. */
struct conf_dataset_alone {
    const char *name;            /* one of the file's datasets; NULL: none, and no file is read */
    const char *config;          /* the file; NULL: the usual one */
    const char *called;          /* what it is called where it is none of the file's */
    const char *flag;            /* of features, "--feature" */
    const char *const *features; /* in place of the file's: paths, or maps in YAML as in `features`; NULL: the file's */
    const struct conf_argument *arguments; /* the command line over what the file has */
    size_t narguments;
};

/* Reads its options as a configuration would, without its topic and cluster. ERR_NOT_FOUND where the file has no such dataset, with
 * those it has. ret: for conf_kind_done of conf_dataset_kind. */
int conf_dataset_read(const struct conf_dataset_alone *alone, struct conf_dataset *ret, struct error *err);

#endif
