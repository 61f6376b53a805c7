/* A plugin's process: started, read and written on the loop, and ended with all of its group. */
#ifndef PLUGIN_RUN_H
#define PLUGIN_RUN_H

#include "base/error.h"
#include "base/process.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct plugin_run;

enum plugin_run_limit {
    PLUGIN_RUN_FINISH_MS = 2000, /* from the end of its input to SIGTERM, */
    PLUGIN_RUN_TERM_MS = 2000,   /* and from there to SIGKILL */
    PLUGIN_RUN_TURN = 64 * 1024, /* bytes that are read in one turn of the loop */
    PLUGIN_RUN_BUSY_MS = 200,    /* of each second, for what one writes; then it waits */
    PLUGIN_RUN_SAID = 64 * 1024, /* bytes a second of its standard error; then it waits */
};

/* All that run, also those whose owner has gone while they still end. */
struct plugin_runs;

struct plugin_runs *plugin_runs_new(struct event_base *base);
/* Ends what still runs: waits a short while for all together. Every run must have been freed. */
void plugin_runs_free(struct plugin_runs *r);

/* None of them may free the run. */
struct plugin_run_ops {
    /* Bytes of its standard output as they come; not after plugin_run_stop. */
    void (*output)(void *arg, const char *bytes, size_t len);
    /* A line of its standard error, cut at some length. */
    void (*complaint)(void *arg, const char *line, size_t len);
    /* It has ended, and all of its output was handed over. May start it again. */
    void (*ended)(void *arg, int status);
};

struct plugin_run *plugin_run_new(struct plugin_runs *runs, const struct plugin_run_ops *ops, void *arg);
/* What runs is given its time to end, without a word to anybody. NULL is allowed. */
void plugin_run_free(struct plugin_run *r);

/* It must not be running. */
int plugin_run_start(struct plugin_run *r, const struct process_options *o, struct error *err);
bool plugin_run_running(const struct plugin_run *r);
pid_t plugin_run_pid(const struct plugin_run *r); /* 0: it does not run */
/* Writes a line to its standard input; the end of line is added here. Nothing happens where it has none, or has closed it. */
void plugin_run_send(struct plugin_run *r, const struct str *line);
/* Ends its standard input, once all is written that was sent. */
void plugin_run_finish_input(struct plugin_run *r);
/* Ends it, and reads nothing more of it. */
void plugin_run_stop(struct plugin_run *r);

/* The last that it said on its standard error. */
const struct process_words *plugin_run_words(const struct plugin_run *r);
/* Processor time of the last process, once it has ended. */
int64_t plugin_run_cpu_us(const struct plugin_run *r);

#endif
