/* Files that name endpoints (file_sd): looked at again and again, and read anew where they have changed. */
#ifndef PROM_FILES_H
#define PROM_FILES_H

#include "prom/discovery.h"

#include <stdbool.h>
#include <sys/stat.h>

enum { PROM_FILES_MAX = 1000 }; /* of a job */

struct prom_files_file {
    char *path;
    struct prom_discovery found; /* what it named when it was last read whole */
    char *error;                 /* why that is not what it says now; or NULL */
    struct stat looked;          /* as it was when it was last read, well or not */
    bool read, wanted;
};

/* Zeroed is none. Used from one thread at a time. */
struct prom_files {
    char **patterns;                     /* owned, NULL-terminated, or NULL */
    VEC(struct prom_files_file *) files; /* in the order of the patterns, then by name */
    VEC(char *) errors;                  /* of patterns: nothing is there */
    bool changed;                        /* something else is named; for the caller to take back */
};

/* Other patterns from the next look on; copied. */
void prom_files_set(struct prom_files *f, char *const *patterns);
/* Looks, and reads what has changed; blocks as long as the file system does. A file that cannot be read, or is none, keeps what it
 * named; one that has gone names nothing. */
void prom_files_look(struct prom_files *f);
void prom_files_done(struct prom_files *f);

#endif
