/* Evidently's methods by the names it gives them, and which way each one's value goes: its answers do not say. */
#ifndef DRIFT_EVIDENTLY_METHOD_H
#define DRIFT_EVIDENTLY_METHOD_H

#include "drift/verdict.h"

struct drift_evidently_method {
    const char *id;   /* what a user writes to ask for it; stands in snapshots from 0.7.18 on where it was asked for */
    const char *name; /* what answers show; some do not tell that the value is a p-value */
    enum drift_verdict_direction direction;
    bool inclusive; /* a value that is the threshold is drift */
    bool line;      /* the threshold is on the axis of the value (else a rank of it, as a text's percentile) */
};

/* By either name; NULL for one that is not known here, such as a user's own function. */
const struct drift_evidently_method *drift_evidently_method_find(const char *text);

/* Writes the name that answers show (copied) and the direction into v. NULL and "" are no method: nothing happens. */
void drift_evidently_method_set(struct drift_verdict *v, const char *text);

/* Where the tool wrote no answer: its own rule, from value and threshold; a NaN is no drift there. Nothing happens where the
 * method, the value or the threshold is not known. */
void drift_evidently_method_derive(struct drift_verdict *v);

#endif
