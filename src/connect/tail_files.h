/* The files of a tail: which there are, in which order they are read, and what was read of them. Everything here
 * may block, and belongs to whoever calls it at the time. */
#ifndef CONNECT_TAIL_FILES_H
#define CONNECT_TAIL_FILES_H

#include "base/vec.h"
#include "connect/tail.h"

struct connect_tail_item {
    char *entry; /* on the heap */
    size_t len;
    int64_t line;
    const char *origin, *file; /* of the file, until the next reading */
};

struct connect_tail_files {
    VEC(struct connect_tail_item)
    items;           /* what is wanted of what was read; to be taken, with their entries, before the next reading */
    bool more;       /* there is more to be read at once */
    bool news;       /* an origin has another state; for the caller to clear */
    int64_t came_us; /* when something was read last */
    struct connect_tail_files_internal *internal;
};

/* settings: of a tail; its commands are not looked at. */
struct connect_tail_files *connect_tail_files_new(const struct connect_tail_settings *settings,
                                                  bool (*wanted)(const char *entry, size_t len, int64_t *time_ms));
void connect_tail_files_free(struct connect_tail_files *f); /* NULL is allowed */

/* Looks for files now and then, and reads a bounded piece of what they have. */
void connect_tail_files_read(struct connect_tail_files *f, int64_t now_us);
/* The i-th origin as it stands, its texts lent until the next reading; false behind the last. */
bool connect_tail_files_origin(const struct connect_tail_files *f, size_t i, struct connect_tail_origin *ret);

#endif
