/* Tries a cluster's configuration. */
#include "kafka/check.h"
#include "kafka/plan.h"

#include <pthread.h>
#include <time.h>

enum { CLOSE_WAIT_S = 1 };

/* What could not be read for want of a permission, and one name of it. */
struct denied {
    size_t n;
    const char *first;
};

static void deny(struct denied *d, enum kafka_fault fault, const char *name)
{
    if (fault != KAFKA_FAULT_DENIED)
        return;
    if (d->n++ == 0)
        d->first = name;
}

static void say(struct str *line, const struct denied *d, const char *what, const char *kind)
{
    if (d->n == 0)
        return;
    str_printf(line, "; %s: DESCRIBE on %s %s", what, kind, d->first);
    if (d->n > 1)
        str_printf(line, " and %zu more", d->n - 1);
}

static void say_denied(struct str *line, const struct kafka_round *r)
{
    struct denied described = {0}, committed = {0}, topics = {0};
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        deny(&described, r->groups.groups[i].fault, r->groups.groups[i].name);
        deny(&committed, r->committed[i].fault, r->committed[i].group);
        for (size_t j = 0; j < r->committed[i].ncommits; j++)
            deny(&topics, r->committed[i].commits[j].fault, r->committed[i].commits[j].topic);
    }
    for (size_t i = 0; i < r->nends; i++)
        deny(&topics, r->ends[i].fault, r->ends[i].topic);
    say(line, &described, "missing to describe groups", "group");
    say(line, &committed, "missing to read committed offsets", "group");
    say(line, &topics, "missing to read offsets", "topic");
}

static void say_result(struct str *line, const struct kafka_round *r, int64_t ms)
{
    str_printf(line, "%zu brokers, %zu topics, ", r->metadata.nbrokers, r->metadata.ntopics);
    if (r->groups_known)
        str_printf(line, "%zu groups in %lld ms", r->groups.ngroups, (long long)ms);
    else
        str_printf(line, "no list of groups in %lld ms", (long long)ms);
    if (r->code)
        str_printf(line, "; %s", r->error.text);
    /* Brokers leave out what may not be seen, without a word. */
    if (r->groups_known && r->groups.ngroups == 0)
        str_add(line, "; no groups: there are none, or DESCRIBE on the cluster or on groups is missing");
    if (r->metadata.ntopics == 0)
        str_add(line, "; no topics: there are none, or DESCRIBE on topics is missing");
    say_denied(line, r);
}

static void *run_close(void *arg)
{
    struct kafka_admin *a = arg;
    a->ops->close(a);
    return NULL;
}

/* Closing may hang where a request is under way; the command is over soon, and the client with it. */
static void close_client(struct kafka_admin *a)
{
    pthread_t thread;
    if (!a || pthread_create(&thread, NULL, run_close, a))
        return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += CLOSE_WAIT_S;
    if (pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &until))
        pthread_detach(thread);
}

int kafka_check(const struct conf_cluster *conf, const struct clock *clock, struct str *line)
{
    struct kafka_plan *plan = kafka_plan_new(conf, NULL, clock);
    struct kafka_round_memory memory = {0};
    struct kafka_round r = {0};
    int64_t start = clock_mono_us(clock);
    struct kafka_budget budget = {.clock = clock, .until_us = start + (int64_t)conf->deadline_ms * 1000};
    kafka_round_run(&plan->round, &memory, &budget, &r);
    int64_t ms = (clock_mono_us(clock) - start + 999) / 1000;
    str_printf(line, "%s: ", conf->name);
    int rc = r.code;
    if (rc == 0 || rc == ERR_PARTIAL)
        say_result(line, &r, ms);
    else
        str_printf(line, "%s (after %lld ms)", r.error.text, (long long)ms);
    close_client(memory.admin);
    for (size_t i = 0; i < r.nretired; i++)
        close_client(r.retired[i]);
    kafka_round_memory_done(&memory);
    kafka_round_done(&r);
    kafka_plan_unref(plan);
    return rc;
}
