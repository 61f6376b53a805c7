/* Commit cycles from recorded runs. */
#ifndef TESTS_UNIT_CONNECT_RUNS_H
#define TESTS_UNIT_CONNECT_RUNS_H

#include "connect/cycles.h"

/* Gives all of a run's control topic ("healthy-1.9.2"), and that it was read to its end; fails the test if it cannot. */
void runs_topic(struct connect_cycles *c, const char *run);
/* All cycles in the order in which they began, a line each: "cb5e69ca full 2/2 tables 1 rows 371"; on the heap. */
char *runs_text(struct connect_cycles *c);

#endif
