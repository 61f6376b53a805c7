/* Reads the stream's messages: JSON lines to structs, with every index, number and name checked.
 * icetop-stream(5) is the format's description; stream/encode.h writes it. Fields that are not
 * known are skipped. */
#ifndef STREAM_DECODE_H
#define STREAM_DECODE_H

#include "base/error.h"
#include "base/str.h"
#include "table/table.h"

#include <jansson.h>

/* ---- lines and values ---- */

/* A line to its object (which the caller releases) and the text of its field "t", owned by it.
 * ERR_INVALID for anything that is no JSON object with such a field. */
int stream_decode_line(const char *line, size_t len, json_t **ret, const char **type, struct error *err);

/* A string or {"b":"base64"} appended to out. ERR_INVALID for anything else. */
int stream_decode_bytes(const json_t *j, struct str *out, struct error *err);
/* The same as a C string for the caller to free; ERR_INVALID if there is a NUL in it. */
int stream_decode_text(const json_t *j, char **ret, struct error *err);
/* A cell of a column of this type. A text is a reference to a name of this pool, which the caller
 * gives back. */
int stream_decode_value(const json_t *j, enum column_type type, struct names *pool, struct value *ret,
                        struct error *err);

/* Field `name` of an object as a number; ERR_INVALID if it is there and is none between min and
 * max. Without it, *ret is left as it is. */
int stream_decode_int(const json_t *object, const char *name, int64_t min, int64_t max, int64_t *ret,
                      struct error *err);

/* The error that fields "code" and "text" describe, its text made safe; *ret is always filled. */
void stream_decode_error(const json_t *object, struct error *ret);

/* ---- a table's schema ---- */

/* What message "table" says. Strings are owned. */
struct stream_schema {
    unsigned refs;
    char *name, *title, *help;
    struct stream_schema_group {
        char *name;
        char *owner;            /* NULL: whoever owns the row */
        char *text;             /* the group as JSON: two that are the same are equal in it */
        struct column *columns; /* strings owned */
        size_t ncolumns;
    } * groups;
    size_t ngroups;
    const struct column **columns; /* of all groups, in order: what indices in rows mean */
    size_t ncolumns, nkeys;
};

/* With one reference for the caller. Names must be [a-z0-9_]; types, units and flags that are not
 * known are an error, none, and skipped. */
int stream_decode_table(const json_t *message, struct stream_schema **ret, struct error *err);
void stream_decode_table_unref(struct stream_schema *s); /* NULL is allowed */

/* ---- what a reader asks ---- */

enum stream_request_kind {
    STREAM_REQUEST_OTHER, /* a type that is not known: to be skipped */
    STREAM_REQUEST_HELLO,
    STREAM_REQUEST_CONFIGURE,
    STREAM_REQUEST_SUBSCRIBE,
    STREAM_REQUEST_UNSUBSCRIBE,
    STREAM_REQUEST_HISTORY,
    STREAM_REQUEST_REFRESH,
    STREAM_REQUEST_LOOK,
    STREAM_REQUEST_FOCUS,
};

/* One request; what its kind has no use for is zero. Strings and lists are owned. */
struct stream_request {
    enum stream_request_kind kind;
    int64_t id;  /* of subscribe, unsubscribe, history, look; -1 if there is none */
    char **list; /* argv of configure; columns of subscribe, or NULL; NULL-terminated */
    size_t nlist;
    char *table, *where, *sort, *column, *what;
    size_t limit;
    int64_t from_ms, to_ms, step_ms;
    json_t *key; /* of history: an array, its values not yet checked; of focus: an array of such */
    char *cluster, *topic;
    int64_t partition, offset, count; /* of look; offset as in stream/record.h */
};

/* The message of a type as a request. On an error *ret has its kind and its id, if these could be
 * read, and is to be released too. */
int stream_decode_request(const json_t *message, const char *type, struct stream_request *ret, struct error *err);
void stream_decode_request_done(struct stream_request *r);

#endif
