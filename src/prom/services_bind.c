/* Series and what they are for. */
#include "prom/services_bind.h"

#include "base/mem.h"
#include "base/number.h"
#include "prom/labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A series that is being looked at. */
struct met {
    const char *labels;
    uint32_t place; /* of its number, or of the histogram */
    bool is_histogram;
};

static void free_service(struct prom_service *s)
{
    name_unref(s->name);
    vec_done(&s->buckets);
    free(s);
}

void prom_services_bind_forget(struct prom_services *v)
{
    for (size_t i = 0; i < v->services.n; i++)
        free_service(v->services.items[i]);
    v->services.n = v->series.n = 0;
    map_done(&v->by_name);
    v->by_name = (struct map){0};
    v->bound = false;
}

/* What a service is found by, in scratch: its recipe and its name. */
static void identify(struct prom_services *v, uint16_t recipe, const char *name, size_t len)
{
    str_clear(&v->scratch);
    str_bytes(&v->scratch, &recipe, sizeof recipe);
    str_bytes(&v->scratch, name, len);
}

void prom_services_bind_begin(struct prom_services *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->services.n; i++) {
        struct prom_service *s = v->services.items[i];
        if (s->row) {
            memset(s->found, 0, sizeof s->found);
            memset(s->by, 0, sizeof s->by);
            s->errors_named = false;
            v->services.items[kept++] = s;
            continue;
        }
        identify(v, s->recipe, s->name->raw, s->name->len);
        map_del(&v->by_name, v->scratch.s, v->scratch.len);
        free_service(s);
    }
    v->services.n = kept;
    for (size_t i = 0; i < kept; i++) {
        const struct prom_service *s = v->services.items[i];
        identify(v, s->recipe, s->name->raw, s->name->len);
        map_put(&v->by_name, v->scratch.s, v->scratch.len, (void *)(uintptr_t)(i + 1));
    }
    v->series.n = v->beyond = v->recipes.n = 0;
    vec_reserve(&v->recipes, v->book->recipes.n);
    v->recipes.n = v->book->recipes.n;
    if (v->recipes.n)
        memset(v->recipes.items, 0, v->recipes.n * sizeof *v->recipes.items);
    v->at = 0;
    v->bound = false;
}

/* ---- the service of a series ---- */

/* The values of the recipe's labels that there are, joined; the job where there are none. */
static void write_name(const struct prom_services *v, const struct prom_book_recipe *recipe, const char *labels,
                       struct str *out)
{
    for (size_t i = 0; i < recipe->service.n; i++) {
        size_t before = out->len;
        if (before)
            str_char(out, '/');
        if (!prom_labels_get(labels, recipe->service.items[i], out))
            str_cut(out, before);
    }
    if (!out->len)
        str_bytes(out, v->job->raw, v->job->len);
}

/* Its position; SIZE_MAX past the limit. */
static size_t service_of(struct prom_services *v, uint16_t recipe, const char *labels)
{
    struct str name = {0};
    write_name(v, v->book->recipes.items[recipe], labels, &name);
    identify(v, recipe, str_text(&name), name.len);
    size_t found = (size_t)(uintptr_t)map_get(&v->by_name, v->scratch.s, v->scratch.len);
    if (!found && v->services.n < PROM_SERVICES_MAX) {
        struct prom_service *s = mem_new(struct prom_service);
        s->recipe = recipe;
        s->name = name_intern(v->job->pool, str_text(&name), name.len);
        vec_push(&v->services, s);
        found = v->services.n;
        map_put(&v->by_name, v->scratch.s, v->scratch.len, (void *)(uintptr_t)found);
    }
    str_done(&name);
    return found - 1;
}

/* ---- what a series is for ---- */

static enum prom_services_role quantile_role(const char *text)
{
    static const struct {
        double q;
        enum prom_services_role role;
    } wanted[] = {{0.5, PROM_SERVICES_P50}, {0.95, PROM_SERVICES_P95}, {0.99, PROM_SERVICES_P99}};
    double q;
    for (size_t i = 0; number_read(text, strlen(text), &q) == 0 && i < sizeof wanted / sizeof *wanted; i++)
        if (fabs(q - wanted[i].q) < 1e-9)
            return wanted[i].role;
    return PROM_SERVICES_ROLES;
}

/* Of latency, what a sample is: a quantile, the sum or the count of a summary, a sum of its own, a mean. ROLES: nothing. */
static enum prom_services_role latency_role(const struct prom_book_recipe *recipe, enum prom_book_form form,
                                            const char *labels)
{
    if (form == PROM_BOOK_SUM)
        return PROM_SERVICES_OWN_TIME;
    if (form == PROM_BOOK_COUNT)
        return PROM_SERVICES_OWN_TIMED;
    struct str quantile = {0};
    enum prom_services_role role = PROM_SERVICES_MEAN;
    if (prom_labels_get(labels, "quantile", &quantile))
        role = quantile_role(str_text(&quantile));
    else if (recipe->parts[PROM_RECIPES_LATENCY_COUNT].n)
        role = PROM_SERVICES_TIME;
    str_done(&quantile);
    return role;
}

