/* A stream over two pipes, as one descriptor: for standard input and output that are not one socket. */
#ifndef STREAM_RELAY_H
#define STREAM_RELAY_H

#include "base/error.h"

struct event_base;
struct stream_relay;

/* Carries bytes from `in` to the socket *fd and from it to `out`, both of which it makes non-blocking and closes at the end; no
 * more than a megabyte waits in it either way. When one side has ended, *fd sees the end. *fd is the caller's. */
int stream_relay_new(struct event_base *base, int in, int out, struct stream_relay **ret, int *fd, struct error *err);
/* Sends what waits for `out`, as far as it is taken at once. NULL is allowed. */
void stream_relay_free(struct stream_relay *r);

#endif
