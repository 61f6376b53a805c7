/* What a drift detector answered, in JSON: a prediction of alibi-detect, or the output tensors of a model server that runs one
 * (Seldon, MLServer and others of the open inference protocol, V2), as they stand on a topic or come over HTTP.
 *
 * - alibi-detect: {"data": {"is_drift", "distance", "p_val", "threshold"}, "meta": {"name", "version"}}; each a number, or a
 *   list with one a feature. The method is the detector's name.
 * - tensors: {"outputs": [{"name": "is_drift", ...}, ...]}, with the numbers in "data" or in "contents"; the names of the others
 *   are those above. The dataset is the model. No method is told.
 *
 * One is_drift is the dataset's; p-values and distances of several features are then verdicts of these without an answer, since
 * none was given. Several are the features'. Features have no names there: they are "0", "1", ... in the order of the model's
 * columns. */
#ifndef DRIFT_DETECTOR_H
#define DRIFT_DETECTOR_H

#include "base/error.h"
#include "drift/verdict.h"

#include <jansson.h>

/* True for an object that holds an is_drift in one of these ways. */
bool drift_detector_is(const json_t *root);

/* Reads what drift_json_load gave. ERR_INVALID for answers that are no numbers or of unequal length, ERR_UNAVAILABLE for tensors
 * that are there as raw bytes only. */
int drift_detector_read(const json_t *root, struct drift_verdicts **ret, struct error *err);

#endif
