/* The values of a container one after the other: container, plan and datum together, for files that are in memory.
 *
 *     struct avro_file *f;
 *     rc = avro_file_open(cache, bytes, len, NULL, &f, &err);
 *     while (rc == 0 && (rc = avro_file_next(f, &d, &err)) == 0 && d)
 *         use(avro_datum_get(d, PATH, 0));
 *     avro_file_free(f);
 */
#ifndef AVRO_FILE_H
#define AVRO_FILE_H

#include "avro/cache.h"
#include "avro/container.h"
#include "avro/datum.h"

struct avro_file;

/* Reads the header and gets the plan for its schema out of the cache, which may be freed before the file. The bytes must
 * stay as they are until avro_file_free. options may be NULL. Errors as the parts have them. */
int avro_file_open(struct avro_cache *cache, const void *bytes, size_t len,
                   const struct avro_container_options *options, struct avro_file **ret, struct error *err);
void avro_file_free(struct avro_file *f);

/* The next value, valid until the next call; *ret becomes NULL behind the last. An error stands at its place: what was read
 * before it is sound. After an error it is returned again. */
int avro_file_next(struct avro_file *f, const struct avro_datum **ret, struct error *err);

/* As avro_container_property. */
const void *avro_file_property(const struct avro_file *f, const char *name, size_t *len);

#endif
