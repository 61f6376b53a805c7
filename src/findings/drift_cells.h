/* What the rules about drift read of rows, and how they say it. */
#ifndef FINDINGS_DRIFT_CELLS_H
#define FINDINGS_DRIFT_CELLS_H

#include "derive/cells.h"
#include "drift/mark.h"
#include "findings/rule.h"
#include "findings/words.h"

#include <stdbool.h>

enum { FINDINGS_DRIFT_WINDOWS = 2 }; /* in a row, before anything is said */

/* What is said of one row. Texts are borrowed from it; the dataset's are NULL where they are unknown. */
struct findings_drift_cells {
    const struct row *row;
    const char *dataset, *cluster, *topic;
    unsigned marks; /* those that hold for FINDINGS_DRIFT_WINDOWS windows of events at least: 1 << mark, or-ed */
    struct {
        int64_t windows, since_ms;
    } held[DRIFT_MARKS]; /* of these */
};

/* A share or another real; NaN: unknown. */
double findings_drift_cells_real(const struct row *r, size_t column);
/* "12.3 %"; of NaN "?". */
struct findings_words findings_drift_cells_share(double share);
static inline bool findings_drift_cells_has(unsigned marks, enum drift_mark mark)
{
    return (marks >> mark & 1U) != 0;
}
/* What the row's column holds tells, and its dataset's cluster and topic; false where nothing holds for long enough, or nobody tells. */
bool findings_drift_cells_read(const struct findings_world *world, const struct row *r, size_t holds,
                               struct findings_drift_cells *ret);
/* Evidence of what was said last: the commit that brought it, where a row of `features` or `datasets` names one. */
void findings_drift_cells_brought(struct findings_look *look, const struct row *r);
/* The dataset's row; NULL: none. dataset: a cell with its name. */
const struct row *findings_drift_cells_dataset(const struct findings_world *world, struct value dataset);

#endif
