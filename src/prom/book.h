/* The recipes in force: the built-in ones and the user's own, with their selectors compiled. One for all endpoints. */
#ifndef PROM_BOOK_H
#define PROM_BOOK_H

#include "base/map.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "prom/recipes.h"
#include "prom/selector.h"
#include "table/name.h"

struct prom_book_recipe {
    char *name, *title;
    bool own; /* the user's */
    bool errors_apart;
    double full, seconds; /* what saturation is divided by; of a unit of latency */
    VEC(char *) service;  /* names of labels */
    VEC(struct prom_selector *) parts[PROM_RECIPES_PARTS];
};

/* What a series of one name may be for. */
struct prom_book_use {
    uint16_t recipe, selector; /* their positions */
    uint8_t part;              /* enum prom_recipes_part */
    uint8_t form;              /* enum prom_book_form */
};

/* Which series a selector's name has been compared with. */
enum prom_book_form {
    PROM_BOOK_VALUE, /* that of its own name */
    PROM_BOOK_SUM,   /* of latency: its own, without _sum; as the next one */
    PROM_BOOK_COUNT,
    PROM_BOOK_HISTOGRAM, /* of latency: a histogram of that name, or of it with _bucket */
};

struct prom_book_uses {
    struct name *name; /* a reference */
    struct prom_book_use *items;
    size_t n;
};

struct prom_book {
    VEC(struct prom_book_recipe *) recipes;
    uint64_t version; /* another one after each loading: what was borrowed before is gone */
    /* what has been found of names: struct prom_book_uses by the pointer of a sample's name, and of a histogram's */
    struct map samples, histograms;
};

/* The built-in recipes and n of the configuration, of which one with the same name takes the place of a built-in one. May be
 * called again, for others. */
void prom_book_load(struct prom_book *b, const struct conf_recipe *own, size_t n);
void prom_book_done(struct prom_book *b); /* a zeroed one is allowed */

/* What series of this name may be for, by name alone: found out once. Borrowed until the next question. */
const struct prom_book_uses *prom_book_of_sample(struct prom_book *b, struct name *name);
/* The same of a histogram, whose parts are one here: form COUNT is its _count, SUM its _sum. */
const struct prom_book_uses *prom_book_of_histogram(struct prom_book *b, struct name *name);
const struct prom_selector *prom_book_selector(const struct prom_book *b, const struct prom_book_use *u);

#endif
