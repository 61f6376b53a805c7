/* Where collectors are found: the socket of a configuration, and the one that --attach means. */
#ifndef CMD_SOCKET_H
#define CMD_SOCKET_H

#include "base/error.h"

struct cmd_options;
struct conf;

/* --socket, else the place that follows from the configuration; on the heap. */
int cmd_socket_path(const struct cmd_options *o, const struct conf *conf, char **ret, struct error *err);
/* What --attach names, else the only socket of this user at which a collector answers; on the heap. */
int cmd_socket_attach(const struct cmd_options *o, char **ret, struct error *err);

#endif
