/* Avro object container files: a header with the schema, then blocks of values, each inflated by itself (specification,
 * section "Object Container Files").
 *
 * Bytes come in one of two ways: avro_container_give, all of them, not copied; or avro_container_feed as they arrive, then
 * avro_container_finish. In both avro_container_next says what is there:
 *
 *     while ((rc = avro_container_next(c, &block, &err)) == 0 && block.state == AVRO_CONTAINER_BLOCK)
 *         read block.count values from block.bytes;
 *
 * Blocks that were given out before an error are whole; a file that ends within a block is an error at its end. */
#ifndef AVRO_CONTAINER_H
#define AVRO_CONTAINER_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum avro_container_limit {
    AVRO_CONTAINER_HEADER_BYTES = 32 * 1024 * 1024,
    AVRO_CONTAINER_PROPERTIES = 10000,                 /* of the header */
    AVRO_CONTAINER_BLOCK_BYTES = 64 * 1024 * 1024,     /* of a block, as it is stored */
    AVRO_CONTAINER_INFLATED_BYTES = 128 * 1024 * 1024, /* of a block, unless said otherwise */
};

struct avro_container_options {
    size_t max_block; /* bytes of one block, inflated; 0: AVRO_CONTAINER_INFLATED_BYTES */
    uint64_t max_sum; /* bytes of all blocks, inflated; 0: 8 times max_block */
};

enum avro_container_state {
    AVRO_CONTAINER_END,   /* there is no more, and the file is whole */
    AVRO_CONTAINER_MORE,  /* more bytes must be fed */
    AVRO_CONTAINER_BLOCK, /* the rest of the struct is one */
};

struct avro_container_block {
    enum avro_container_state state;
    uint64_t count; /* values, as the block says: nothing is known of it but that it is a number */
    const void *bytes;
    size_t len;
    uint64_t offset; /* of the block in the file */
};

/* Used by one thread at a time. */
struct avro_container;

/* options may be NULL. */
struct avro_container *avro_container_new(const struct avro_container_options *options);
void avro_container_free(struct avro_container *c);

/* The whole file, once; the bytes stay the caller's and must stay as they are. */
void avro_container_give(struct avro_container *c, const void *bytes, size_t len);

/* The next bytes of the file, copied; what was read of those before is let go. Ends the validity of a block. */
void avro_container_feed(struct avro_container *c, const void *bytes, size_t len);
void avro_container_finish(struct avro_container *c);

/* The next block; valid until the next call for c. ERR_INVALID for what is no container or is cut off, with the offset in
 * the file; ERR_LIMIT for what is too large, ERR_UNAVAILABLE for a codec that is not read here. After an error it is
 * returned again and again. */
int avro_container_next(struct avro_container *c, struct avro_container_block *block, struct error *err);

/* Reads only the header, for who needs to see it first. *known becomes false where more must be fed. */
int avro_container_header(struct avro_container *c, bool *known, struct error *err);

/* A property of the header ("avro.schema", "partition-spec"), not terminated, owned by c; NULL if there is none, or the
 * header is not known yet. */
const void *avro_container_property(const struct avro_container *c, const char *name, size_t *len);

#endif
