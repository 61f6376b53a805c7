/* Memory for very many small pieces of few sizes: no header on any, and what one size gives up serves another. */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include <stddef.h>

/* Zeroed is empty. Used by one thread at a time. Instead of one, NULL stands for the allocator. Where the program is built to check addresses, each piece is one of the
 * allocator's own. */
struct slab {
    struct slab_page *partial[129]; /* with room, by the size of their pieces in units of 8 bytes */
    struct slab_page *sparse[129];  /* the same, with little in them: the others come first */
    struct slab_page *empty;
    struct slab_region *regions;
    size_t nempty, nwarm; /* nwarm: those that have their memory still */
};

/* Aligned to 8 bytes, not cleared. Never NULL. */
void *slab_alloc(struct slab *s, size_t size);
/* size as it was asked for; p NULL is allowed. */
void slab_free(struct slab *s, void *p, size_t size);
/* Moves a piece to another size, with as much of what it holds as fits. */
void *slab_resize(struct slab *s, void *p, size_t old, size_t size);
/* Moves a piece, if need be, so that pages from which most pieces have gone become empty, and returns where it is now. For
 * pieces that live long, whenever they are touched. p NULL is allowed. */
void *slab_settle(struct slab *s, void *p, size_t size);
/* Taken from the system for pieces, without those larger than 1,024 bytes. */
size_t slab_bytes(const struct slab *s);
/* When all pieces were given back. */
void slab_done(struct slab *s);

#endif
