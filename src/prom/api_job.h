/* An answer of the Prometheus HTTP API read beside the loop, as a large one takes longer than the loop may stand still. */
#ifndef PROM_API_JOB_H
#define PROM_API_JOB_H

#include "base/workers.h"
#include "prom/api.h"

/* What is read; the member of the answer below. */
enum prom_api_job_kind { PROM_API_JOB_QUERY, PROM_API_JOB_ALERTS, PROM_API_JOB_RULES, PROM_API_JOB_TARGETS };

union prom_api_answer {
    struct prom_api_query query;
    struct prom_api_alerts alerts;
    struct prom_api_rules rules;
    struct prom_api_targets targets;
};

struct prom_api_job;

/* Called once on the loop's thread, never from within prom_api_job_start: with the answer, which is freed when this returns (take
 * a part by zeroing it), or NULL and why not. The job is gone then. */
typedef void prom_api_job_done(void *arg, union prom_api_answer *answer, const struct error *failed);

/* Reads body, which is the job's from now on, on a thread of w. */
struct prom_api_job *prom_api_job_start(struct workers *w, enum prom_api_job_kind kind, char *body, size_t len,
                                        prom_api_job_done *done, void *arg);
/* Nobody waits for it any more: done is not called. NULL is allowed. */
void prom_api_job_cancel(struct prom_api_job *job);

#endif
