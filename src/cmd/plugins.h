/* The parts of icetop plugins. */
#ifndef CMD_PLUGINS_H
#define CMD_PLUGINS_H

#include <stdbool.h>

/* Writes the skeleton of a plugin into a new directory of that name: in C, or a program. The exit status; prints what it did, or why
 * not. */
int cmd_plugins_new(const char *name, bool program);
/* Runs the plugin of a path against what was recorded (NULL: recorded.json beside it, if it is there) and says what is against the
 * contract. The exit status: 0 nothing, 1 something, 2 it could not be tried. */
int cmd_plugins_test(const char *path, const char *recorded);

#endif
