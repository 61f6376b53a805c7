/* Schemas of Avro by which a topic's records were written, out of files: one for all of its records, or a directory with one for each id
 * that a schema registry gave, ID.avsc (258.avsc), as its answers to /schemas/ids/ID/schema are. */
#ifndef DRIFT_WRITERS_H
#define DRIFT_WRITERS_H

#include "base/vec.h"
#include "drift/decoder.h"

struct drift_writer {
    int64_t id;                 /* or DRIFT_DECODER_PLAIN */
    struct avro_schema *schema; /* NULL: error */
    struct error error;
};

struct drift_writers {
    VEC(struct drift_writer) items;
};

/* Reads the file, or all of the directory: blocks. ERR_INVALID, ERR_LIMIT and conf/file.h's for a file, whose text names it; ERR_NOT_FOUND
 * for a directory without schemas, ERR_LIMIT for one of more than DRIFT_DECODER_SCHEMAS. What is wrong with a file of a directory is
 * told by records of its id. */
int drift_writers_read(const char *path, struct drift_writers *ret, struct error *err);
/* Gives them to a decoder; none is left. */
void drift_writers_give(struct drift_writers *w, struct drift_decoder *d);
/* A zeroed one is allowed. */
void drift_writers_done(struct drift_writers *w);

#endif
