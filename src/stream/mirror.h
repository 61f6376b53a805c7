/* What a client makes of the messages about tables: a store that changes in whole change sets.
 *
 * Messages are checked and staged as they come, and applied together when the end of the change set
 * does. Rows of the peer are known by its ids until a table is reset (or the peer is another one):
 * then they wait for their key to be sent again, and go if the change set ends without it. */
#ifndef STREAM_MIRROR_H
#define STREAM_MIRROR_H

#include "base/clock.h"
#include "base/error.h"
#include "table/table.h"

#include <jansson.h>

struct stream_mirror;

/* staged_max: bytes that may be staged before the end of a change set comes. */
struct stream_mirror *stream_mirror_new(const struct clock *clock, size_t staged_max);
void stream_mirror_free(struct stream_mirror *m); /* NULL is allowed */
struct store *stream_mirror_store(struct stream_mirror *m);

/* One message of type "table", "drop", "owner" or "rows": staged, if it is well formed. An error
 * leaves the mirror as it was at the end of the last change set; the peer is then not to be
 * listened to any longer. *known (may be NULL) says whether the type is one of these; others are
 * skipped. */
int stream_mirror_message(struct stream_mirror *m, const json_t *message, const char *type, bool *known,
                          struct error *err);
/* The end of a change set: applies what is staged and commits. torn: a part of the change set may
 * be missing, so that rows of a reset table that were not sent again stay. */
int stream_mirror_end(struct stream_mirror *m, bool torn, struct error *err);
/* Another peer goes on: what is staged is dropped; rows stay until it has sent the tables that they
 * are in. */
void stream_mirror_restart(struct stream_mirror *m);

/* Names of the tables that the peer has, by the last message about it; NULL at the end. */
const char *stream_mirror_table(const struct stream_mirror *m, size_t i);

#endif
