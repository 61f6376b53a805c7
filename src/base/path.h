/* Where files of this user belong, and the directories above them. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include "base/error.h"

#include <stdint.h>

/* "$XDG_STATE_HOME/icetop/NAME", or below ~/.local/state where that is not set or not absolute; on the heap. ERR_UNAVAILABLE if
 * neither variable says where home is. */
int path_state(const char *name, char **ret, struct error *err);

/* Makes every directory above the last slash of path, each one that is new for this user alone (0700). */
int path_make_directories(const char *path, struct error *err);

/* Renames a file that is of no use to "PATH.aside-20260131T120000Z", and says so behind what err says is the matter with it. ERR_INVALID, or
 * ERR_IO where it cannot be renamed. */
int path_set_aside(const char *path, int64_t now_ms, struct error *err);

/* Opens the directory of path and takes the lock on it, which closing the descriptor gives back. Returns the descriptor;
 * ERR_UNAVAILABLE if somebody else has the lock for longer than wait_ms. */
int path_lock_directory(const char *path, int wait_ms, struct error *err);

#endif
