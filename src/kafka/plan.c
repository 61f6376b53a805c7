/* A round's plan with all that it points to. */
#include "kafka/plan.h"
#include "base/mem.h"
#include "conf/globs.h"
#include "kafka/access.h"

#include <stdlib.h>
#include <string.h>

static char **copy_list(char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    char **copy = mem_calloc(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++)
        copy[i] = mem_strdup(list[i]);
    return copy;
}

static struct conf_globs copy_globs(const struct conf_globs *g)
{
    return (struct conf_globs){.in = copy_list(g->in), .out = copy_list(g->out)};
}

static struct conf_property *copy_properties(const struct conf_cluster *conf)
{
    struct conf_property *copy = mem_calloc(conf->nproperties + 1, sizeof *copy);
    for (size_t i = 0; i < conf->nproperties; i++) {
        const struct conf_property *p = &conf->properties[i];
        copy[i] = (struct conf_property){.name = mem_strdup(p->name),
                                         .value = mem_strdup(p->value),
                                         .origin = mem_strdup(p->origin ? p->origin : "property"),
                                         .secret = p->secret};
    }
    return copy;
}

static size_t cap(int64_t value)
{
    return value > 0 ? (size_t)value : SIZE_MAX;
}

struct kafka_plan *kafka_plan_new(const struct conf_cluster *conf, const struct kafka_admin_ops *ops,
                                  const struct clock *clock, struct kafka_sweep *sweep, struct kafka_pace *pace)
{
    struct kafka_plan *p = mem_new(struct kafka_plan);
    p->refs = 1;
    p->no_records = conf->no_records;
    p->round = (struct kafka_round_plan){
        .ops = ops ? ops : &kafka_admin_librdkafka,
        .settings = {.bootstrap = mem_strdup(conf->bootstrap),
                     .properties = copy_properties(conf),
                     .nproperties = conf->nproperties,
                     .access = kafka_access_new(conf, clock),
                     .read_committed = conf->read_committed,
                     .max_in_flight = conf->max_in_flight,
                     .clock = clock,
                     .pace = kafka_pace_ref(pace)},
        .groups = copy_globs(&conf->groups),
        .topics = copy_globs(&conf->topics),
        .sweep = kafka_sweep_ref(sweep),
        .interval_ms = conf->interval_ms,
        .no_records = conf->no_records,
        .read_committed = copy_globs(&conf->read_committed_groups),
        .starts_interval_ms = conf->starts_interval_ms,
        .max_groups = cap(conf->max_groups),
        .max_partitions = cap(conf->max_partitions),
    };
    return p;
}

struct kafka_plan *kafka_plan_ref(struct kafka_plan *p)
{
    p->refs++;
    return p;
}

void kafka_plan_unref(struct kafka_plan *p)
{
    if (!p || --p->refs)
        return;
    struct kafka_round_plan *r = &p->round;
    for (size_t i = 0; i < r->settings.nproperties; i++) {
        struct conf_property *x = (struct conf_property *)(uintptr_t)&r->settings.properties[i];
        free(x->name);
        mem_free_secret(x->value);
        free(x->origin);
    }
    kafka_access_unref(r->settings.access);
    free((void *)(uintptr_t)r->settings.properties);
    free((void *)(uintptr_t)r->settings.bootstrap);
    kafka_pace_unref(r->settings.pace);
    kafka_sweep_unref(r->sweep);
    conf_globs_done(&r->groups);
    conf_globs_done(&r->topics);
    conf_globs_done(&r->read_committed);
    free(p);
}