static enum prom_services_role role_of(const struct prom_book_recipe *recipe, const struct prom_book_use *u,
                                       const struct met *m)
{
    static const enum prom_services_role roles[PROM_RECIPES_PARTS] = {
        [PROM_RECIPES_MATCH] = PROM_SERVICES_ROLES,         [PROM_RECIPES_REQUESTS] = PROM_SERVICES_REQUESTS,
        [PROM_RECIPES_ERRORS] = PROM_SERVICES_ERRORS,       [PROM_RECIPES_LATENCY] = PROM_SERVICES_ROLES,
        [PROM_RECIPES_LATENCY_COUNT] = PROM_SERVICES_TIMED, [PROM_RECIPES_IN_FLIGHT] = PROM_SERVICES_IN_FLIGHT,
        [PROM_RECIPES_QUEUE] = PROM_SERVICES_QUEUE,         [PROM_RECIPES_SATURATION] = PROM_SERVICES_SATURATION,
        [PROM_RECIPES_CAPACITY] = PROM_SERVICES_CAPACITY,   [PROM_RECIPES_IDLE] = PROM_SERVICES_IDLE,
    };
    if (u->part == PROM_RECIPES_LATENCY && !m->is_histogram)
        return latency_role(recipe, (enum prom_book_form)u->form, m->labels);
    return roles[u->part];
}

static void take(struct prom_services *v, const struct prom_book_use *u, const struct met *m,
                 enum prom_services_role role, bool of_histogram)
{
    size_t service = v->series.n < PROM_SERVICES_SERIES ? service_of(v, u->recipe, m->labels) : SIZE_MAX;
    if (service == SIZE_MAX) {
        v->beyond++;
        return;
    }
    v->services.items[service]->found[u->part]++;
    v->services.items[service]->by[u->part] |= 1u << (u->selector < 31 ? u->selector : 31);
    vec_push(&v->series,
             (struct prom_services_series){
                 .place = m->place, .service = (uint16_t)service, .role = (uint8_t)role, .of_histogram = of_histogram});
}

/* That there are series with the name of errors, even if none of them is one. */
static void name_errors(struct prom_services *v, uint16_t recipe, const char *labels)
{
    size_t service = service_of(v, recipe, labels);
    if (service != SIZE_MAX)
        v->services.items[service]->errors_named = true;
}

/* One of the uses that a series' name allows: do its labels, too? */
static bool use(struct prom_services *v, const struct prom_book_use *u, const struct met *m)
{
    const struct prom_book_recipe *recipe = v->book->recipes.items[u->recipe];
    struct prom_services_recipe *seen = &v->recipes.items[u->recipe];
    bool chosen = prom_selector_labels(prom_book_selector(v->book, u), m->labels);
    if (u->part == PROM_RECIPES_ERRORS)
        name_errors(v, u->recipe, m->labels);
    if (!chosen)
        return false;
    if (u->part == PROM_RECIPES_MATCH) {
        seen->fits = true;
        return true;
    }
    if (m->is_histogram && u->form == PROM_BOOK_HISTOGRAM) {
        take(v, u, m, PROM_SERVICES_HISTOGRAM, true);
        return true;
    }
    enum prom_services_role role = role_of(recipe, u, m);
    if (role != PROM_SERVICES_ROLES)
        take(v, u, m, role, m->is_histogram);
    return true;
}

/* Each part of a recipe takes a series once, whichever of its selectors chooses it. */
static void meet(struct prom_services *v, const struct prom_book_uses *uses, const struct met *m)
{
    const struct prom_book_use *taken = NULL;
    for (size_t i = 0; i < uses->n; i++) {
        const struct prom_book_use *u = &uses->items[i];
        if (taken && taken->recipe == u->recipe && taken->part == u->part)
            continue;
        if (use(v, u, m))
            taken = u;
    }
}

bool prom_services_bind(struct prom_services *v, const struct prom_series *s, size_t steps)
{
    const size_t all = s->metrics.n + s->histograms.n;
    for (; steps > 0 && v->at < all; steps--, v->at++)
        if (v->at < s->metrics.n) {
            const struct prom_series_metric *m = &s->metrics.items[v->at];
            if (!m->labels)
                continue;
            meet(v, prom_book_of_sample(v->book, prom_series_name(s, m)->name),
                 &(struct met){.labels = m->labels->raw, .place = m->number});
        } else {
            const size_t i = v->at - s->metrics.n;
            const struct prom_series_histogram *h = &s->histograms.items[i];
            if (!h->labels)
                continue;
            meet(v, prom_book_of_histogram(v->book, prom_series_family(s, h->family)->name),
                 &(struct met){.labels = h->labels->raw, .place = (uint32_t)i, .is_histogram = true});
        }
    return v->at >= all;
}
