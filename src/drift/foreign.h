/* Reads what another tool wrote about drift, whosever it is: told from the bytes, not from a file's name.
 *
 * A 64 MB report takes a second or two and up to ten times its size in memory while it is read: not on the loop. It keeps
 * nothing global and blocks on nothing, so it runs as a job of a pool (base/workers.h): give the job the bytes, a place for the
 * result and a struct error of its own; take the result in the job's done. */
#ifndef DRIFT_FOREIGN_H
#define DRIFT_FOREIGN_H

#include "base/error.h"
#include "drift/verdict.h"

/* what names the bytes in errors (a path, a topic with its offset). *ret is to be freed with drift_verdict_free. ERR_LIMIT beyond
 * DRIFT_VERDICT_BYTES; ERR_INVALID for bytes that are broken or of nobody that is known here; ERR_UNAVAILABLE for a version or a
 * layout of a tool that is not read here: the text says which. */
int drift_foreign_read(const char *what, const void *bytes, size_t len, struct drift_verdicts **ret, struct error *err);

#endif
