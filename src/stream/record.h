/* Records of a partition as the stream carries them to the one who asked: the question, the answer, and both as messages.
 * Nothing of it is ever a row of a table. */
#ifndef STREAM_RECORD_H
#define STREAM_RECORD_H

#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

#include <jansson.h>

enum stream_record_limits {
    STREAM_RECORD_COUNT = 100,             /* records of one answer */
    STREAM_RECORD_VALUE = 32 * 1024,       /* bytes of a value; the rest is cut off, and the full size said */
    STREAM_RECORD_KEY = 4 * 1024,          /* bytes of a key, likewise */
    STREAM_RECORD_HEADERS = 64,            /* headers of a record; the rest is left out, and their number said */
    STREAM_RECORD_HEADER_BYTES = 8 * 1024, /* names and values of a record's headers together, likewise */
};

/* Where to look, instead of at an offset. */
enum stream_record_at { STREAM_RECORD_AT_END = -1, STREAM_RECORD_AT_START = -2 };

/* A question. All texts are borrowed. */
struct stream_record_query {
    const char *cluster, *topic;
    int32_t partition;
    int64_t offset; /* from 0, or an enum stream_record_at: the end means the last `count` there are */
    int count;      /* from 1 to STREAM_RECORD_COUNT */
};

/* Bytes of which the first len were kept. */
struct stream_record_bytes {
    char *s; /* owned, with a NUL behind it; NULL: there are none at all, which is not the same as an empty text */
    size_t len, size;
};

enum stream_record_clock {
    STREAM_RECORD_NO_TIME, /* written before records had times */
    STREAM_RECORD_CREATED, /* the producer's clock */
    STREAM_RECORD_APPENDED /* the broker's clock, when it was appended */
};

struct stream_record {
    int64_t offset;
    int64_t time_ms; /* wall time, by the clock that is said */
    enum stream_record_clock clock;
    struct stream_record_bytes key, value;
    struct stream_record_header {
        struct stream_record_bytes name, value;
    } * headers;
    size_t nheaders, headers_there; /* kept, and in the record */
};

/* What is at the offset that was asked for. */
enum stream_record_found {
    STREAM_RECORD_HERE,       /* a record with that offset */
    STREAM_RECORD_LATER,      /* none; the next one is later: compacted away, or a transaction's marker */
    STREAM_RECORD_LOST,       /* it was deleted: the log starts later, and so do these records */
    STREAM_RECORD_AT_LOG_END, /* nothing yet: it is the next one to be written */
    STREAM_RECORD_BEYOND,     /* the log ends before it */
    STREAM_RECORD_NONE,       /* up to the end there are only markers of transactions and what was compacted away */
};

struct stream_records {
    int64_t asked;      /* the offset, where an end was asked for that which it was then */
    int64_t start, end; /* of the log, when it was read */
    enum stream_record_found found;
    bool late; /* time was over before all that were asked for had come */
    VEC(struct stream_record) items;
};

/* Frees what it owns, overwritten before, and empties it. */
void stream_record_done(struct stream_records *r);
/* Keeps the first max bytes of size; bytes NULL: there are none. */
struct stream_record_bytes stream_record_keep(const void *bytes, size_t size, size_t max);
/* A sentence for people, about the offset that was asked for. */
void stream_record_explain(const struct stream_records *r, struct str *out);

/* ---- messages, appended to out; see icetop-stream(5) ---- */

void stream_record_encode_query(struct str *out, int64_t id, const struct stream_record_query *q);
/* A part of the answer: one record, within LIMITS_STREAM_BATCH; then its end. */
void stream_record_encode(struct str *out, int64_t id, const struct stream_record *r);
void stream_record_encode_end(struct str *out, int64_t id, const struct stream_records *r);
void stream_record_encode_failure(struct str *out, int64_t id, const struct error *err);
/* A message "records" added to the answer so far; *more: another follows. ERR_INVALID or ERR_LIMIT for what is none. */
int stream_record_decode(const json_t *message, struct stream_records *r, bool *more, struct error *err);

#endif
