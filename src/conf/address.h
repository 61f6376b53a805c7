/* HOST:PORT, and the map from brokers' addresses to those at which they are reached. */
#ifndef CONF_ADDRESS_H
#define CONF_ADDRESS_H

#include "base/error.h"
#include "base/str.h"
#include "conf/conf.h"

/* Splits HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT; *host is on the heap, without brackets, *port is 0 where there is
 * none. Both may be NULL. False, with nothing written, if it is none of these. */
bool conf_address_split(const char *text, size_t len, char **host, int *port);

/* Adds one pair: from is a glob over HOST or HOST:PORT, to an address. ERR_INVALID or ERR_LIMIT, without a place. */
int conf_address_add(struct conf_address_map *m, const char *from, const char *to, struct error *err);

/* Where host:port is reached by the first pair that matches: *to_host on the heap, *to_port the same port where the pair
 * names none. False, with nothing written, if no pair matches. */
bool conf_address_find(const struct conf_address_map *m, const char *host, int port, char **to_host, int *to_port);

/* Appends it as a YAML map on one line. */
void conf_address_write(const struct conf_address_map *m, struct str *out);

/* Frees what it owns and clears it. */
void conf_address_done(struct conf_address_map *m);

#endif
