/* Events in Avro: the values that a plan wants, out of records in Avro's binary encoding (avro/datum.h).
 *
 *     drift_event_avro_new(plan, schema, &a, &err);               once a writer's schema
 *     drift_event_avro_read(a, bytes, len, NULL, e, &err);        each record; e is a reader by the same plan
 *
 * A path's keys are fields of records (by name or alias) and keys of maps, its indices items of arrays. Of arrays and maps whose items
 * are scalars the items are read; what is wanted inside of records in arrays, of maps in maps and the like is not, and is an error when
 * the plan meets the schema. Paths that the schema does not have are MISSING.
 *
 * Booleans are BOOL; an enum is TEXT, its symbol; decimals are rounded to doubles, other bytes are TEXT; timestamps are numbers
 * of their unit, which drift/event_time.h tells by their size. Where a union has several branches beside null, a boolean is 0 or 1. */
#ifndef DRIFT_EVENT_AVRO_H
#define DRIFT_EVENT_AVRO_H

#include "avro/schema.h"
#include "drift/event.h"

struct drift_event_avro;

/* plan and schema must outlive it. ERR_INVALID for what cannot be read, with the path; ERR_LIMIT for a plan too large. */
int drift_event_avro_new(const struct drift_event_plan *plan, const struct avro_schema *schema,
                         struct drift_event_avro **ret, struct error *err);
void drift_event_avro_free(struct drift_event_avro *a);

/* Makes the record at the beginning of bytes the event at hand of e, which was made with the same plan, and counts it as good; or as bad where it returns an error:
 * ERR_INVALID with the byte, ERR_LIMIT. *used gets
 * its length; NULL: all of bytes must be it. Texts lie in bytes, or are the schema's symbols. */
int drift_event_avro_read(struct drift_event_avro *a, const void *bytes, size_t len, size_t *used,
                          struct drift_event *e, struct error *err);

#endif
