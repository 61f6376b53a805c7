/* Where the database lies: its directory, its lock, what kind of file system it is on. */
#ifndef HISTORY_PLACE_H
#define HISTORY_PLACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* "$XDG_STATE_HOME/icetop/history.db", or below ~/.local/state; owned by the caller.
 * ERR_UNAVAILABLE if neither variable says where home is. */
int history_place_default(char **path, struct error *err);

/* Makes the directories above path (0700 each one that is new) and the file itself (0600), and
 * takes group's and others' permissions from a file that has them. */
int history_place_make(const char *path, struct error *err);

/* Takes the lock on PATH.lock, which ends with the process. *fd is closed to give it back. If
 * somebody else has it, ERR_UNAVAILABLE and *pid is the holder's process id (0 if not known). */
int history_place_lock(const char *path, int *fd, int64_t *pid, struct error *err);

/* The name of a network file system by its type as statfs(2) has it; NULL for one on this machine.
 */
const char *history_place_network(int64_t type);
/* The same for the one that path is on; NULL also if that cannot be found out. */
const char *history_place_network_of(const char *path);

/* Renames the database with its companions to PATH.corrupt-TIME, whose name is put in *aside. */
int history_place_set_aside(const char *path, int64_t now_ms, char **aside, struct error *err);

#endif
