/* One question to a server's HTTP API: asked over HTTP, its answer read beside the loop. */
#ifndef PROM_SERVER_ASK_H
#define PROM_SERVER_ASK_H

#include "net/login.h"
#include "prom/api_job.h"

#include <stdbool.h>

struct prom_server_ask;

/* Whom all questions go to; borrowed as long as any is under way. */
struct prom_server_place {
    struct net_http *http;
    struct workers *readers;
    const char *url;            /* before /api/v1 */
    const char *const *headers; /* NULL-terminated, or NULL */
    struct net_login login;
    int deadline_ms;
    size_t max_body;
};

/* Called once on the loop, never from within prom_server_ask_start, with the answer, which is freed when this returns (a part is
 * taken by zeroing it), or NULL and why there is none. The ask is gone then. */
typedef void prom_server_ask_done(void *arg, union prom_api_answer *answer, const struct error *failed);

/* Asks PATH ("/api/v1/query") with a form of parameters, encoded, or "" for none; a long one goes in a POST, which reads as a GET
 * does. Both are copied. ERR_NOT_FOUND: the server has no such part of the API. ERR_UNAVAILABLE: there is no server. Others as
 * net/http.h and prom/api.h have them; what the server says of its error itself comes before the words of its status. */
struct prom_server_ask *prom_server_ask_start(const struct prom_server_place *place, enum prom_api_job_kind kind,
                                              const char *path, const char *form, prom_server_ask_done *done,
                                              void *arg);
/* Nobody waits for it any more. NULL is allowed. */
void prom_server_ask_cancel(struct prom_server_ask *a);

#endif
