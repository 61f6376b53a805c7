/* The Unix socket at which a collector can be found: bound, looked for, replaced where nobody answers any more. */
#ifndef STREAM_LISTEN_H
#define STREAM_LISTEN_H

#include "base/error.h"
#include "base/vec.h"

#include <sys/types.h>

struct event_base;
struct stream_listener;

/* "$XDG_RUNTIME_DIR/icetop", else icetop in $XDG_STATE_HOME, which is ~/.local/state unless set; on the heap.
 * ERR_UNAVAILABLE where no variable says where. */
int stream_listen_directory(char **ret, struct error *err);

/* Listens at path (0600, its directory made 0700 where there is none). accepted gets each connection of this user or of root,
 * which is then its own. A socket there at which nobody answers is replaced; ERR_UNAVAILABLE where somebody does, *holder
 * being its process id (0: not known; untouched otherwise). */
int stream_listener_new(struct event_base *base, const char *path, void (*accepted)(void *arg, int fd), void *arg,
                        struct stream_listener **ret, pid_t *holder, struct error *err);
/* Removes the socket, unless another one is there by now. NULL is allowed. */
void stream_listener_free(struct stream_listener *l);

/* Connects; *pid is the process that listens. ERR_NOT_FOUND where there is no socket, ERR_UNAVAILABLE where nobody answers at
 * it, or somebody else than this user or root. */
int stream_listen_connect(const char *path, int *fd, pid_t *pid, struct error *err);

typedef VEC(char *) stream_listen_paths;
/* All sockets of the directory at which somebody answers, in the order of their names; on the heap. */
int stream_listen_find(const char *directory, stream_listen_paths *ret, struct error *err);
void stream_listen_paths_done(stream_listen_paths *paths);

#endif
