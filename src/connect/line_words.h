/* The sentences of the Iceberg sink and of Connect's workers that tell of commits, in the words of each version. */
#ifndef CONNECT_LINE_WORDS_H
#define CONNECT_LINE_WORDS_H

#include "connect/line.h"

/* Looks line->text up and fills in what it tells: kind, commit_id, numbers, names; connector and task only where
 * the line's context has not told them. Nothing changes where no sentence fits. */
void connect_line_words_read(struct connect_line *line);

/* The i-th sentence, "{}" for each value in it; NULL behind the last. For tests. */
const char *connect_line_words_at(size_t i, enum connect_line_kind *kind);

#endif
