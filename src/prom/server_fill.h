/* The past of queries, asked of the server and handed to whoever keeps it: at the start, and after a time without answers. */
#ifndef PROM_SERVER_FILL_H
#define PROM_SERVER_FILL_H

#include "prom/server_ask.h"
#include "prom/server_rows.h"

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct prom_server_fill;

enum { PROM_SERVER_FILL_GAPS = 8 };

struct prom_server_fill_gap {
    int64_t from_ms, to_ms;
};

typedef void prom_server_fill_known(void *arg, const struct prom_server_fill_gap *gaps, size_t n);

/* Who keeps the past of `value` of `prom_queries`. */
struct prom_server_fill_past {
    /* Points in order of time; n 0 asks whether any would be taken. 0; ERR_UNAVAILABLE: not yet, as it is being opened; ERR_LIMIT:
     * too much at once, later; ERR_NOT_FOUND: none is kept. */
    int (*keep)(void *arg, const struct table *t, const struct value *key, const struct prom_api_point *points,
                size_t n, struct error *err);
    /* Says, at once or later and once, of which times between these two it has nothing of the series: n gaps, in order, borrowed
     * for the call, at most PROM_SERVER_FILL_GAPS. NULL: it cannot tell. */
    void (*known)(void *arg, const struct table *t, const struct value *key, int64_t from_ms, int64_t to_ms,
                  int64_t step_ms, prom_server_fill_known *done, void *done_arg);
    void *arg;
};

/* A query whose past is wanted; the parts are borrowed as long as it is. */
struct prom_server_fill_want {
    struct prom_server_rows_part *part;
    int64_t from_ms, to_ms, step_ms; /* to_ms 0: until now */
    bool maybe_known;                /* an earlier collector may have had it: what is known is not asked for */
};

/* All is borrowed but past, which is copied. changed is called when what prom_server_fill_note says may have changed. */
struct prom_server_fill *prom_server_fill_new(struct event_base *base, const struct prom_server_place *place,
                                              const struct prom_server_rows *rows,
                                              const struct prom_server_fill_past *past, void (*changed)(void *arg),
                                              void *arg);
void prom_server_fill_free(struct prom_server_fill *f); /* NULL is allowed */

/* Has the past from then until now asked for as soon as somebody takes it, and the row of each series that is there now get it;
 * `filled` of the row says when. One query is asked for after another, and given up after a few failures. */
void prom_server_fill_want(struct prom_server_fill *f, const struct prom_server_fill_want *want);

/* What became of it, where it is worth a remark: "the past is not asked for: no history is kept"; else NULL. */
const char *prom_server_fill_note(const struct prom_server_fill *f);

#endif
