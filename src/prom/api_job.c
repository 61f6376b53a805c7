/* An answer read beside the loop. */
#include "prom/api_job.h"

#include "base/mem.h"

#include <stdlib.h>

struct prom_api_job {
    struct workers *workers;
    enum prom_api_job_kind kind;
    char *body;
    size_t len;
    prom_api_job_done *done; /* NULL: cancelled; the loop's thread alone looks at it, as at arg */
    void *arg;
    union prom_api_answer answer;
    struct error err;
    int rc;
};

static int read_answer(struct prom_api_job *j)
{
    switch (j->kind) {
    case PROM_API_JOB_QUERY:
        return prom_api_query_read(j->body, j->len, &j->answer.query, &j->err);
    case PROM_API_JOB_ALERTS:
        return prom_api_alerts_read(j->body, j->len, &j->answer.alerts, &j->err);
    case PROM_API_JOB_RULES:
        return prom_api_rules_read(j->body, j->len, &j->answer.rules, &j->err);
    case PROM_API_JOB_TARGETS:
        return prom_api_targets_read(j->body, j->len, &j->answer.targets, &j->err);
    }
    return ERR_INVALID;
}

static void free_answer(struct prom_api_job *j)
{
    switch (j->kind) {
    case PROM_API_JOB_QUERY:
        prom_api_query_done(&j->answer.query);
        break;
    case PROM_API_JOB_ALERTS:
        prom_api_alerts_done(&j->answer.alerts);
        break;
    case PROM_API_JOB_RULES:
        prom_api_rules_done(&j->answer.rules);
        break;
    case PROM_API_JOB_TARGETS:
        prom_api_targets_done(&j->answer.targets);
        break;
    }
}

static void run_reading(void *arg)
{
    struct prom_api_job *j = arg;
    j->rc = read_answer(j);
    free(j->body);
    j->body = NULL;
}

static void run_freeing(void *arg)
{
    free_answer(arg);
}

/* The next two also where nothing was run, as the workers end. */
static void finish_freeing(void *arg)
{
    struct prom_api_job *j = arg;
    free_answer(j); /* nothing, where it was run */
    free(j->body);
    free(j);
}

static void finish_reading(void *arg)
{
    struct prom_api_job *j = arg;
    if (j->done)
        j->done(j->arg, j->rc ? NULL : &j->answer, j->rc ? &j->err : NULL);
    if (j->len > PROM_API_AT_ONCE)
        workers_submit(j->workers, run_freeing, finish_freeing, j);
    else
        finish_freeing(j);
}

struct prom_api_job *prom_api_job_start(struct workers *w, enum prom_api_job_kind kind, char *body, size_t len,
                                        prom_api_job_done *done, void *arg)
{
    struct prom_api_job *j = mem_new(struct prom_api_job);
    *j = (struct prom_api_job){.workers = w, .kind = kind, .body = body, .len = len, .done = done, .arg = arg};
    j->rc = error_set(&j->err, ERR_CLOSED, "the answer was not read: what reads it has ended");
    workers_submit(w, run_reading, finish_reading, j);
    return j;
}

void prom_api_job_cancel(struct prom_api_job *job)
{
    if (job)
        job->done = NULL;
}
