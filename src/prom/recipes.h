/* Recipes: how the series of one kind of server say what a service does. Data only; prom/book.h makes them usable. */
#ifndef PROM_RECIPES_H
#define PROM_RECIPES_H

#include <stdbool.h>

/* What series are for. */
enum prom_recipes_part {
    PROM_RECIPES_MATCH, /* an endpoint with any of these is one that the recipe is for */
    PROM_RECIPES_REQUESTS,
    PROM_RECIPES_ERRORS,
    PROM_RECIPES_LATENCY,
    PROM_RECIPES_LATENCY_COUNT,
    PROM_RECIPES_IN_FLIGHT,
    PROM_RECIPES_QUEUE,
    PROM_RECIPES_SATURATION,
    PROM_RECIPES_CAPACITY,
    PROM_RECIPES_IDLE,
    PROM_RECIPES_PARTS
};

enum { PROM_RECIPES_SELECTORS = 6, PROM_RECIPES_LABELS = 4 };

struct prom_recipes_def {
    const char *name, *title;
    const char *service[PROM_RECIPES_LABELS]; /* names of labels; none: an endpoint is one service, named as its job */
    const char *parts[PROM_RECIPES_PARTS][PROM_RECIPES_SELECTORS]; /* selectors; those of a part are added up */
    bool errors_apart;                                             /* requests does not count those that failed */
    double full;                                                   /* the value of saturation that is full; 0: 1 */
    const char *unit;                                              /* of latency: NULL (seconds), "ms", "us", "ns" */
};

/* The built-in ones; the last has no name. */
extern const struct prom_recipes_def prom_recipes_all[];

#endif
