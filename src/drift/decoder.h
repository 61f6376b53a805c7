/* How the bytes of a topic's records are events: as JSON, in Avro's encoding, or as tensors with one event a row.
 *
 *     struct drift_decoder *d = drift_decoder_new(DRIFT_DECODER_AVRO);
 *     drift_decoder_schema(d, DRIFT_DECODER_PLAIN, schema);
 *     drift_decoder_print(d, bytes, len, on_json, arg, &err);          of those by which a plan is made (drift/event_infer.h)
 *     drift_decoder_read(d, bytes, len, e, on_event, arg, &err);       of all others, by the plan
 *
 * JSON is a map or a list (drift/event.h); one that a schema registry's serializer wrote, behind a 0 byte and the four bytes of its id, as
 * well. Avro is one record by the schema that was given (drift/event_avro.h); or by the schema of the id before it, as Confluent's
 * serializer writes it; or an object container (avro/container.h), which has its schema with it, and any number of records. Tensors are
 * those of drift/event_tensor.h. */
#ifndef DRIFT_DECODER_H
#define DRIFT_DECODER_H

#include "avro/schema.h"
#include "drift/event.h"

enum drift_decoder_encoding { DRIFT_DECODER_JSON, DRIFT_DECODER_AVRO, DRIFT_DECODER_TENSORS };

enum drift_decoder_limit {
    DRIFT_DECODER_SCHEMAS = 1000,                    /* ids of a topic */
    DRIFT_DECODER_INFLATED_BYTES = 16 * 1024 * 1024, /* of a container in a record */
    DRIFT_DECODER_PREFIX_BYTES = 5,                  /* a 0 and the id, the highest byte first */
};

enum { DRIFT_DECODER_PLAIN = -1 }; /* the schema of records that have no id before them */

/* Used by one thread at a time, with plans that outlive it. */
struct drift_decoder;

/* "json", "avro", "tensors": a dataset's format. JSON for any other. */
enum drift_decoder_encoding drift_decoder_encoding_of(const char *format);

struct drift_decoder *drift_decoder_new(enum drift_decoder_encoding encoding);
void drift_decoder_free(struct drift_decoder *d); /* NULL is allowed */

/* The schema of an id, or the plain one. Taken over; it takes the place of the one before. NULL: there is none, which err (may be NULL)
 * tells whenever a record has it. */
void drift_decoder_schema(struct drift_decoder *d, int64_t id, struct avro_schema *schema, const struct error *err);

/* True if records had an id whose schema was never given, since it was asked last. */
bool drift_decoder_misses(struct drift_decoder *d);

/* Calls event(arg) for each event of a record, while it is the event at hand of e; texts may lie in bytes. An error of drift_event_read,
 * or of one before it: the record was counted as bad in e, behind those events that came before it. */
int drift_decoder_read(struct drift_decoder *d, const char *bytes, size_t len, struct drift_event *e,
                       void (*event)(void *arg), void *arg, struct error *err);

/* Calls text for each event of a record as JSON, until it returns an error, which is returned then. */
int drift_decoder_print(struct drift_decoder *d, const char *bytes, size_t len,
                        int (*text)(void *arg, const char *json, size_t len, struct error *err), void *arg,
                        struct error *err);

#endif
