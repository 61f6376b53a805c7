/* The list of endpoints, and who writes for each. */
#include "demo/endpoints.h"

#include "base/mem.h"
#include "demo/exposition.h"
#include "demo/jmx.h"
#include "demo/machine.h"

#include <stdlib.h>

enum kind { SCORER, MACHINE, BROKER };

struct endpoint {
    enum kind kind;
    int index; /* of the process or machine; of a broker, its id */
    char *instance;
};

struct demo_endpoints {
    const struct demo_world *world;
    const struct clock *clock;
    uint64_t seed;
    int64_t begin_us, begin_wall_ms, ms;
    struct demo_scorer *scorer;
    VEC(struct endpoint) items;
};

/* The ports are those that such servers have. */
static void add_all(struct demo_endpoints *e)
{
    for (int i = 0; i < DEMO_SCORER_PROCESSES; i++)
        vec_push(&e->items, ((struct endpoint){SCORER, i, mem_printf(DEMO_SCORER_JOB "-%d:3000", i)}));
    for (int i = 0; i < DEMO_MACHINE_COUNT; i++)
        vec_push(&e->items, ((struct endpoint){MACHINE, i, mem_printf("%s:9100", demo_machine_names[i])}));
    for (size_t i = 0; i < e->world->nodes.n; i++) {
        int id = e->world->nodes.items[i].id;
        vec_push(&e->items, ((struct endpoint){BROKER, id, mem_printf("broker-%d:7071", id)}));
    }
}

struct demo_endpoints *demo_endpoints_new(const struct demo_world *world, const struct clock *clock, uint64_t seed)
{
    struct demo_endpoints *e = mem_new(struct demo_endpoints);
    e->world = world;
    e->clock = clock;
    e->seed = seed;
    e->begin_us = clock_mono_us(clock);
    e->begin_wall_ms = clock_wall_ms(clock);
    e->scorer = demo_scorer_new(seed);
    add_all(e);
    return e;
}

void demo_endpoints_free(struct demo_endpoints *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->items.n; i++)
        free(e->items.items[i].instance);
    vec_done(&e->items);
    demo_scorer_free(e->scorer);
    free(e);
}

void demo_endpoints_step(struct demo_endpoints *e)
{
    e->ms = (clock_mono_us(e->clock) - e->begin_us) / 1000;
    demo_scorer_step(e->scorer, e->ms);
}

size_t demo_endpoints_count(const struct demo_endpoints *e)
{
    return e->items.n;
}

const char *demo_endpoints_job(const struct demo_endpoints *e, size_t i)
{
    static const char *const jobs[] = {[SCORER] = DEMO_SCORER_JOB, [MACHINE] = "node", [BROKER] = "kafka"};
    return jobs[e->items.items[i].kind];
}

const char *demo_endpoints_instance(const struct demo_endpoints *e, size_t i)
{
    return e->items.items[i].instance;
}

int32_t demo_endpoints_broker(const struct demo_endpoints *e, size_t i)
{
    return e->items.items[i].kind == BROKER ? e->items.items[i].index : 0;
}

bool demo_endpoints_up(const struct demo_endpoints *e, size_t i)
{
    const struct endpoint *one = &e->items.items[i];
    return one->kind != SCORER || demo_scorer_runs(one->index, demo_endpoints_second(e));
}

const char *demo_endpoints_body(const struct demo_endpoints *e, size_t i, struct str *out)
{
    const struct endpoint *one = &e->items.items[i];
    struct demo_exposition to = {.out = out, .openmetrics = one->kind == SCORER};
    switch (one->kind) {
    case SCORER:
        demo_scorer_write(e->scorer, one->index, e->begin_wall_ms, &to);
        break;
    case MACHINE:
        demo_machine_write(one->index, e->seed, e->ms, e->begin_wall_ms, &to);
        break;
    case BROKER:
        demo_jmx_write(e->world, one->index, e->seed, e->ms, &to);
        break;
    }
    demo_exposition_end(&to);
    return demo_exposition_content_type(to.openmetrics);
}

int64_t demo_endpoints_second(const struct demo_endpoints *e)
{
    return e->ms / 1000;
}

int64_t demo_endpoints_begin_wall_ms(const struct demo_endpoints *e)
{
    return e->begin_wall_ms;
}

const struct demo_world *demo_endpoints_world(const struct demo_endpoints *e)
{
    return e->world;
}

const struct demo_scorer *demo_endpoints_scorer(const struct demo_endpoints *e)
{
    return e->scorer;
}
