/* The words between a SOCKS5 proxy and who connects through it (RFC 1928, RFC 1929), without any socket. */
#ifndef NET_SOCKS_TALK_H
#define NET_SOCKS_TALK_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/* One conversation; a zeroed one with its target set, all texts borrowed. */
struct net_socks_talk {
    const char *host; /* a name, which the proxy resolves, or an address; at most 255 bytes */
    int port;
    const char *user, *password; /* NULL: none; at most 255 bytes each */
    enum { NET_SOCKS_TALK_GREETING, NET_SOCKS_TALK_LOGIN, NET_SOCKS_TALK_CONNECT, NET_SOCKS_TALK_OPEN } step;
};

/* Can it be said at all? ERR_INVALID where a text is too long or empty. */
int net_socks_talk_check(const struct net_socks_talk *t, struct error *err);

/* Appends the greeting, with which it begins. */
void net_socks_talk_begin(struct net_socks_talk *t, struct str *out);

/* Reads one answer of the proxy: *used is how many bytes it took, 0 if it is not whole yet; what is to be sent next is
 * appended to out. Once step is NET_SOCKS_TALK_OPEN the rest is the stream's. ERR_REMOTE in words of what the proxy says
 * ("host unreachable"); never with the password. */
int net_socks_talk_read(struct net_socks_talk *t, const unsigned char *bytes, size_t len, size_t *used, struct str *out,
                        struct error *err);

#endif
