/* Recipes in force. */
#include "prom/book.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

enum { REMEMBERED = 200000 }; /* names; past them all are forgotten, and met again */

/* ---- loading ---- */

static void free_recipe(struct prom_book_recipe *r)
{
    for (size_t i = 0; i < r->service.n; i++)
        free(r->service.items[i]);
    vec_done(&r->service);
    for (size_t p = 0; p < PROM_RECIPES_PARTS; p++) {
        for (size_t i = 0; i < r->parts[p].n; i++)
            prom_selector_free(r->parts[p].items[i]);
        vec_done(&r->parts[p]);
    }
    free(r->name);
    free(r->title);
    free(r);
}

static void forget(struct map *m)
{
    void *value;
    for (size_t at = 0; map_next(m, &at, NULL, NULL, &value);) {
        struct prom_book_uses *u = value;
        name_unref(u->name);
        free(u->items);
        free(u);
    }
    map_done(m);
    *m = (struct map){0};
}

static double seconds_of(const char *unit)
{
    static const struct {
        const char *name;
        double seconds;
    } units[] = {{"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}};
    for (size_t i = 0; unit && i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, unit) == 0)
            return units[i].seconds;
    return 1;
}

/* One that cannot be read chooses nothing; the configuration's have been checked. */
static void add_selector(struct prom_book_recipe *r, enum prom_recipes_part part, const char *text)
{
    struct prom_selector *s;
    if (prom_selector_parse(text, &s, NULL, NULL) == 0)
        vec_push(&r->parts[part], s);
}

static struct prom_book_recipe *built_in(const struct prom_recipes_def *def)
{
    struct prom_book_recipe *r = mem_new(struct prom_book_recipe);
    r->name = mem_strdup(def->name);
    r->title = mem_strdup(def->title);
    r->errors_apart = def->errors_apart;
    r->full = def->full > 0 ? def->full : 1;
    r->seconds = seconds_of(def->unit);
    for (size_t i = 0; i < PROM_RECIPES_LABELS && def->service[i]; i++)
        vec_push(&r->service, mem_strdup(def->service[i]));
    for (size_t p = 0; p < PROM_RECIPES_PARTS; p++)
        for (size_t i = 0; i < PROM_RECIPES_SELECTORS && def->parts[p][i]; i++)
            add_selector(r, (enum prom_recipes_part)p, def->parts[p][i]);
    return r;
}

static struct prom_book_recipe *own(const struct conf_recipe *conf)
{
    char *const *const parts[PROM_RECIPES_PARTS] = {
        [PROM_RECIPES_MATCH] = conf->match,
        [PROM_RECIPES_REQUESTS] = conf->requests,
        [PROM_RECIPES_ERRORS] = conf->errors,
        [PROM_RECIPES_LATENCY] = conf->latency,
        [PROM_RECIPES_LATENCY_COUNT] = conf->latency_count,
        [PROM_RECIPES_IN_FLIGHT] = conf->in_flight,
        [PROM_RECIPES_QUEUE] = conf->queue,
        [PROM_RECIPES_SATURATION] = conf->saturation,
        [PROM_RECIPES_CAPACITY] = conf->capacity,
        [PROM_RECIPES_IDLE] = conf->idle,
    };
    struct prom_book_recipe *r = mem_new(struct prom_book_recipe);
    r->name = mem_strdup(conf->name);
    r->title = mem_strdup(conf->title ? conf->title : conf->name);
    r->own = true;
    r->errors_apart = conf->errors_apart;
    r->full = (double)conf->full;
    r->seconds = seconds_of(conf->unit);
    for (size_t i = 0; conf->service && conf->service[i]; i++)
        vec_push(&r->service, mem_strdup(conf->service[i]));
    for (size_t p = 0; p < PROM_RECIPES_PARTS; p++)
        for (size_t i = 0; parts[p] && parts[p][i]; i++)
            add_selector(r, (enum prom_recipes_part)p, parts[p][i]);
    return r;
}

static bool is_replaced(const char *name, const struct conf_recipe *own, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(own[i].name, name) == 0)
            return true;
    return false;
}

static void clear(struct prom_book *b)
{
    for (size_t i = 0; i < b->recipes.n; i++)
        free_recipe(b->recipes.items[i]);
    b->recipes.n = 0;
    forget(&b->samples);
    forget(&b->histograms);
}

