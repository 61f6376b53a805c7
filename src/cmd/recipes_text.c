/* What recipes find, written. */
#include "cmd/recipes_text.h"

#include "base/text.h"
#include "table/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a part of a recipe gives: a column of `services`, and where its value is. */
static const struct shown {
    const char *name; /* as the column's */
    enum prom_recipes_part part;
    size_t value; /* within struct prom_services_values */
    enum column_unit unit;
} shown[] = {
    {"requests_s", PROM_RECIPES_REQUESTS, offsetof(struct prom_services_values, requests), UNIT_PER_SECOND},
    {"error_ratio", PROM_RECIPES_ERRORS, offsetof(struct prom_services_values, error_ratio), UNIT_RATIO},
    {"p50_ms", PROM_RECIPES_LATENCY, offsetof(struct prom_services_values, p50), UNIT_MS},
    {"p95_ms", PROM_RECIPES_LATENCY, offsetof(struct prom_services_values, p95), UNIT_MS},
    {"p99_ms", PROM_RECIPES_LATENCY, offsetof(struct prom_services_values, p99), UNIT_MS},
    {"mean_ms", PROM_RECIPES_LATENCY, offsetof(struct prom_services_values, mean), UNIT_MS},
    {"in_flight", PROM_RECIPES_IN_FLIGHT, offsetof(struct prom_services_values, in_flight), UNIT_COUNT},
    {"queue", PROM_RECIPES_QUEUE, offsetof(struct prom_services_values, queue), UNIT_COUNT},
    {"saturation", PROM_RECIPES_SATURATION, offsetof(struct prom_services_values, saturation), UNIT_RATIO},
};
enum { SHOWN = sizeof shown / sizeof *shown };

/* ---- what there is ---- */

static bool fits(const struct cmd_recipes_endpoint *e, size_t recipe)
{
    for (size_t i = 0; e->services && i < e->services->services.n; i++)
        if (e->services->services.items[i]->alive && e->services->services.items[i]->recipe == recipe)
            return true;
    return false;
}

size_t cmd_recipes_text_fits(const struct cmd_recipes_endpoint *e)
{
    size_t n = 0;
    for (size_t r = 0; e->services && r < e->services->book->recipes.n; r++)
        n += fits(e, r);
    return n;
}

static double value_of(const struct prom_service *s, const struct shown *what)
{
    double d;
    memcpy(&d, (const char *)&s->values + what->value, sizeof d);
    return d;
}

/* Idleness is saturation told the other way round. */
static enum prom_recipes_part part_of(const struct prom_book_recipe *r, const struct shown *what)
{
    bool idle = what->part == PROM_RECIPES_SATURATION && !r->parts[what->part].n;
    return idle ? PROM_RECIPES_IDLE : what->part;
}

/* Why a value is not known. */
static const char *why(const struct prom_book_recipe *r, const struct prom_service *s, const struct shown *what)
{
    const bool quantile = what->part == PROM_RECIPES_LATENCY && strcmp(what->name, "mean_ms") != 0;
    const enum prom_recipes_part part = part_of(r, what);
    if (!r->parts[part].n)
        return "the recipe does not say";
    if (!s->found[part])
        return "no such series";
    if (quantile && s->values.from && strcmp(s->values.from, "mean") == 0)
        return "only a mean is told";
    if (what->part == PROM_RECIPES_ERRORS || what->part == PROM_RECIPES_LATENCY)
        return "nothing in this interval, or not told";
    return "not to be told from two scrapes";
}

/* ---- in words ---- */

/* Those of the bits; 0: all. */
static void write_selectors(const struct prom_book_recipe *r, enum prom_recipes_part part, uint32_t bits,
                            struct str *out)
{
    bool any = false;
    for (size_t i = 0; i < r->parts[part].n; i++) {
        const char *text = prom_selector_text(r->parts[part].items[i]);
        if (bits && !(bits & 1u << (i < 31 ? i : 31)))
            continue;
        str_add(out, any ? " + " : "");
        text_safe(out, text, strlen(text));
        any = true;
    }
}

/* The others of its part are of the same series. */
static const struct shown *first_of(enum prom_recipes_part part)
{
    size_t i = 0;
    while (shown[i].part != part)
        i++;
    return &shown[i];
}

static void write_part(const struct prom_book_recipe *r, const struct prom_service *s, const struct shown *what,
                       struct str *out)
{
    const struct column column = {.name = what->name, .type = COLUMN_REAL, .unit = what->unit};
    const struct format_options plain = {0};
    const enum prom_recipes_part part = part_of(r, what);
    double value = value_of(s, what);
    struct str text = {0};
    if (!r->parts[part].n && isnan(value))
        return;
    if (isnan(value))
        str_char(&text, '-');
    else
        format_cell(&text, &column, value_real(value), &plain);
    str_printf(out, "    %-12s %-10s ", what->name, str_text(&text));
    if (what->part == PROM_RECIPES_LATENCY && what != first_of(what->part)) {
        str_printf(out, "%s", isnan(value) ? why(r, s, what) : "");
    } else {
        if (s->found[part])
            str_printf(out, "%u series of ", s->found[part]);
        else if (r->parts[part].n)
            str_add(out, "none of ");
        write_selectors(r, part, s->by[part], out);
        if (isnan(value))
            str_printf(out, "%s%s", r->parts[part].n ? ": " : "", why(r, s, what));
    }
    while (out->len && out->s[out->len - 1] == ' ')
        str_cut(out, out->len - 1);
    str_char(out, '\n');
    str_done(&text);
}

