/* The instructions of avro/program.h that read and skip lists. Private to datum.c and lists.c. */
#ifndef AVRO_LISTS_H
#define AVRO_LISTS_H

#include "avro/run.h"

/* PROGRAM_LIST and PROGRAM_NEXT. */
bool avro_lists_begin(struct avro_run *r, const struct avro_plan_op *o);
bool avro_lists_next(struct avro_run *r, const struct avro_plan_op *o);
/* PROGRAM_LIST_LONGS and PROGRAM_LIST_TEXTS. */
bool avro_lists_longs(struct avro_run *r, const struct avro_plan_op *o);
bool avro_lists_texts(struct avro_run *r, const struct avro_plan_op *o);
/* PROGRAM_SKIP_LIST and PROGRAM_SKIP_NEXT. */
bool avro_lists_skip(struct avro_run *r, const struct avro_plan_op *o);
bool avro_lists_skip_next(struct avro_run *r, const struct avro_plan_op *o);
/* PROGRAM_SKIP_LIST_BYTES, _VARINTS and _PAIRS. */
bool avro_lists_skip_bytes(struct avro_run *r, const struct avro_plan_op *o);
bool avro_lists_skip_varints(struct avro_run *r, const struct avro_plan_op *o);
bool avro_lists_skip_pairs(struct avro_run *r, const struct avro_plan_op *o);

#endif
