/* What a round lacks, in words: what could not be read and which permission would help. */
#ifndef KAFKA_MISSING_H
#define KAFKA_MISSING_H

#include "kafka/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum { KAFKA_MISSING_BYTES = 200 };

/* Causes joined by "; ", in the order they were found; those that do not fit any more are "and more". Zeroed is none. */
struct kafka_missing {
    char text[KAFKA_MISSING_BYTES + 1];
    size_t len;
    bool full;
};

/* What could not be read of one kind of things. Zeroed is nothing. Names are borrowed. */
struct kafka_missing_tally {
    size_t denied;            /* for want of a permission */
    const char *first_denied; /* the first such name */
    const char *last_denied;
    size_t failed;          /* for other reasons */
    size_t first;           /* the index of the first of these */
    enum kafka_fault fault; /* and why */
};

/* Adds a cause; one that is longer than what is left is cut if it is the first one, else left out. */
__attribute__((format(printf, 2, 3))) void kafka_missing_add(struct kafka_missing *m, const char *fmt, ...);

/* Counts what became of the thing with that index and name. A name that was denied just before counts once: the
 * partitions of a topic come in a row. */
void kafka_missing_count(struct kafka_missing_tally *t, enum kafka_fault fault, size_t index, const char *name);
/* Adds "missing to WHAT: DESCRIBE on KIND FIRST and N more", if any was denied. */
void kafka_missing_permission(struct kafka_missing *m, const struct kafka_missing_tally *t, const char *what,
                              const char *kind);

/* A name short enough for a cause, in buf of KAFKA_MISSING_NAME bytes; returns buf. */
enum { KAFKA_MISSING_NAME = 64 };
const char *kafka_missing_name(const char *name, char buf[KAFKA_MISSING_NAME]);

#endif
