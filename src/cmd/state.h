/* The state file of the console: what is kept over restarts. */
#ifndef CMD_STATE_H
#define CMD_STATE_H

#include "base/error.h"

struct app;
struct cmd_state;

/* Reads $XDG_STATE_HOME/icetop/state.json into the app. A file that is broken, or that a newer icetop wrote, is renamed, and
 * word says so. Where no state can be kept word says why. word is a sentence, or "" where there is nothing to say. */
struct cmd_state *cmd_state_new(struct app *app, struct error *word);
/* Writes what was changed since it was read or last written, and nothing else: what other consoles changed meanwhile stays. The
 * file is replaced when it is whole. Nothing is written where nothing was changed. wait_ms: how long to wait for another one
 * that writes, and for the disk; 0: for neither. */
int cmd_state_write(struct cmd_state *s, int wait_ms, struct error *err);
void cmd_state_free(struct cmd_state *s); /* NULL is allowed */

#endif
