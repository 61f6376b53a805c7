/* Writing tables once or again and again, for icetop snapshot and for a console without a terminal. */
#ifndef CMD_SNAPSHOT_H
#define CMD_SNAPSHOT_H

struct cmd_options;

/* Does it with the operands as tables (none: `groups`); returns the exit status. */
int cmd_snapshot_write(const struct cmd_options *o);

#endif
