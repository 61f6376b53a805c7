/* Events by partition and offset, the reference by a draw of its own. */
#include "demo/churn.h"

#include "base/mem.h"
#include "demo/churn_event.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    REFERENCE_EVENTS = 3000,
    LEVELS = 8, /* of a cohort key, at most */
    BACK_S = 60,
    LATE_S = 2,
};

struct demo_churn {
    const struct demo_world *world;
    const struct demo_feed *feed;
    uint64_t seed;
    int64_t begin_wall_ms; /* stays what it is at the beginning, as records do */
};

static const enum demo_churn_field cohorts[] = {DEMO_CHURN_REGION, DEMO_CHURN_PLAN};
enum { COHORTS = sizeof cohorts / sizeof *cohorts };

/* ---- records ---- */

static double second_of(const struct demo_churn *c, int32_t partition, int64_t offset)
{
    return (double)(offset - c->feed->base[partition]) / demo_feed_rate(c->feed, partition);
}

/* In each window one customer's region is not known: the first one of partition 0 after the window's middle. */
static bool has_no_region(const struct demo_churn *c, int32_t partition, int64_t offset, double second)
{
    double at = fmod(second, DEMO_CHURN_CYCLE_S), half = DEMO_CHURN_WINDOW_S / 2.0;
    double begin = (double)(c->begin_wall_ms % (DEMO_CHURN_WINDOW_S * 1000)) / 1000 + half;
    double before = second_of(c, partition, offset - 1);
    return partition == 0 && second >= 0 && at >= DEMO_CHURN_REGION_FROM_S && at < DEMO_CHURN_REGION_TO_S &&
           floor((begin + second) / DEMO_CHURN_WINDOW_S) > floor((begin + before) / DEMO_CHURN_WINDOW_S);
}

static void write_value(struct str *out, enum demo_churn_field f, const struct demo_churn_value *v)
{
    const struct demo_churn_field_plan *plan = &demo_churn_fields[f];
    if (plan->text && v->text)
        str_printf(out, "\"%s\"", v->text);
    else if (plan->text || isnan(v->number))
        str_add(out, "null");
    else
        str_printf(out, "%.*f", plan->decimals, v->number);
}

static void make_record(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                        struct str *value)
{
    const struct demo_churn *c = arg;
    (void)t;
    struct demo_churn_event e;
    double second = second_of(c, partition, offset);
    demo_churn_event(demo_plan_draw(c->seed + (uint64_t)partition, DEMO_PLAN_CHURN, offset), second, &e);
    if (has_no_region(c, partition, offset, second))
        e.values[DEMO_CHURN_REGION].text = NULL;
    str_printf(key, "c-%lld", (long long)e.customer);
    str_printf(value, "{\"customer\":\"c-%lld\",\"model\":\"%s\"", (long long)e.customer, DEMO_CHURN_DATASET);
    for (int f = 0; f < DEMO_CHURN_FIELDS; f++) {
        str_printf(value, ",\"%s\":", demo_churn_fields[f].name);
        write_value(value, f, &e.values[f]);
    }
    str_char(value, '}');
}

struct demo_churn *demo_churn_new(const struct demo_stage *s, const struct demo_feed *f)
{
    struct demo_churn *c = mem_new(struct demo_churn);
    *c = (struct demo_churn){s->world, f, s->seed, s->begin_wall_ms};
    demo_world_topic(s->world, f->plan->name)->record = (struct demo_record){.make = make_record, .arg = c};
    return c;
}

void demo_churn_free(struct demo_churn *c)
{
    struct demo_topic *t = c ? demo_world_topic(c->world, c->feed->plan->name) : NULL;
    if (t)
        t->record = (struct demo_record){0};
    free(c);
}

/* ---- the reference ---- */

/* Some of the reference's events: all, or those of a level of a key. */
struct part {
    const struct demo_churn_event *events;
    enum demo_churn_field key;
    const char *level; /* NULL: all */
};

static bool is_in(const struct part *p, const struct demo_churn_event *e)
{
    return !p->level || strcmp(e->values[p->key].text, p->level) == 0;
}

/* The different texts of a field, in the order in which they come. */
static size_t find_levels(const struct demo_churn_event *events, enum demo_churn_field f, const char **levels)
{
    size_t n = 0;
    for (int i = 0; i < REFERENCE_EVENTS; i++) {
        size_t k = 0;
        while (k < n && strcmp(levels[k], events[i].values[f].text) != 0)
            k++;
        if (k == n && n < LEVELS)
            levels[n++] = events[i].values[f].text;
    }
    return n;
}

