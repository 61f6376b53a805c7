/* References on the command line: read from a file of either kind, made of events, written. */
#ifndef CMD_REFERENCES_H
#define CMD_REFERENCES_H

#include "conf/conf.h"
#include "drift/reference.h"

/* What a path has: a reference as icetop-drift-reference(5) has it, or events, one a line, of which one is made by the dataset's options;
 * gzip or not, "-" is standard input. They are events where the first line that is not empty is a JSON object, or a list, of its own
 * that is no reference. What is the matter with lines, and where there are fewer events than min_rows, is said on standard error. */
int cmd_references_read(const char *path, const struct conf_dataset *conf, struct drift_reference **ret,
                        struct error *err);

/* Of all events that a path has, whatever the windows of the dataset; *good: all lines could be read. ERR_NOT_FOUND: there are none. */
int cmd_references_make(const char *path, const struct conf_dataset *conf, struct drift_reference **ret, bool *good,
                        struct error *err);

/* Writes it to the file, which is replaced when it is whole, or (NULL) to standard output. ERR_INVALID for one of fewer rows than
 * min_rows, which is 0 where that is no matter; nothing is written then. */
int cmd_references_write(const struct drift_reference *r, const char *path, int min_rows, struct error *err);

#endif
