/* Where a snapshot is written: standard output, or a file that is replaced only when it is whole. */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

#include "base/error.h"

#include <signal.h>
#include <stddef.h>

struct cmd_output {
    const char *path; /* NULL: standard output */
    char *target;     /* the file that is replaced: what path leads to if it is a symbolic link; NULL: none is */
    char *temporary;
    int fd;
    sigset_t before; /* signals that were blocked when temporary was made */
};

/* Opens the target, or a temporary file in its directory with the mode of the file it will replace. While there is one,
 * signals that would end the process wait. */
int cmd_output_open(struct cmd_output *out, const char *path, struct error *err);
/* Writes all of it. ERR_CLOSED if nobody reads standard output any longer. */
int cmd_output_write(struct cmd_output *out, const char *bytes, size_t len, struct error *err);
/* Ends the process as any filter ends whose reader has left. */
_Noreturn void cmd_output_closed(void);
/* Flushes to disk and renames the temporary file over the target. */
int cmd_output_commit(struct cmd_output *out, struct error *err);
/* The same without waiting for the disk: for what may be as it was before, should the machine stop within the minute. */
int cmd_output_commit_soon(struct cmd_output *out, struct error *err);
/* As cmd_output_commit, where there must be no such file: ERR_INVALID if there is one by now. */
int cmd_output_commit_new(struct cmd_output *out, struct error *err);
/* Columns of the terminal that standard output is; 80 where it is none. */
unsigned cmd_output_columns(void);
/* Removes a temporary file that was not committed. */
void cmd_output_done(struct cmd_output *out);

#endif
