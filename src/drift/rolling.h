/* What windows are compared with where the reference goes along with them: the window before, or those of a span.
 *
 * A span is kept as up to DRIFT_ROLLING_BLOCKS blocks of windows merged, which leave as a whole; the reference is made anew when a
 * block is full, so that it is behind by at most one part in so many of its span. */
#ifndef DRIFT_ROLLING_H
#define DRIFT_ROLLING_H

#include "base/vec.h"
#include "drift/part.h"

enum { DRIFT_ROLLING_BLOCKS = 16 };

struct drift_rolling {
    const struct drift_layout *layout; /* without edges */
    size_t most;                       /* parts: of a window; 0: a span */
    int64_t span_ms;
    VEC(struct drift_part *) parts;
    bool news; /* since they were merged */
};

/* panes: of a window, where the window before is asked for; 0: a span. */
void drift_rolling_init(struct drift_rolling *r, const struct drift_layout *layout, size_t panes, int64_t span_ms);
void drift_rolling_done(struct drift_rolling *r);
/* Takes a pane that no window has any more; in order. */
void drift_rolling_add(struct drift_rolling *r, struct drift_part *pane);
/* What is to be compared with from now on, the caller's; NULL: nothing else than before, or fewer rows than min_rows. */
struct drift_part *drift_rolling_merged(struct drift_rolling *r, uint64_t min_rows);
size_t drift_rolling_bytes(const struct drift_rolling *r);

#endif
