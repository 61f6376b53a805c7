/* A collector on another host: ssh as a child, whose complaints are kept. */
#ifndef CMD_SESSION_SSH_H
#define CMD_SESSION_SSH_H

#include "base/error.h"

#include <stdbool.h>

struct event_base;
struct session_ssh;

struct session_ssh *session_ssh_new(const char *host);
void session_ssh_free(struct session_ssh *s); /* NULL is allowed */

/* Starts ssh and, if `ask`, waits until the other side speaks: ssh may ask on the terminal meanwhile, and what it says is on
 * standard error. Otherwise it asks nothing, and what it says goes to the log. */
int session_ssh_start(struct session_ssh *s, struct event_base *base, bool ask, struct error *err);
/* The stream of what was started, or of a new one; the caller's. */
int session_ssh_take(struct session_ssh *s, struct event_base *base, int *fd, struct error *err);
/* Why it ended, in its own last words if it had some; NULL if nothing is known. */
const char *session_ssh_why(struct session_ssh *s);

#endif
