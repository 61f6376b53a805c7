/* One end of a connection that carries lines: reads them in slices of time, writes without
 * blocking. */
#ifndef STREAM_LINK_H
#define STREAM_LINK_H

#include "base/clock.h"
#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct stream_link;

enum stream_link_limits {
    STREAM_LINK_TURN_US = 5000,           /* lines are handed over for at most so long in one turn of the loop */
    STREAM_LINK_UNSENT = 8 * 1024 * 1024, /* more than this unsent, and the other side counts as gone */
};

/* Every function may free the link (and its owner). */
struct stream_link_ops {
    /* One line, without its end, NUL-terminated; it may hold NULs. Borrowed for the call. */
    void (*line)(void *arg, const char *line, size_t len);
    /* Of what was sent, one batch (LIMITS_STREAM_BATCH) at most is still here. May be NULL. */
    void (*writable)(void *arg);
    /* The other side has gone (ERR_CLOSED), or broke a limit (ERR_LIMIT), or the system failed
     * (ERR_IO). Called once, after all whole lines were handed over; nothing comes afterwards.
     * After ERR_LIMIT last words can still be sent. */
    void (*closed)(void *arg, const struct error *err);
};

/* fd is made non-blocking and belongs to the link. A line may have LIMITS_STREAM_LINE bytes.
 * polite: what the other side sends is not read while more than two batches are unsent to it, so
 * that asking without reading costs nothing here. */
struct stream_link *stream_link_new(struct event_base *base, int fd, const struct clock *clock, bool polite,
                                    const struct stream_link_ops *ops, void *arg);
/* Closes; tries once to send what is unsent. NULL is allowed. */
void stream_link_free(struct stream_link *l);

/* Sends a line; the end of line is added here. Nothing happens once the other side has gone. */
void stream_link_send(struct stream_link *l, const struct str *line);
/* Bytes that are not yet with the system. */
size_t stream_link_unsent(const struct stream_link *l);

#endif
