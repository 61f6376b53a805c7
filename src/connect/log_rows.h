/* Rows of `log_events`: the lines of workers' logs that are worth showing, the newest few thousand. */
#ifndef CONNECT_LOG_ROWS_H
#define CONNECT_LOG_ROWS_H

#include "connect/line.h"
#include "table/table.h"

enum {
    CONNECT_LOG_ROWS_KEPT = 5000,  /* of one source */
    CONNECT_LOG_ROWS_TRACE = 4000, /* bytes of a trace that are kept */
};

struct connect_log_rows;

/* Is a line worth a row? All that the sink says of commits and coordinators, tasks that fail, and warnings and
 * errors of Iceberg, of Connect, and of clients that work for a connector. */
bool connect_log_rows_wanted(const struct connect_line *line);

/* connect: the first key of its rows; owner: the source whose they are. Adds the table where it is not there. */
struct connect_log_rows *connect_log_rows_new(struct store *store, const char *connect, uint16_t owner);
/* The rows stay: they go with their owner. NULL is allowed. */
void connect_log_rows_free(struct connect_log_rows *r);

/* Adds one, and removes the oldest when there are too many; commits nothing. number: of the line in its file.
 * What looks like a secret in its texts is hidden. */
void connect_log_rows_add(struct connect_log_rows *r, const struct connect_line *line, const char *file,
                          int64_t number);
/* How many there are. */
size_t connect_log_rows_count(const struct connect_log_rows *r);

#endif
