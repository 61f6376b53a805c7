/* The row "history" of table `sources`. */
#ifndef HISTORY_STATUS_H
#define HISTORY_STATUS_H

#include "table/table.h"

enum history_status_state {
    HISTORY_STATUS_STARTING,
    HISTORY_STATUS_OK,
    HISTORY_STATUS_PARTIAL, /* it works, but there is something to be known */
    HISTORY_STATUS_FAILED,  /* nothing is kept */
};

struct history_status {
    enum history_status_state state;
    char text[512];     /* why; "" for none */
    int64_t last_ok_ms; /* 0: not yet */
    int64_t took_ms;    /* the last transaction */
    uint64_t transactions, rows;
    bool changed;     /* state or text are to be shown at once */
    int64_t shown_ms; /* when it was last shown */
};

/* Writes the row where it has changed, its numbers every ten seconds, and commits. Without such a
 * table it does nothing, and is asked again. */
void history_status_show(struct history_status *s, struct store *store, int64_t now_ms);

#endif