static long count(const struct part *p, enum demo_churn_field f, const char *text)
{
    long n = 0;
    for (int i = 0; i < REFERENCE_EVENTS; i++)
        n += is_in(p, &p->events[i]) && (!text || strcmp(p->events[i].values[f].text, text) == 0);
    return n;
}

/* "values": [...] of a number, "categories": {...} of a text. */
static void write_profile(const struct part *p, enum demo_churn_field f, struct str *out)
{
    const char *levels[LEVELS], *comma = "";
    if (demo_churn_fields[f].text) {
        str_add(out, "\"categories\": {");
        for (size_t k = 0, n = find_levels(p->events, f, levels); k < n; k++)
            str_printf(out, "%s\"%s\": %ld", k ? ", " : "", levels[k], count(p, f, levels[k]));
        str_char(out, '}');
        return;
    }
    str_add(out, "\"values\": [");
    for (int i = 0; i < REFERENCE_EVENTS; i++) {
        if (!is_in(p, &p->events[i]))
            continue;
        str_add(out, comma);
        write_value(out, f, &p->events[i].values[f]);
        comma = ",";
    }
    str_char(out, ']');
}

static void write_level(const struct part *p, struct str *out)
{
    str_printf(out, "{\"level\": \"%s\", \"rows\": %ld, \"classes\": [%ld, %ld], \"profiles\": [", p->level,
               count(p, p->key, NULL), count(p, DEMO_CHURN_LABEL, demo_churn_classes[0]),
               count(p, DEMO_CHURN_LABEL, demo_churn_classes[1]));
    for (int f = 0; f < DEMO_CHURN_FIELDS; f++) {
        str_add(out, f ? ", {" : "{");
        write_profile(p, f, out);
        str_char(out, '}');
    }
    str_add(out, "]}");
}

void demo_churn_reference(const struct demo_churn *c, struct str *out)
{
    struct demo_churn_event *events = mem_calloc(REFERENCE_EVENTS, sizeof *events);
    const struct part all = {.events = events};
    for (int i = 0; i < REFERENCE_EVENTS; i++)
        demo_churn_event(demo_plan_draw(c->seed, DEMO_CHURN_DATASET, i), -1, &events[i]);
    str_printf(out, "{\"icetop_drift_reference\": 1, \"dataset\": \"%s\", \"rows\": %d, \"features\": [",
               DEMO_CHURN_DATASET, REFERENCE_EVENTS);
    for (int f = 0; f < DEMO_CHURN_FIELDS; f++) {
        str_printf(out, "%s\n{\"name\": \"%s\", ", f ? "," : "", demo_churn_fields[f].name);
        write_profile(&all, f, out);
        str_char(out, '}');
    }
    str_printf(out, "],\n\"classes\": [\"%s\", \"%s\"], \"cohorts\": [", demo_churn_classes[0], demo_churn_classes[1]);
    for (int i = 0; i < COHORTS; i++) {
        const char *levels[LEVELS];
        size_t n = find_levels(events, cohorts[i], levels);
        str_printf(out, "%s\n{\"key\": \"%s\", \"levels\": [", i ? "," : "", demo_churn_fields[cohorts[i]].name);
        for (size_t k = 0; k < n; k++) {
            str_add(out, k ? ",\n" : "\n");
            write_level(&(struct part){events, cohorts[i], levels[k]}, out);
        }
        str_add(out, "]}");
    }
    str_add(out, "]}\n");
    free(events);
}

/* ---- the dataset ---- */

json_t *demo_churn_config(const char *reference_file)
{
    json_t *features = json_array(), *keys = json_array();
    for (int f = 0; f < DEMO_CHURN_SCORE; f++)
        json_array_append_new(features, json_pack("{s:s, s:s}", "path", demo_churn_fields[f].name, "type",
                                                  demo_churn_fields[f].text ? "category" : "number"));
    for (int i = 0; i < COHORTS; i++)
        json_array_append_new(keys, json_string(demo_churn_fields[cohorts[i]].name));
    json_t *o = json_pack("{s:s, s:s, s:o, s:s, s:s, s:o}", "cluster", "default", "topic", DEMO_PLAN_CHURN, "features",
                          features, "prediction", demo_churn_fields[DEMO_CHURN_SCORE].name, "label",
                          demo_churn_fields[DEMO_CHURN_LABEL].name, "cohorts", keys);
    const struct {
        const char *name;
        int s;
    } times[] = {{"window", DEMO_CHURN_WINDOW_S}, {"late", LATE_S}, {"back", BACK_S}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char *text = mem_printf("%ds", times[i].s);
        json_object_set_new(o, times[i].name, json_string(text));
        free(text);
    }
    if (reference_file)
        json_object_set_new(o, "reference_file", json_string(reference_file));
    return o;
}
