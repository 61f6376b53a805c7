/* What all answers have around their data; nobody but the readers of prom/api.h includes it. */
#ifndef PROM_API_INTERNAL_H
#define PROM_API_INTERNAL_H

#include "prom/api.h"
#include "prom/api_node.h"

/* An answer that was opened. */
struct prom_api_open {
    json_t *json;
    struct prom_api_node root, data;
};

/* Reads a body and its envelope, and what stands beside the data. ERR_REMOTE where the server says that it failed. Close it also
 * when this fails; notes are the caller's. It stays where it is: its nodes point into it. */
int prom_api_open(const char *body, size_t len, struct prom_api_open *o, struct prom_api_notes *notes,
                  struct error *err);
void prom_api_close(struct prom_api_open *o);

/* Counts an item that is left out, and why. */
void prom_api_notes_bad(struct prom_api_notes *n, const struct error *why);
/* Once all items were read, so many of them well: the first one's error where not one was, and one was not. */
int prom_api_notes_check(const struct prom_api_notes *n, size_t good, struct error *err);
void prom_api_notes_done(struct prom_api_notes *n);

#endif
