/* The commands: each takes the parsed command line and returns the process's exit status. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

struct cmd_options;

int cmd_top_run(const struct cmd_options *o);
/* The console without a screen: --plain. */
int cmd_plain_run(const struct cmd_options *o);
int cmd_snapshot_run(const struct cmd_options *o);
int cmd_collect_run(const struct cmd_options *o);
int cmd_record_run(const struct cmd_options *o);
int cmd_check_run(const struct cmd_options *o);
int cmd_explain_run(const struct cmd_options *o);
int cmd_drift_run(const struct cmd_options *o);
int cmd_config_run(const struct cmd_options *o);
int cmd_plugins_run(const struct cmd_options *o);
int cmd_plugin_host_run(const struct cmd_options *o);
int cmd_demo_broker_run(const struct cmd_options *o);

#endif
