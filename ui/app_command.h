/* What the commands do: the functions that the table in ui/command.c names, each as struct command has it. */
#ifndef UI_APP_COMMAND_H
#define UI_APP_COMMAND_H

#include "ui/command.h"

int app_command_view(struct app *a, struct command_call *call, struct error *err);
int app_command_open(struct app *a, struct command_call *call, struct error *err);
int app_command_filter(struct app *a, struct command_call *call, struct error *err);
int app_command_sort(struct app *a, struct command_call *call, struct error *err);
int app_command_columns(struct app *a, struct command_call *call, struct error *err);
int app_command_cluster(struct app *a, struct command_call *call, struct error *err);
int app_command_set(struct app *a, struct command_call *call, struct error *err);
int app_command_theme(struct app *a, struct command_call *call, struct error *err);
int app_command_interval(struct app *a, struct command_call *call, struct error *err);
int app_command_help(struct app *a, struct command_call *call, struct error *err);
int app_command_quit(struct app *a, struct command_call *call, struct error *err);

/* app_places.c: bookmarks. */
int app_command_bookmark(struct app *a, struct command_call *call, struct error *err);
int app_command_go(struct app *a, struct command_call *call, struct error *err);
int app_command_forget(struct app *a, struct command_call *call, struct error *err);

/* app_overlay.c: charts laid over each other. */
int app_command_overlay(struct app *a, struct command_call *call, struct error *err);

/* app_write.c: files and the clipboard. */
int app_command_write(struct app *a, struct command_call *call, struct error *err);
int app_command_shot(struct app *a, struct command_call *call, struct error *err);
int app_command_copy(struct app *a, struct command_call *call, struct error *err);

/* What `set` knows: the i-th setting's name and what it does; NULL at the end. */
const char *app_command_setting(size_t i, const char **help);

#endif
