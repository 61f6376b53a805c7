/* icetop snapshot --screen: the console's screen without a terminal. */
#ifndef CMD_SCREEN_H
#define CMD_SCREEN_H

struct cmd_options;

/* Draws one screen and returns the exit status, that of a snapshot. */
int cmd_screen_run(const struct cmd_options *o);

#endif
