/* Which rows of a table one subscription is about: an expression, and perhaps only the first so
 * many in an order. */
#ifndef STREAM_FILTER_H
#define STREAM_FILTER_H

#include "base/error.h"
#include "stream/ids.h"
#include "table/table.h"

struct stream_filter;

/* Parses. where and sort may be NULL or empty; limit 0 is none, and sort is then without effect. */
int stream_filter_new(const char *where, const char *sort, size_t limit, struct stream_filter **ret, struct error *err);
void stream_filter_free(struct stream_filter *f); /* NULL is allowed */
/* Resolves columns; before anything below, and again whenever the table's schema changed. */
int stream_filter_bind(struct stream_filter *f, const struct table *t, struct error *err);

/* Every row is in it. */
bool stream_filter_all(const struct stream_filter *f);
/* Whether a row is in it depends on other rows (a limit) or may change with time alone (ages): all
 * rows must be looked at again, not only the changed ones. */
bool stream_filter_whole(const struct stream_filter *f);
bool stream_filter_timed(const struct stream_filter *f);

/* Is the row in it? Not for filters with a limit. */
bool stream_filter_matches(const struct stream_filter *f, const struct row *r, int64_t now_ms);
/* Adds the ids of all its rows to ids. */
void stream_filter_select(const struct stream_filter *f, int64_t now_ms, struct stream_ids *ids);

#endif
