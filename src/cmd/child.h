/* A program that is run to its end, and what it said. */
#ifndef CMD_CHILD_H
#define CMD_CHILD_H

#include "base/process.h"

#include <stdbool.h>
#include <stdint.h>

struct cmd_child {
    struct str out,
        complaints; /* what it wrote to standard output and standard error; the caller's, see cmd_child_done */
    int status;     /* as waitpid has it */
    bool late;      /* its time was over: it was killed */
    int64_t took_ms;
};

/* Runs it with this on its standard input (where o->input says so), for at most deadline_ms, and keeps at most `most` bytes of each
 * of what it writes. ERR_IO: it could not be started; ERR_LIMIT: it wrote more, and was killed. */
int cmd_child_run(const struct process_options *o, const char *input, int deadline_ms, size_t most,
                  struct cmd_child *ret, struct error *err);
void cmd_child_done(struct cmd_child *c); /* a zeroed one is allowed */

#endif
