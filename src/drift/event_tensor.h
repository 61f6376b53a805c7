/* Inference payloads as KServe (V1 and V2), Seldon Core 2 and Triton log them: one message, many rows, each row an event.
 *
 *     {"instances": [[39, 7], [52, 1]]}                                            V1; also "predictions", rows of maps or scalars
 *     {"inputs": [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [39, 7, 52, 1]}]}     V2; also "outputs"
 *     {"outputs": [{"name": "is_drift", "datatype": "INT64", "shape": ["1", "1"], "contents": {"int64Contents": ["0"]}}]}
 *
 * Columns of tensors have no names: a plan's paths are the map from them to features. In the event of a row the tensor's name is a key,
 * and what it holds of this row is a list: `x[0]`, `x[1]`; if that is one value, it is `x` as well (so columns that are tensors of their
 * own, as MLServer's pandas codec sends them, go by their names). A row of higher rank is flat, in the order of the data. V1's rows are
 * `instances` and `predictions`: `instances[0]`, `instances.age`, `predictions`. Rows are along the first axis; a tensor without a shape
 * has one column. A tensor with fewer rows than others is MISSING in the rest.
 *
 * Texts of digits are numbers in intContents, int64Contents, uintContents and uint64Contents (protobuf's JSON writes 64 bits so);
 * bytesContents is kept as it is, in base64. Raw contents and binary extensions are not read: such a tensor is without data, which is
 * an error that says so. */
#ifndef DRIFT_EVENT_TENSOR_H
#define DRIFT_EVENT_TENSOR_H

#include "base/str.h"
#include "drift/event.h"

enum drift_event_tensor_limit {
    DRIFT_EVENT_TENSOR_COUNT = 10000, /* tensors of a message */
    DRIFT_EVENT_TENSOR_RANK = 8,
    DRIFT_EVENT_TENSOR_NAME_BYTES = 256,
};

struct drift_event_tensors; /* the message read last; its memory is used again by the next */

struct drift_event_tensors *drift_event_tensors_new(void);
void drift_event_tensors_free(struct drift_event_tensors *t);

/* Reads a message; *rows gets how many events it has. bytes must stay as they are while rows are looked at. ERR_INVALID, with the byte
 * or the tensor, for what is none of these; ERR_LIMIT for one too large. */
int drift_event_tensors_read(struct drift_event_tensors *t, const char *bytes, size_t len, size_t *rows,
                             struct error *err);

/* Makes row (below *rows) the event at hand of e, and counts it as good. An error is one of drift_event_read, counted as bad: of a V1
 * row that is nested too deep. */
int drift_event_tensors_row(const struct drift_event_tensors *t, size_t row, struct drift_event *e, struct error *err);

/* Appends a row as JSON, with the paths that it has for a plan. */
void drift_event_tensors_print(const struct drift_event_tensors *t, size_t row, struct str *out);

#endif
