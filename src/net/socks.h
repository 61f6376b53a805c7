/* Connections through a SOCKS5 proxy (`ssh -D`) for clients that only know how to use a socket: each gets one end of a local
 * pair at once, behind which a thread talks to the proxy and then carries bytes both ways. So nobody waits for a proxy, or
 * for what lies behind it, while holding a lock. Names are resolved by the proxy. */
#ifndef NET_SOCKS_H
#define NET_SOCKS_H

#include "base/error.h"

#include <stddef.h>

struct net_socks;

/* Everything is copied. */
struct net_socks_settings {
    const char *host; /* of the proxy */
    int port;
    const char *user, *password; /* NULL: none; the password is a secret */
    int deadline_ms; /* from the connection to the proxy until the target is reached; 0: NET_SOCKS_DEADLINE_MS */
};

enum { NET_SOCKS_DEADLINE_MS = 10000, NET_SOCKS_BUFFER = 256 * 1024 /* bytes on their way, each way */ };

struct net_socks *net_socks_new(const struct net_socks_settings *settings);
/* Ends all connections and the thread. Waits for neither proxy nor target. NULL is allowed. */
void net_socks_free(struct net_socks *s);

/* All that follows is for any thread. */

/* Looks the proxy's own name up, unless that was done within the last minute; may block as long as the system's resolver
 * does. ERR_UNAVAILABLE. To be called before net_socks_open. */
int net_socks_resolve(struct net_socks *s, struct error *err);

/* A stream to host:port: *ret is a connected, non-blocking, close-on-exec socket of the caller's, to be written to at once.
 * Where the target is not reached the socket sees its end, and net_socks_failure knows why. */
int net_socks_open(struct net_socks *s, const char *host, int port, int *ret, struct error *err);

/* Why the last connection to host:port failed, "SOCKS proxy localhost:1080: host unreachable"; "" if it did not. Known
 * before the socket sees its end. */
void net_socks_failure(struct net_socks *s, const char *host, int port, char *buf, size_t size);

#endif
