/* Interned, reference-counted byte strings: an identity as it came, and beside it the form that is
 * safe to draw. */
#ifndef TABLE_NAME_H
#define TABLE_NAME_H

#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names; /* a pool; all of one pool is used from one thread */

struct name {
    const char *raw;  /* the bytes as they came, NUL-terminated, maybe with NULs within: for
                         requests, keys, joins */
    const char *safe; /* UTF-8 that no terminal is harmed by (text_safe): for the screen and for
                         written text */
    uint32_t len;     /* of raw */
    uint32_t safe_len;
    uint32_t width; /* columns of safe */
    uint32_t refs;
    uint32_t hash;    /* of raw: the same in every pool */
    uint32_t id : 31; /* of all names in the pool; given again once the name has gone */
    bool utf8 : 1;    /* raw is well-formed UTF-8 */
    struct names *pool;
};

struct names *names_new(void);
/* All names must have been given back. NULL is allowed. */
void names_free(struct names *pool);
size_t names_count(const struct names *pool);
/* The name of an id that is in use; borrowed. */
struct name *names_at(const struct names *pool, uint32_t id);

/* The one name for these bytes (cut at LIMITS_NAME_BYTES), with a reference for the caller. */
struct name *name_intern(struct names *pool, const void *bytes, size_t len);
struct name *name_ref(struct name *n);
void name_unref(struct name *n); /* NULL is allowed */
/* Makes *at a reference to with in place of what it was; either may be NULL. True if that is another one. */
bool name_replace(struct name **at, struct name *with);

#endif
