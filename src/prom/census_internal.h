/* What a census counts; for census*.c alone. */
#ifndef PROM_CENSUS_INTERNAL_H
#define PROM_CENSUS_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "prom/census.h"
#include "prom/distinct.h"
#include "table/table.h"

struct event;

struct census_label {
    struct name *name, *example;
    struct prom_distinct values;
    int64_t series;
    uint64_t row; /* of `metric_labels`; 0: none yet */
};

/* What came and went in each of the last minutes. */
struct census_churn {
    uint32_t came[PROM_CENSUS_MINUTES], went[PROM_CENSUS_MINUTES];
};

struct census_sample {
    struct name *name;
    int64_t series;
};

struct census_family {
    struct census_job *job;
    struct name *name, *help, *unit;
    enum prom_text_type type;
    int64_t series;
    uint32_t number; /* no other one has it; from 1 */
    uint32_t targets;
    bool dirty; /* its rows are to be written */
    uint64_t row;
    struct census_churn *churn;    /* NULL: none */
    struct census_sample *samples; /* few: they grow one by one, as the next do */
    struct census_label *labels;
    size_t nsamples, nlabels;
};

struct census_job {
    struct name *name;
    struct map families; /* by the address of their name */
    size_t targets;
};

struct prom_census {
    struct store *store;
    struct table *families, *labels;
    uint16_t owner;
    struct map jobs; /* likewise */
    VEC(struct census_family *) dirty, restless;
    uint32_t last_number;
    size_t minute; /* of the rings: the one that runs */
    struct event *writing, *minutes;
};

void prom_census_free_label(struct census_label *l); /* what it owns */

/* census_rows.c: writes the rows of a family and of its labels as they are now. Labels that no series has any more go, with
 * their rows; the row of a family that has no series stays as it was. */
void prom_census_write_rows(struct prom_census *c, struct census_family *f);

#endif
