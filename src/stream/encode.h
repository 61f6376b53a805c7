/* Writes the stream's messages: one JSON object each, appended to a string without an end of line.
 * icetop-stream(5) is the format's description; stream/decode.h reads it. */
#ifndef STREAM_ENCODE_H
#define STREAM_ENCODE_H

#include "base/error.h"
#include "base/str.h"
#include "stream/client.h"
#include "table/table.h"

/* The stream's version, sent in hello. It rises when an old reader would misunderstand a message,
 * not when there are new messages or fields: those are skipped by whoever does not know them. */
enum { STREAM_PROTOCOL = 1 };

/* ---- values ---- */

/* Bytes as a JSON string, or as {"b":"base64"} where they are no UTF-8, hold a NUL, or are shorter
 * that way. */
void stream_encode_bytes(struct str *out, const void *bytes, size_t len);
/* A cell: null for unknown, else the value, or [value,"quality"] where it is not exact. Reals have
 * the fewest digits that read back the same; "nan", "inf" and "-inf" are strings. */
void stream_encode_value(struct str *out, enum column_type type, struct value v);

/* ---- down: from the writer of the tables to a reader ---- */

void stream_encode_hello(struct str *out); /* goes up as well */
/* A table with all its columns. */
void stream_encode_table(struct str *out, const struct table *t);
void stream_encode_drop(struct str *out, const char *table);
void stream_encode_owner(struct str *out, uint16_t owner, const char *name);
/* The end of a change set. subscribed: how many subscribe messages were taken so far; torn: see
 * icetop-stream(5). */
void stream_encode_end(struct str *out, uint64_t subscribed, bool torn);
/* A part of the answer to history request id; more: another follows. */
void stream_encode_points(struct str *out, int64_t id, const struct stream_point *points, size_t n, bool more);
/* Its failure. */
void stream_encode_no_points(struct str *out, int64_t id, const struct error *err);
/* What went wrong with subscription id; id < 0: with something else. */
void stream_encode_error(struct str *out, int64_t id, const struct error *err);
/* The last words before the stream is closed. */
void stream_encode_bye(struct str *out, const struct error *err);

/* Rows of one table, which go out as one message. */
struct stream_encode_rows {
    struct str gone, fresh, set; /* the lists, without their brackets */
    size_t fixed;                /* bytes that the message has besides these */
};
void stream_encode_rows_done(struct stream_encode_rows *r);
/* Empties it for a message with this table name and so many columns in its list. */
void stream_encode_rows_begin(struct stream_encode_rows *r, const char *table, size_t ncolumns);
/* Each returns false, having added nothing, if the message would be longer than
 * LIMITS_STREAM_BATCH. */
bool stream_encode_rows_gone(struct stream_encode_rows *r, uint64_t id);
/* A row with its owner and the cells of `columns`, the first of which are the key. */
bool stream_encode_rows_new(struct stream_encode_rows *r, const struct table *t, const struct row *row,
                            const size_t *columns, size_t n);
/* The cells of `columns` that were written after seq; nothing is added if there are none. */
bool stream_encode_rows_set(struct stream_encode_rows *r, const struct table *t, const struct row *row,
                            const size_t *columns, size_t n, uint64_t seq);
bool stream_encode_rows_empty(const struct stream_encode_rows *r);
/* The message. columns is what stream_encode_rows_new was given. */
void stream_encode_rows_end(struct stream_encode_rows *r, struct str *out, const char *table, bool reset,
                            const size_t *columns, size_t n);

/* ---- up ---- */

void stream_encode_configure(struct str *out, int argc, const char *const *argv);
void stream_encode_subscribe(struct str *out, int id, const struct stream_query *q);
void stream_encode_unsubscribe(struct str *out, int id);
/* t is the table that q names: it says of what types the key is. */
void stream_encode_history(struct str *out, int64_t id, const struct stream_history_query *q, const struct table *t);
/* n keys of t, the values of each after those of the one before. */
void stream_encode_focus(struct str *out, const struct table *t, const struct value *keys, size_t n);
void stream_encode_refresh(struct str *out, const char *what); /* what may be NULL */

/* The word for an error's class, "invalid" for ERR_INVALID; "invalid" for what is none. */
const char *stream_encode_code(int code);
/* The word for one of enum column_flags, "key" for COLUMN_KEY; NULL for what is none: 1, 2, 4 … up
 * to that are all. */
const char *stream_encode_flag(unsigned flag);

#endif
