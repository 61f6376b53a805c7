/* Cells of rows of commit cycles. */
#ifndef DERIVE_COMMIT_CELLS_H
#define DERIVE_COMMIT_CELLS_H

#include "derive/commit_rows.h"

/* A name as a value; NULL is unknown. */
struct value derive_commit_cells_name(struct name *n, enum quality q);
/* CONNECT_EVENT_UNKNOWN is unknown. */
void derive_commit_cells_number(struct table *t, struct row *r, size_t column, int64_t v, enum quality q);
/* Of any pool; NULL and "" are unknown. */
void derive_commit_cells_text(struct table *t, struct row *r, size_t column, const struct name *n);
/* Where settled is set, what is known stays, but for an estimate that is known for certain now. */
void derive_commit_cells_settled(struct table *t, struct row *r, size_t column, struct value v, bool settled);
/* The worker of a task: exact by Connect's word, an estimate by the address of the member. sink may be NULL. */
struct value derive_commit_cells_worker(const struct derive_commit_rows *w, const struct derive_sink *sink,
                                        int64_t task);

#endif
