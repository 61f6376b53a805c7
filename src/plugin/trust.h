/* Whether a file may be run as a plugin: only where nobody but root and this user can have changed it.
 *
 * The file and every directory above it must be owned by root or by the user whom this process runs as, and be writable by
 * neither group nor others; a sticky directory such as /tmp is no exception. An access list that lets somebody else write
 * shows in the group's bits, so it is refused as well. Symbolic links are followed, and the same is asked of where each one
 * stands. Everything is looked at through descriptors on the way down from the root, so that nothing can be put in its place
 * between the look and the use.
 *
 * ICETOP_PLUGIN_TRUST in the environment names directories (absolute, with colons between) that the user vouches for: of these,
 * and of what is above them, nothing is asked; of what is in them, everything. It is for build trees below /tmp and the like. */
#ifndef PLUGIN_TRUST_H
#define PLUGIN_TRUST_H

#include "base/error.h"

/* The file that path leads to: a descriptor of it (O_PATH, close-on-exec, the caller's to close) for fexecve or for dlopen of
 * /proc/self/fd/N, and its absolute path without links, on the heap. A script must be run by that path, or with a descriptor
 * that stays open: its interpreter opens it again. ERR_NOT_FOUND if it does not exist, ERR_INVALID if it is no regular file or
 * not to be trusted; the text names the file or the directory, and what is wrong with it. */
int plugin_trust_open(const char *path, int *ret_fd, char **ret_path, struct error *err);

#endif