static void write_recipe(const struct cmd_recipes_endpoint *e, size_t recipe, struct str *out)
{
    const struct prom_book_recipe *r = e->services->book->recipes.items[recipe];
    text_safe(out, r->name, strlen(r->name));
    str_add(out, ": ");
    text_safe(out, r->title, strlen(r->title));
    str_char(out, '\n');
    for (size_t i = 0; i < e->services->services.n; i++) {
        const struct prom_service *s = e->services->services.items[i];
        if (!s->alive || s->recipe != recipe)
            continue;
        str_printf(out, "  %s\n", s->name->safe);
        for (size_t k = 0; k < SHOWN; k++)
            write_part(r, s, &shown[k], out);
        if (*s->values.note)
            str_printf(out, "    %s\n", s->values.note);
    }
}

/* Those of one's own that do not fit, and what they look for. */
static void write_missing(const struct cmd_recipes_endpoint *e, struct str *out)
{
    for (size_t i = 0; i < e->services->book->recipes.n; i++) {
        const struct prom_book_recipe *r = e->services->book->recipes.items[i];
        if (!r->own || fits(e, i))
            continue;
        text_safe(out, r->name, strlen(r->name));
        str_add(out, " does not fit: no series of ");
        if (r->parts[PROM_RECIPES_MATCH].n && !e->services->recipes.items[i].fits)
            write_selectors(r, PROM_RECIPES_MATCH, 0, out);
        else
            str_add(out, "its parts");
        str_char(out, '\n');
    }
}

void cmd_recipes_text_write(const struct cmd_recipes_endpoint *e, struct str *out)
{
    size_t n = cmd_recipes_text_fits(e);
    if (!e->services) {
        bool named = strncmp(e->error, e->url, strlen(e->url)) == 0;
        text_safe(out, named ? "" : e->url, named ? 0 : strlen(e->url));
        str_add(out, named ? "" : ": ");
        text_safe(out, e->error, strlen(e->error));
        str_char(out, '\n');
        return;
    }
    text_safe(out, e->url, strlen(e->url));
    str_printf(out, ": %zu of %zu recipes fit\n", n, e->services->book->recipes.n);
    if (e->kept < e->samples)
        str_printf(out, "keep leaves out %lld of %lld samples, which recipes do not see\n",
                   (long long)(e->samples - e->kept), (long long)e->samples);
    if (e->bad) {
        str_printf(out, "%lld bad line%s, the first: ", (long long)e->bad, e->bad == 1 ? "" : "s");
        text_safe_line(out, e->bad_line, strlen(e->bad_line));
        str_char(out, '\n');
    }
    for (size_t i = 0; i < e->services->book->recipes.n; i++)
        if (fits(e, i))
            write_recipe(e, i, out);
    write_missing(e, out);
}

/* ---- as JSON ---- */

/* Any bytes as a string: those that are no UTF-8 in the form that is safe to draw. */
static json_t *json_text(const char *s)
{
    struct str safe = {0};
    json_t *ret = json_string(s);
    if (!ret) {
        text_safe(&safe, s, strlen(s));
        ret = json_string(str_text(&safe));
        str_done(&safe);
    }
    return ret;
}

static json_t *selectors_json(const struct prom_book_recipe *r, enum prom_recipes_part part)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->parts[part].n; i++)
        json_array_append_new(list, json_text(prom_selector_text(r->parts[part].items[i])));
    return list;
}

static json_t *part_json(const struct prom_book_recipe *r, const struct prom_service *s, const struct shown *what)
{
    const enum prom_recipes_part part = part_of(r, what);
    double value = value_of(s, what);
    json_t *o = json_pack("{s:s, s:o, s:i}", "value_of", what->name, "selectors", selectors_json(r, part), "series",
                          (int)s->found[part]);
    json_object_set_new(o, "value", isfinite(value) ? json_real(value) : json_null());
    json_object_set_new(o, "why", isnan(value) ? json_string(why(r, s, what)) : json_null());
    return o;
}

static json_t *service_json(const struct prom_book_recipe *r, const struct prom_service *s)
{
    json_t *parts = json_array();
    for (size_t k = 0; k < SHOWN; k++)
        json_array_append_new(parts, part_json(r, s, &shown[k]));
    return json_pack("{s:o, s:s?, s:s?, s:o}", "service", json_text(s->name->raw), "latency_from", s->values.from,
                     "note", *s->values.note ? s->values.note : NULL, "parts", parts);
}

static json_t *recipe_json(const struct cmd_recipes_endpoint *e, size_t recipe)
{
    const struct prom_book_recipe *r = e->services->book->recipes.items[recipe];
    json_t *services = json_array();
    for (size_t i = 0; i < e->services->services.n; i++) {
        const struct prom_service *s = e->services->services.items[i];
        if (s->alive && s->recipe == recipe)
            json_array_append_new(services, service_json(r, s));
    }
    return json_pack("{s:o, s:o, s:b, s:b, s:o, s:o}", "recipe", json_text(r->name), "title", json_text(r->title),
                     "own", r->own, "fits", fits(e, recipe), "match", selectors_json(r, PROM_RECIPES_MATCH), "services",
                     services);
}

json_t *cmd_recipes_text_json(const struct cmd_recipes_endpoint *e)
{
    json_t *recipes = json_array();
    for (size_t r = 0; e->services && r < e->services->book->recipes.n; r++)
        json_array_append_new(recipes, recipe_json(e, r));
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o}", "url", json_text(e->url), "job", json_text(e->job),
                     "instance", json_text(e->instance), "error", e->error ? json_text(e->error) : json_null(),
                     "samples", (json_int_t)e->samples, "kept", (json_int_t)e->kept, "bad_lines", (json_int_t)e->bad,
                     "recipes", recipes);
}
