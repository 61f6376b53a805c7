/* Rows from answers of a server: of `prom_alerts`, `prom_rules`, `prom_targets`, all at once, of `prom_queries` query by query. */
#ifndef PROM_SERVER_ROWS_H
#define PROM_SERVER_ROWS_H

#include "base/vec.h"
#include "prom/api_job.h"
#include "table/table.h"

#include <stdint.h>

/* Whose rows they are. */
struct prom_server_rows {
    struct store *store;
    struct name *server; /* owned by who makes this */
    uint16_t owner;
};

/* One thing that is asked, and the rows that its last answer has given. */
struct prom_server_rows_part {
    struct name *name; /* of a query, as the next two; else NULL */
    char *promql;
    char *unit;                  /* NULL: none */
    VEC(uint64_t) rows, written; /* ids, in order; of the answer that is being written, in its order */
};

/* What may be asked of a server. */
struct prom_server_rows_kind {
    const char *what; /* "alerts" */
    const char *path; /* below the server's URL */
    enum prom_api_job_kind job;
    const struct table_def *table;
    size_t (*count)(const union prom_api_answer *a); /* items, each of which one call of write writes */
    void (*write)(const struct prom_server_rows *r, struct prom_server_rows_part *p, const union prom_api_answer *a,
                  size_t i);
    const struct prom_api_notes *(*notes)(const union prom_api_answer *a);
    void (*done)(union prom_api_answer *a);
};

extern const struct prom_server_rows_kind prom_server_rows_queries;
extern const struct prom_server_rows_kind prom_server_rows_alerts;
extern const struct prom_server_rows_kind prom_server_rows_rules;
extern const struct prom_server_rows_kind prom_server_rows_targets;

/* Before the first and after the last item of an answer: rows that were there and are not written in between go. Returns how
 * many there are now. */
void prom_server_rows_begin(struct prom_server_rows_part *p);
size_t prom_server_rows_end(const struct prom_server_rows *r, const struct prom_server_rows_kind *kind,
                            struct prom_server_rows_part *p, const union prom_api_answer *a);
/* All of its rows go. */
void prom_server_rows_remove(const struct prom_server_rows *r, const struct prom_server_rows_kind *kind,
                             struct prom_server_rows_part *p);

/* The query was not answered: its rows stay as they are, stale, and say why; where it has none, one does that. */
void prom_server_rows_fail(const struct prom_server_rows *r, struct prom_server_rows_part *p, const struct error *err);

/* The key of a series' row in `prom_queries`: references, to be given back with table_key_done. key has QUERIES_VALUE places. */
void prom_server_rows_key(const struct prom_server_rows *r, const struct prom_server_rows_part *p,
                          const struct prom_api_series *s, struct value *key);

void prom_server_rows_part_done(struct prom_server_rows_part *p);

#endif
