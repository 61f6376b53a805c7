/* Options of recipes of services. */
#include "conf/options_sinks.h"

/* Where a field lies in its struct, and how wide it is. */
#define FIELD(member) .offset = offsetof(struct conf_recipe, member), .size = sizeof(((struct conf_recipe *)0)->member)

#define SELECTOR(member, text)                                                                                         \
    {                                                                                                                  \
        .name = #member, .type = CONF_SELECTORS, FIELD(member), .unset = "none",                                       \
        .allowed = "a selector as PromQL has it, NAME{LABEL=\"VALUE\",...}, or a list of some", .help = text           \
    }

static const char *const units[] = {"s", "ms", "us", "ns", NULL};

const struct conf_option conf_recipe_options[CONF_RECIPE_OPTIONS] = {
    {
        .name = "title",
        .type = CONF_STRING,
        FIELD(title),
        .unset = "the name",
        .allowed = "a text",
        .help = "What it is called where there is room.",
    },
    {
        .name = "enabled",
        .type = CONF_BOOL,
        FIELD(enabled),
        .preset = "true",
        .help = "False takes a recipe away, one of icetop's own, too.",
    },
    SELECTOR(match,
             "An endpoint that has a series of any of these is one that the recipe is for. Where none is named, any "
             "series that a part of the recipe chooses makes it one."),
    {
        .name = "service",
        .type = CONF_TEXTS,
        FIELD(service),
        .unset = "none; all series of an endpoint are one service, which is called as its job",
        .allowed = "a list of names of labels",
        .help = "Labels whose values, joined by slashes, are the name of the service that a series belongs to.",
    },
    SELECTOR(requests, "Counters of requests, whatever type the endpoint gives them. Where none is named, the count of "
                       "latency stands for it."),
    SELECTOR(errors, "Counters of those that failed. Where it chooses none, but there are "
                     "series of its name, there were none; else it is unknown."),
    {
        .name = "errors_apart",
        .type = CONF_BOOL,
        FIELD(errors_apart),
        .preset = "false",
        .help = "Whether requests does not count those that failed.",
    },
    SELECTOR(latency, "How long they took: a histogram or a summary by its name without _bucket, _sum and _count; a "
                      "counter of the time that all took together, with latency_count; without that, a mean that the "
                      "endpoint tells itself."),
    SELECTOR(latency_count, "Counters of those that latency added up, where it is such a counter."),
    {
        .name = "unit",
        .type = CONF_CHOICE,
        FIELD(unit),
        .choices = units,
        .preset = "s",
        .help = "The unit of latency, and of the counters of time that in_flight and queue may be.",
    },
    SELECTOR(in_flight,
             "Requests that are being worked on; where it is a counter, the time that they have spent so, of "
             "which a second's growth is how many there were."),
    SELECTOR(queue, "Requests that wait; a counter likewise."),
    SELECTOR(saturation,
             "How full it is: the highest of the series; with capacity, their sum by that of capacity, by the "
             "growth of both where they are counters."),
    SELECTOR(capacity, "What saturation is a part of."),
    SELECTOR(idle, "How empty it is, in place of saturation: the lowest of the series."),
    {
        .name = "full",
        .type = CONF_INT,
        FIELD(full),
        .min = 1,
        .max = 1000000000,
        .preset = "1",
        .help = "The value of saturation, where there is no capacity, and of idle that stands for all of it: 100 where "
                "they "
                "are per cent.",
    },
};
