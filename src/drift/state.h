/* Whether two sides can be compared at all: what a comparison returns beside its number. */
#ifndef DRIFT_STATE_H
#define DRIFT_STATE_H

/* Outputs are written only with DRIFT_STATE_OK; a side without rows is a state of its own, never a NaN. */
enum drift_state {
    DRIFT_STATE_OK,
    DRIFT_STATE_NO_REFERENCE, /* the reference has no rows, whatever the other side has */
    DRIFT_STATE_NO_CURRENT,   /* the current side has none */
};

#endif
