/* Rows of services. */
#include "prom/services.h"

#include "prom/services_bind.h"
#include "prom/services_sum.h"
#include "prom/services_tables.h"

#include <string.h>

/* ---- rows ---- */

static struct row *row_of(const struct prom_services *v, struct prom_service *s)
{
    struct row *row = s->row ? table_by_id(v->table, s->row) : NULL;
    if (row)
        return row;
    const char *text = v->book->recipes.items[s->recipe]->name;
    struct name *recipe = name_intern(store_names(table_store(v->table)), text, strlen(text));
    const struct value key[] = {{.s = v->job, .quality = QUALITY_EXACT},
                                {.s = v->instance, .quality = QUALITY_EXACT},
                                {.s = s->name, .quality = QUALITY_EXACT},
                                {.s = recipe, .quality = QUALITY_EXACT}};
    row = table_upsert(v->table, key, v->owner);
    name_unref(recipe);
    s->row = row ? row_id(row) : 0;
    return row;
}

static void remove_row(const struct prom_services *v, struct prom_service *s)
{
    table_remove_id(v->table, s->row);
    s->row = 0;
}

static void write_row(const struct prom_services *v, struct prom_service *s)
{
    const struct prom_services_values *is = &s->values;
    struct row *row = row_of(v, s);
    struct table *t = v->table;
    if (!row)
        return;
    table_set_told(t, row, SERVICES_IN_FLIGHT, is->in_flight);
    table_set_told(t, row, SERVICES_QUEUE, is->queue);
    table_set_told(t, row, SERVICES_SATURATION, is->saturation);
    if (is->old)
        return;
    table_set_told(t, row, SERVICES_REQUESTS_S, is->requests);
    table_set_told(t, row, SERVICES_ERROR_RATIO, is->error_ratio);
    table_set_told(t, row, SERVICES_P50_MS, is->p50);
    table_set_told(t, row, SERVICES_P95_MS, is->p95);
    table_set_told(t, row, SERVICES_P99_MS, is->p99);
    table_set_told(t, row, SERVICES_MEAN_MS, is->mean);
    table_set_text(t, row, SERVICES_LATENCY_FROM, is->from);
    table_set_text(t, row, SERVICES_NOTE, *is->note ? is->note : NULL);
}

/* Is there something that the recipe shows? One whose `match` is elsewhere is not for this endpoint. */
static bool is_shown(const struct prom_services *v, const struct prom_service *s)
{
    return s->alive &&
           (v->recipes.items[s->recipe].fits || !v->book->recipes.items[s->recipe]->parts[PROM_RECIPES_MATCH].n);
}

/* ---- steps ---- */

static void remove_rows(struct prom_services *v)
{
    for (size_t i = 0; v->table && i < v->services.n; i++)
        remove_row(v, v->services.items[i]);
}

static void forget_all(struct prom_services *v)
{
    remove_rows(v);
    prom_services_bind_forget(v);
}

static void add_begin(struct prom_services *v)
{
    for (size_t i = 0; i < v->services.n; i++)
        prom_services_sum_clear(v->services.items[i]);
    v->phase = PROM_SERVICES_ADD;
    v->at = 0;
}

void prom_services_begin(struct prom_services *v, const struct prom_series *s)
{
    if (v->version != v->book->version)
        forget_all(v);
    v->version = v->book->version;
    if (v->bound && v->changes == s->changes) {
        add_begin(v);
        return;
    }
    v->changes = s->changes;
    v->phase = PROM_SERVICES_BIND;
    prom_services_bind_begin(v);
}

static void bind_on(struct prom_services *v, const struct prom_series *s, size_t steps)
{
    if (!prom_services_bind(v, s, steps))
        return;
    v->bound = true;
    add_begin(v);
}

static void add_on(struct prom_services *v, const struct prom_series *s, size_t steps)
{
    for (; steps > 0 && v->at < v->series.n; steps--, v->at++) {
        const struct prom_services_series *from = &v->series.items[v->at];
        struct prom_service *to = v->services.items[from->service];
        prom_services_sum_add(to, v->book->recipes.items[to->recipe], s, from);
    }
    if (v->at < v->series.n)
        return;
    v->phase = PROM_SERVICES_WRITE;
    v->at = 0;
}

static void write_on(struct prom_services *v, size_t steps)
{
    for (; steps > 0 && v->at < v->services.n; steps--, v->at++) {
        struct prom_service *s = v->services.items[v->at];
        s->alive = is_shown(v, s);
        if (s->alive)
            prom_services_sum_value(s, v->book->recipes.items[s->recipe]);
        if (s->alive && v->table)
            write_row(v, s);
        else if (v->table)
            remove_row(v, s);
    }
    if (v->at == v->services.n)
        v->phase = PROM_SERVICES_DONE;
}

bool prom_services_step(struct prom_services *v, const struct prom_series *s, size_t steps)
{
    if (v->version != v->book->version)
        prom_services_begin(v, s); /* other recipes came between two steps */
    switch (v->phase) {
    case PROM_SERVICES_BIND:
        bind_on(v, s, steps);
        break;
    case PROM_SERVICES_ADD:
        add_on(v, s, steps);
        break;
    case PROM_SERVICES_WRITE:
        write_on(v, steps);
        break;
    case PROM_SERVICES_DONE:
        break;
    }
    return v->phase == PROM_SERVICES_DONE;
}

bool prom_services_limited(const struct prom_services *v, struct error *err)
{
    if (!v->beyond)
        return false;
    error_set(err, ERR_LIMIT, "%zu series that recipes choose are left out: the limit is %d, of at most %d services",
              v->beyond, PROM_SERVICES_SERIES, PROM_SERVICES_MAX);
    return true;
}

void prom_services_done(struct prom_services *v)
{
    prom_services_bind_forget(v);
    vec_done(&v->services);
    vec_done(&v->series);
    vec_done(&v->recipes);
    str_done(&v->scratch);
}
