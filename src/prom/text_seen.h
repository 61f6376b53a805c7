/* A set of 64-bit hashes that keeps its memory when it is emptied. */
#ifndef PROM_TEXT_SEEN_H
#define PROM_TEXT_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed is empty. */
struct prom_text_seen {
    uint64_t *slots; /* 0: free */
    size_t room, n;
};

void prom_text_seen_done(struct prom_text_seen *s);
void prom_text_seen_clear(struct prom_text_seen *s);
/* False if it is in there already. Hashes must be well mixed. */
bool prom_text_seen_add(struct prom_text_seen *s, uint64_t hash);

#endif
