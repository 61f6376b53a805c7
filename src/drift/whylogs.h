/* whylogs' profiles (whylogs 1, "WHY1"): what was counted of each column.
 *
 * A profile is the four letters, a protobuf of the segment and one of the profile's columns, each with its length before it as a
 * varint, and for each column a chunk of metrics: counts, moments, and sketches in the bytes of Apache DataSketches. The
 * protobufs are read by protobuf-c, which others have proved in the field, with an allocator that ends a message which asks
 * for much more than its bytes are worth; a reader of our own would be less code than its tests.
 *
 * There is no verdict in a profile: whylogs finds those by comparing two. */
#ifndef DRIFT_WHYLOGS_H
#define DRIFT_WHYLOGS_H

#include "base/error.h"
#include "drift/verdict.h"

/* Memory for one protobuf of it, unpacked: the header of 100,000 columns takes a third of that. */
enum { DRIFT_WHYLOGS_MEMORY = 64 * 1024 * 1024 };

/* True for bytes that begin with WHY and a digit. */
bool drift_whylogs_is(const void *bytes, size_t len);

/* ERR_UNAVAILABLE for another version than 1 and for more than one segment in a file; ERR_INVALID, with the byte, for what is
 * broken before the columns, ERR_LIMIT beyond DRIFT_WHYLOGS_MEMORY. A broken column is counted as bad and the rest goes on; a
 * broken sketch leaves what it would have told unknown and says so in the column's note. Columns come in the order of their
 * names. */
int drift_whylogs_read(const void *bytes, size_t len, struct drift_verdicts **ret, struct error *err);

#endif
