/* The lines around every view: header, notices, crumbs, footer. */
#ifndef UI_STATUS_H
#define UI_STATUS_H

#include "ui/view.h"

/* What the app knows beside the store. */
struct status {
    int64_t now_ms;       /* of the clock; that of the picture may stand still */
    const char *via;      /* whose collector it is; NULL: our own */
    const char *lost;     /* why the stream ended; NULL: it did not */
    int64_t lost_ms;      /* when */
    int64_t restarted_ms; /* when another collector took over; 0: not lately */
    size_t changes;       /* since paused */
    int interval_ms;      /* between two pictures; 0: as it comes */
    bool chosen;          /* the user set it to something else than it was */
    const char *message;  /* said for a moment in the footer; NULL */
};

struct status_notice {
    enum severity severity;
    char *text;
};
struct status_notices {
    struct status_notice *items;
    size_t n, room;
};

/* What everybody should know, the worst first: sources that fail, clocks that are off, a collector
 * that is gone. */
void status_notices(const struct context *ctx, const struct status *s, struct status_notices *ret);
void status_notices_done(struct status_notices *n);

/* "prod: 2 wrong, 1 warning"; nothing where nothing is. Appended. */
void status_summary(const struct context *ctx, struct str *out);
/* Is anything wrong, how much of it, and how old is what we know. Where there is room and the view does not say it itself, the
 * worst row in words, and the key that shows all. */
void status_header(const struct context *ctx, const struct status *s, const struct view *v, struct cells *c,
                   struct rect box);
void status_draw_notices(const struct context *ctx, const struct status_notices *n, struct cells *c, struct rect box);
/* Lines that the crumbs would like on a screen that wide. */
int status_crumbs_lines(const struct view *v, const struct context *ctx, int width);
void status_crumbs(const struct view *v, const struct context *ctx, struct cells *c, struct rect box);
/* Keys that work here. context is an enum key_context. */
void status_footer(const struct view *v, const struct context *ctx, const struct status *s, unsigned context,
                   struct cells *c, struct rect box);

#endif
