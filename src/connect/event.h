/* Events of an Iceberg sink's control topic, from a record's value to a struct: those of Apache Iceberg (1.5 and
 * later) and the older ones of Tabular's sink, read by the schema that each of them carries.
 *
 * Format: the magic C2 01, the schema's length (two bytes, big-endian), the schema as JSON in Java's modified UTF-8,
 * one Avro datum. Fields are found by field-id, and by name where there are none. */
#ifndef CONNECT_EVENT_H
#define CONNECT_EVENT_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connect_event_type { /* the number in the event; the old names: COMMIT_REQUEST, _RESPONSE, _READY, _TABLE, _COMPLETE */
                          CONNECT_EVENT_START_COMMIT,
                          CONNECT_EVENT_DATA_WRITTEN,
                          CONNECT_EVENT_DATA_COMPLETE,
                          CONNECT_EVENT_COMMIT_TO_TABLE,
                          CONNECT_EVENT_COMMIT_COMPLETE,
                          CONNECT_EVENT_TYPES
};

enum { CONNECT_EVENT_ID = 37 /* a UUID as text, and a NUL */ };

enum connect_event_limit {
    CONNECT_EVENT_BYTES = 16 * 1024 * 1024, /* of a value */
    CONNECT_EVENT_NAME = 1024,              /* bytes of a topic's, table's, group's name */
    CONNECT_EVENT_FILES = 100000,           /* of one event; data files and delete files each */
    CONNECT_EVENT_ASSIGNMENTS = 100000,     /* of one event */
};

#define CONNECT_EVENT_UNKNOWN INT64_MIN /* a number that is null or not there */

/* Bytes within the value or within the reader; not terminated. s NULL: null or not there. */
struct connect_event_text {
    const char *s;
    size_t len;
};

struct connect_event_assignment {
    struct connect_event_text topic;
    int32_t partition;
    int64_t offset;  /* next source offset to be read; unknown: no record since the last answer */
    int64_t time_ms; /* of the last record written; unknown likewise, and where it is before 1970 or after 9999 */
};

struct connect_event_file {
    struct connect_event_text path;
    bool deletes;        /* a delete file */
    int64_t rows, bytes; /* 0 or more */
};

struct connect_event {
    enum connect_event_type type;
    bool tabular; /* one of the old ones */
    char id[CONNECT_EVENT_ID], commit_id[CONNECT_EVENT_ID];
    int64_t time_ms; /* the sender's clock; unknown where it is before 1970 or after 9999 */
    struct connect_event_text group;
    /* DATA_WRITTEN, COMMIT_TO_TABLE: */
    struct connect_event_text catalog, table; /* NAMESPACE.NAME, levels joined by dots */
    char table_uuid[CONNECT_EVENT_ID];        /* "": not there */
    const struct connect_event_file *files;   /* DATA_WRITTEN: data files and delete files */
    size_t nfiles;
    /* DATA_COMPLETE: */
    const struct connect_event_assignment *assignments;
    size_t nassignments;
    /* COMMIT_TO_TABLE, COMMIT_COMPLETE: */
    int64_t snapshot_id, valid_through_ms; /* or unknown */
};

/* Reads events; keeps compiled schemas, the 256 used last. Used by one thread at a time. */
struct connect_event_reader;
struct connect_event_reader *connect_event_reader_new(void);
void connect_event_reader_free(struct connect_event_reader *r); /* NULL is allowed */

/* True for what begins as an event does: enough to tell a control topic from others. */
bool connect_event_is(const void *value, size_t len);

/* Reads one. What *ret points to is valid until the next call, and while value is. ERR_INVALID for what is no event,
 * is cut off, or of which type or commit id cannot be found; ERR_NOT_FOUND for a type that is not known (newer than
 * this); ERR_LIMIT. Texts of errors may quote names of the schema, never what the event says. */
int connect_event_read(struct connect_event_reader *r, const void *value, size_t len, struct connect_event *ret,
                       struct error *err);

#endif
