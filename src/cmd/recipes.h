/* icetop check --recipes: which recipes fit an endpoint, and what each finds there. */
#ifndef CMD_RECIPES_H
#define CMD_RECIPES_H

struct cmd_options;

/* Scrapes what --recipes names twice, says what recipes make of it, and returns the exit status, as that of check. */
int cmd_recipes_run(const struct cmd_options *o);

#endif