void prom_book_load(struct prom_book *b, const struct conf_recipe *recipes, size_t n)
{
    clear(b);
    b->version++;
    for (const struct prom_recipes_def *def = prom_recipes_all; def->name; def++)
        if (!is_replaced(def->name, recipes, n))
            vec_push(&b->recipes, built_in(def));
    for (size_t i = 0; i < n; i++)
        if (recipes[i].enabled)
            vec_push(&b->recipes, own(&recipes[i]));
}

void prom_book_done(struct prom_book *b)
{
    clear(b);
    vec_done(&b->recipes);
}

/* ---- names ---- */

/* A name that is being compared: as it is, and without the suffixes that series of one thing have. */
struct asked {
    const char *names[3];
    enum prom_book_form forms[3]; /* of each */
    size_t n;
};

static bool takes(enum prom_recipes_part part, enum prom_book_form form)
{
    return form == PROM_BOOK_VALUE || part == PROM_RECIPES_LATENCY || part == PROM_RECIPES_MATCH;
}

static void compare(const struct prom_book *b, const struct asked *a, struct prom_book_uses *ret)
{
    size_t room = 0;
    for (size_t r = 0; r < b->recipes.n; r++)
        for (size_t p = 0; p < PROM_RECIPES_PARTS; p++)
            for (size_t s = 0; s < b->recipes.items[r]->parts[p].n; s++)
                for (size_t i = 0; i < a->n; i++) {
                    if (!takes((enum prom_recipes_part)p, a->forms[i]) ||
                        !prom_selector_name(b->recipes.items[r]->parts[p].items[s], a->names[i]))
                        continue;
                    if (ret->n == room)
                        ret->items = mem_realloc(ret->items, room = room ? 2 * room : 2, sizeof *ret->items);
                    ret->items[ret->n++] = (struct prom_book_use){.recipe = (uint16_t)r,
                                                                  .selector = (uint16_t)s,
                                                                  .part = (uint8_t)p,
                                                                  .form = (uint8_t)a->forms[i]};
                    break;
                }
}

static struct prom_book_uses *remembered(struct map *m, struct name *name, bool *known)
{
    struct prom_book_uses *u = map_get(m, &name, sizeof name);
    *known = u;
    if (u)
        return u;
    if (m->n >= REMEMBERED)
        forget(m);
    u = mem_new(struct prom_book_uses);
    u->name = name_ref(name);
    map_put(m, &name, sizeof name, u);
    return u;
}

/* The name without a suffix, on the heap; NULL: it has another end. */
static char *without(const char *name, const char *suffix)
{
    size_t len = strlen(name), cut = strlen(suffix);
    return len > cut && strcmp(name + len - cut, suffix) == 0 ? mem_memdup(name, len - cut) : NULL;
}

const struct prom_book_uses *prom_book_of_sample(struct prom_book *b, struct name *name)
{
    bool known;
    struct prom_book_uses *u = remembered(&b->samples, name, &known);
    if (known)
        return u;
    char *sum = without(name->raw, "_sum"), *count = without(name->raw, "_count");
    struct asked a = {.names = {name->raw}, .forms = {PROM_BOOK_VALUE}, .n = 1};
    if (sum || count) {
        a.names[1] = sum ? sum : count;
        a.forms[1] = sum ? PROM_BOOK_SUM : PROM_BOOK_COUNT;
        a.n = 2;
    }
    compare(b, &a, u);
    free(sum);
    free(count);
    return u;
}

const struct prom_book_uses *prom_book_of_histogram(struct prom_book *b, struct name *name)
{
    bool known;
    struct prom_book_uses *u = remembered(&b->histograms, name, &known);
    if (known)
        return u;
    char *bucket = mem_printf("%s_bucket", name->raw), *count = mem_printf("%s_count", name->raw);
    struct asked a = {.names = {name->raw, bucket}, .forms = {PROM_BOOK_HISTOGRAM, PROM_BOOK_HISTOGRAM}, .n = 2};
    compare(b, &a, u);
    /* whatever counts something may count what a histogram has observed; VALUE is that */
    a = (struct asked){.names = {count}, .forms = {PROM_BOOK_VALUE}, .n = 1};
    compare(b, &a, u);
    free(bucket);
    free(count);
    return u;
}

const struct prom_selector *prom_book_selector(const struct prom_book *b, const struct prom_book_use *u)
{
    return b->recipes.items[u->recipe]->parts[u->part].items[u->selector];
}
